package io.mobilenetspark.jobs.page;

import io.mobilenetspark.image.ImageSettings;
import io.mobilenetspark.jobs.cli.Activity;
import io.mobilenetspark.jobs.cli.Console;
import io.mobilenetspark.jobs.cli.Logs;
import io.mobilenetspark.jobs.cli.ResultOptions;
import io.mobilenetspark.jobs.cli.Sessions;
import io.mobilenetspark.jobs.cli.SettingOptions;
import io.mobilenetspark.jobs.cli.VectorsOptions;
import io.mobilenetspark.jobs.cli.WholeOutputMode;
import io.mobilenetspark.jobs.common.ExitCode;
import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.jobs.table.StoredVectors;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code report}: one page to look at. */
@Command(
    name = "report",
    description = {
      "Make one HTML page of a table's vectors and of what audit found in it: galleries, and a map. It"
          + " needs no network and nothing beside it."
    },
    sortOptions = false,
    modelTransformer = SettingOptions.Transformer.class,
    footerHeading = "%nExamples:%n",
    footer = {
      "  # What audit found, with pictures",
      "  mobilenet-spark report --vectors vectors --audit findings --output report.html",
      "",
      "  # A map alone, coloured by the directories of the files",
      "  mobilenet-spark report --vectors vectors --labels directory --output map.html"
    })
public final class ReportCommand implements Callable<Integer>, SettingOptions.Holder {

  private static final int MOST_POINTS = 1_000_000;

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
      names = "--audit",
      paramLabel = "PATH",
      description = "What was found in it: audit's --output. Default: none, a map alone")
  private @Nullable String audit;

  @Option(
      names = "--labels",
      paramLabel = "COLUMN",
      description = {
        "The column with labels, to colour by; directory stands for the name of a file's directory,"
            + " taken from column path.",
        "Default: that of the audit"
      })
  private @Nullable String labels;

  @Option(
      names = "--images",
      paramLabel = "COLUMN",
      description = {
        "The column with the images, for thumbnails: paths, bytes or image structs.",
        "Default: that of the audit, or 'path' if there is one"
      })
  private @Nullable String images;

  @Option(
      names = "--id-column",
      paramLabel = "NAME",
      description =
          "The column that names a row. Default: that of the audit, or the table's first.")
  private @Nullable String idColumn;

  @Option(
      names = "--max-points",
      paramLabel = "N",
      defaultValue = "100000",
      description =
          "Points of the map, 1,000,000 at most; larger tables are sampled. Default: ${DEFAULT-VALUE}")
  private int maxPoints = 100_000;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "42",
      description = "Which rows are in the sample. Default: ${DEFAULT-VALUE}")
  private long seed = 42;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      required = true,
      description = "The page, an HTML file on any Hadoop file system; whole or not at all.")
  private String output = "";

  @Mixin private WholeOutputMode outputMode = new WholeOutputMode();

  @Mixin private ResultOptions common = new ResultOptions();

  @Override
  public SettingOptions settings() {
    return settings;
  }

  @Override
  public Integer call() {
    Console console = common.console();
    if (maxPoints < 1 || maxPoints > MOST_POINTS) {
      throw UserException.usage(
          String.format(
              Locale.ROOT,
              "--max-points must be between 1 and %,d, not %d",
              MOST_POINTS,
              maxPoints));
    }
    Logs.configure(console.verbosity());
    SparkSession spark = Sessions.open("mobilenet-spark report", console.verbosity());
    PageFile file =
        PageFile.of(
            output,
            outputMode.mode(),
            Stream.concat(vectors.paths().stream(), Stream.ofNullable(audit)).toList(),
            spark.sparkContext().hadoopConfiguration());
    if (file.isLeft()) {
      console.printLeft(file.path().toString());
      return ExitCode.OK.code();
    }
    AuditFindings findings = audit == null ? null : AuditFindings.open(spark, audit);
    String id = idColumn == null && findings != null ? findings.column("id_column") : idColumn;
    StoredVectors table = StoredVectors.open(spark, vectors, id);
    if (findings != null) {
      findings.requireOf(table);
    }
    ReportJob job = new ReportJob(spark, table, findings, labels, images, console);
    Activity.during(
        spark.sparkContext(),
        console,
        "Making the page",
        () -> job.run(maxPoints, seed, settings.values(), file));
    return ExitCode.OK.code();
  }
}
