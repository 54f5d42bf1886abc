package io.mobilenetspark.jobs.audit;

import static java.util.Objects.requireNonNull;

import io.mobilenetspark.image.ImageSettings;
import io.mobilenetspark.jobs.cli.Console;
import io.mobilenetspark.jobs.cli.IdColumnOption;
import io.mobilenetspark.jobs.cli.Logs;
import io.mobilenetspark.jobs.cli.OutputDirectoryOptions;
import io.mobilenetspark.jobs.cli.ResultOptions;
import io.mobilenetspark.jobs.cli.Sessions;
import io.mobilenetspark.jobs.cli.SettingOptions;
import io.mobilenetspark.jobs.cli.VectorsOptions;
import io.mobilenetspark.jobs.cli.WholeOutputMode;
import io.mobilenetspark.jobs.common.ExitCode;
import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.jobs.output.OutputPlace;
import io.mobilenetspark.jobs.table.StoredVectors;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** {@code audit}: what is wrong with these images? */
@Command(
    name = "audit",
    description = {
      "Find what is wrong with a set of images: near-duplicates, leaks between splits, suspect labels,"
          + " outliers, unreadable files, tiny and narrow images; with --images, or of a table of embed"
          + " --image-stats, also dark, bright and blurred ones. Exact: each vector is compared with"
          + " each."
    },
    sortOptions = false,
    modelTransformer = SettingOptions.Transformer.class,
    footerHeading = "%nExamples:%n",
    footer = {
      "  # A table of image files that lie in a directory for each label",
      "  mobilenet-spark audit --vectors vectors --labels directory --images path --output findings",
      "",
      "  # Labels and splits that embed kept by --keep-columns",
      "  mobilenet-spark audit --vectors vectors --labels species --split split --output findings"
    })
public final class AuditCommand implements Callable<Integer>, SettingOptions.Holder {

  private static final int MOST_NEIGHBOURS = 1_000;

  private final SettingOptions settings =
      SettingOptions.of(
          List.of(
              ImageSettings.MAX_IMAGE_BYTES,
              ImageSettings.MAX_PIXELS,
              ImageSettings.MAX_SIDE,
              ImageSettings.MAX_FRAMES,
              ImageSettings.MAX_DECODE_SECONDS));

  @ArgGroup(multiplicity = "1")
  private VectorsOptions vectors = new VectorsOptions();

  @Option(
      names = "--labels",
      paramLabel = "COLUMN",
      description = {
        "The column with labels, to find suspect ones; directory is the name of the directory that a"
            + " file lies in, by column path."
      })
  private @Nullable String labels;

  @Option(
      names = "--split",
      paramLabel = "COLUMN",
      description = "The column that distinguishes training from validation rows, to find leaks.")
  private @Nullable String split;

  @Option(
      names = "--images",
      paramLabel = "COLUMN",
      description = {
        "Read the images again, from this column: paths, bytes or image structs. Finds dark, bright and"
            + " blurred ones, and those that can't be read any more. Where the table has image_stats"
            + " (embed --image-stats), they are not read."
      })
  private @Nullable String images;

  @Mixin private IdColumnOption idColumn = new IdColumnOption();

  @Option(
      names = "--k",
      paramLabel = "N",
      defaultValue = "10",
      description =
          "How many neighbours decide on outliers and suspect labels, at most 1,000. Default:"
              + " ${DEFAULT-VALUE}")
  private int k = 10;

  @Option(
      names = "--duplicate-threshold",
      paramLabel = "COSINE",
      defaultValue = "0.9",
      description = "The minimum cosine of near-duplicates. Default: ${DEFAULT-VALUE}")
  private double duplicateThreshold = 0.9;

  @Option(
      names = "--outlier-threshold",
      paramLabel = "SCORE",
      defaultValue = "3",
      description =
          "The minimum robust z-score of an outlier's mean distance to its neighbours. Default:"
              + " ${DEFAULT-VALUE}")
  private double outlierThreshold = 3;

  @Option(
      names = "--label-threshold",
      paramLabel = "FRACTION",
      defaultValue = "0.6",
      description =
          "By how much of the neighbours another label must lead the row's own. Default:"
              + " ${DEFAULT-VALUE}")
  private double labelThreshold = 0.6;

  @Option(
      names = "--dark-threshold",
      paramLabel = "LUMA",
      defaultValue = "32",
      description = "The maximum mean luma of a dark image, of 255. Default: ${DEFAULT-VALUE}")
  private double darkThreshold = 32;

  @Option(
      names = "--bright-threshold",
      paramLabel = "LUMA",
      defaultValue = "210",
      description = "The minimum mean luma of a bright image, of 255. Default: ${DEFAULT-VALUE}")
  private double brightThreshold = 210;

  @Option(
      names = "--blur-threshold",
      paramLabel = "SHARPNESS",
      defaultValue = "0.01",
      description =
          "The maximum sharpness of a blurred image: the variance of its Laplacian by that of its luma,"
              + " at 256 x 256 pixels, or at its own size if that is smaller. Default: ${DEFAULT-VALUE}")
  private double blurThreshold = 0.01;

  @Option(
      names = "--tiny-threshold",
      paramLabel = "PIXELS",
      defaultValue = "64",
      description = "Images with a shorter side are tiny. Default: ${DEFAULT-VALUE}")
  private int tinyThreshold = 64;

  @Option(
      names = "--aspect-threshold",
      paramLabel = "RATIO",
      defaultValue = "3",
      description =
          "The minimum ratio of its sides that makes an image long and narrow. Default:"
              + " ${DEFAULT-VALUE}")
  private double aspectThreshold = 3;

  @Option(
      names = "--output",
      paramLabel = "PATH",
      required = true,
      description = "The directory of the findings, written as Parquet; whole or not at all.")
  private String output = "";

  @Mixin private WholeOutputMode outputMode = new WholeOutputMode();

  @Mixin private ResultOptions common = new ResultOptions();

  @Spec private @Nullable CommandSpec spec;

  @Override
  public SettingOptions settings() {
    return settings;
  }

  @Override
  public Integer call() {
    Console console = common.console();
    Thresholds thresholds = checked();
    Logs.configure(console.verbosity());
    SparkSession spark = Sessions.open("mobilenet-spark audit", console.verbosity());
    OutputPlace place =
        AuditJob.place(
            new OutputDirectoryOptions(output, outputMode.mode()),
            vectors.paths(),
            spark.sparkContext().hadoopConfiguration());
    if (place.leavesWhatExists()) {
      console.printLeft(place.path().toString());
      return ExitCode.OK.code();
    }
    AuditColumns columns = new AuditColumns(labels, split, images);
    StoredVectors stored = StoredVectors.open(spark, vectors, idColumn.name());
    place.requireApartFromTables(stored.directories());
    requirePixels(stored);
    AuditTable table = AuditTable.of(stored, columns);
    new AuditJob(spark, columns, k, thresholds, settings.values(), console).run(table, place);
    return ExitCode.OK.code();
  }

  private Thresholds checked() {
    requireUsed();
    requireBetween("--k", k, 1, MOST_NEIGHBOURS);
    if (labels != null && k < VectorFindings.LEAST_LABELLED) {
      throw UserException.usage(
          String.format(
              Locale.ROOT,
              "--labels needs a --k of at least %d, not %d: fewer neighbours are no majority.",
              VectorFindings.LEAST_LABELLED,
              k));
    }
    requireBetween("--duplicate-threshold", duplicateThreshold, 0, 1);
    requireBetween("--outlier-threshold", outlierThreshold, 0, Double.MAX_VALUE);
    requireBetween("--label-threshold", labelThreshold, 0, 1);
    requireBetween("--dark-threshold", darkThreshold, 0, 255);
    requireBetween("--bright-threshold", brightThreshold, 0, 255);
    if (darkThreshold >= brightThreshold) {
      throw UserException.usage(
          String.format(
              Locale.ROOT,
              "--dark-threshold must be less than --bright-threshold, not %s and %s: images would be"
                  + " both.",
              darkThreshold,
              brightThreshold));
    }
    requireBetween("--blur-threshold", blurThreshold, 0, Double.MAX_VALUE);
    requireBetween("--tiny-threshold", tinyThreshold, 0, Integer.MAX_VALUE);
    requireBetween("--aspect-threshold", aspectThreshold, 1, Double.MAX_VALUE);
    return new Thresholds(
        duplicateThreshold,
        outlierThreshold,
        labelThreshold,
        darkThreshold,
        brightThreshold,
        blurThreshold,
        tinyThreshold,
        aspectThreshold);
  }

  /** What has no effect was meant to have one. */
  private void requireUsed() {
    ParseResult given = requireNonNull(spec, "picocli sets this").commandLine().getParseResult();
    if (labels == null && given.hasMatchedOption("--label-threshold")) {
      throw UserException.usage("--label-threshold needs --labels, the column with labels.");
    }
  }

  private void requirePixels(StoredVectors stored) {
    ParseResult given = requireNonNull(spec, "picocli sets this").commandLine().getParseResult();
    for (String option : List.of("--dark-threshold", "--bright-threshold", "--blur-threshold")) {
      if (images == null
          && given.hasMatchedOption(option)
          && !AuditTable.isMeasured(stored.rows().schema())) {
        throw UserException.usage(
            String.format(
                Locale.ROOT,
                "%s needs --images, the column with the images, or a table of embed --image-stats.",
                option));
      }
    }
  }

  private static void requireBetween(String option, double value, double least, double most) {
    if (!(value >= least && value <= most)) { // nor NaN
      throw UserException.usage(
          most >= Integer.MAX_VALUE
              ? String.format(Locale.ROOT, "%s must be at least %.0f, not %s", option, least, value)
              : String.format(
                  Locale.ROOT,
                  "%s must be between %,.0f and %,.0f, not %s",
                  option,
                  least,
                  most,
                  value));
    }
  }
}
