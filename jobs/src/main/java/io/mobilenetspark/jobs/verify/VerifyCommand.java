package io.mobilenetspark.jobs.verify;

import io.mobilenetspark.common.Quantity;
import io.mobilenetspark.jobs.cli.Activity;
import io.mobilenetspark.jobs.cli.Console;
import io.mobilenetspark.jobs.cli.IdColumnsOption;
import io.mobilenetspark.jobs.cli.InputOptions;
import io.mobilenetspark.jobs.cli.Logs;
import io.mobilenetspark.jobs.cli.ModelSources;
import io.mobilenetspark.jobs.cli.ResultOptions;
import io.mobilenetspark.jobs.cli.Sessions;
import io.mobilenetspark.jobs.cli.SettingOptions;
import io.mobilenetspark.jobs.common.ExitCode;
import io.mobilenetspark.jobs.common.ModelSource;
import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.jobs.input.ImageTable;
import io.mobilenetspark.jobs.table.StoredVectors;
import io.mobilenetspark.model.handle.Redacted;
import io.mobilenetspark.spark.FeatureTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code verify}: is a table of vectors what it should be? */
@Command(
    name = "verify",
    description = {
      "Check a table of vectors that embed has written: files, counts, dimension, NaN, ids, one model.",
      "With its input, also rows that are missing, and a sample of the vectors, computed again."
    },
    sortOptions = false,
    modelTransformer = SettingOptions.Transformer.class,
    footerHeading = "%nExamples:%n",
    footer = {
      "  # The table by itself; loads no model",
      "  mobilenet-spark verify --output vectors",
      "",
      "  # Beside its input, with 1,000 vectors computed again",
      "  mobilenet-spark verify --output vectors --input photos --sample 1000 \\",
      "      --model mobilenet_v1_0.75_224.ckpt"
    })
public final class VerifyCommand implements Callable<Integer>, SettingOptions.Holder {

  private final SettingOptions settings = SettingOptions.of(ModelSources.SETTINGS);

  private static final int MOST_SAMPLES = 10_000;

  @ArgGroup(multiplicity = "1")
  private Place place = new Place();

  /** One of them. */
  static final class Place {

    @Option(
        names = "--output",
        paramLabel = "PATH",
        description = "The table to check: embed's --output. Nothing is written.")
    private String output = "";

    @Option(
        names = "--output-table",
        paramLabel = "NAME",
        description = "The table to check: embed's --output-table.")
    private @Nullable String table;

    private StoredVectors open(SparkSession spark, List<String> ids) {
      return table != null
          ? StoredVectors.ofTable(spark, table, ids)
          : StoredVectors.open(spark, output, ids);
    }
  }

  @Mixin private IdColumnsOption ids = new IdColumnsOption();

  @Option(
      names = "--sample",
      paramLabel = "N",
      defaultValue = "100",
      description = {
        "How many vectors to compute again from the input, 10,000 at most; 0 for none. On the same"
            + " CPU instructions they must have the same bits, on others values within 1e-4."
            + " Default: ${DEFAULT-VALUE}"
      })
  private int sample = 100;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "42",
      description = "Which vectors are in the sample. Default: ${DEFAULT-VALUE}")
  private long seed = 42;

  @Mixin private InputOptions input = new InputOptions();
  @Mixin private ResultOptions common = new ResultOptions();

  @Override
  public SettingOptions settings() {
    return settings;
  }

  @Override
  public Integer call() {
    Console console = common.console();
    if (sample < 0 || sample > MOST_SAMPLES) {
      throw UserException.usage(
          String.format(
              Locale.ROOT, "--sample must be between 0 and %,d, not %,d", MOST_SAMPLES, sample));
    }
    List<String> askedIds = ids.names();
    Logs.configure(console.verbosity());
    ModelSource model = ModelSources.of(settings.values(), console);
    SparkSession spark = Sessions.open("mobilenet-spark verify", console.verbosity());
    StoredVectors table = place.open(spark, askedIds);
    TableChecks checks = new TableChecks(table);
    List<Finding> findings =
        new ArrayList<>(doing("Checking the table", spark, console, checks::ofItself));
    if (!input.paths().isEmpty() || input.table() != null) {
      ImageTable images = ImageTable.open(spark, input);
      requireIds(images, table);
      boolean isWhole = findings.stream().noneMatch(Finding::isFault);
      findings.addAll(
          doing(
              "Comparing the table with its input",
              spark,
              console,
              () -> checks.beside(images.namesOnly())));
      if (sample > 0 && isWhole) {
        SampleCheck check = new SampleCheck(spark, table, images, sample, seed);
        findings.addAll(
            doing(
                "Computing " + Quantity.of(sample, "vector") + " again",
                spark,
                console,
                () -> List.of(check.run(model))));
      } else if (sample > 0) {
        findings.addAll(
            tell(
                console,
                List.of(Finding.note("vectors of a table with faults are not computed again"))));
      }
    }
    long faults = findings.stream().filter(Finding::isFault).count();
    console.result(() -> facts(table, findings, faults));
    if (faults > 0) {
      throw UserException.job(
          String.format(
              Locale.ROOT, "%s has %s, see above.", table.path(), Quantity.of(faults, "fault")));
    }
    return ExitCode.OK.code();
  }

  private static List<Finding> doing(
      String what, SparkSession spark, Console console, Supplier<List<Finding>> check) {
    return tell(console, Activity.during(spark.sparkContext(), console, what, check::get));
  }

  private static List<Finding> tell(Console console, List<Finding> findings) {
    findings.forEach(finding -> console.print(finding.line(console)));
    return findings;
  }

  private static Map<String, Object> facts(
      StoredVectors table, List<Finding> findings, long faults) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("vectors", Redacted.path(table.path()));
    facts.put("faults", faults);
    facts.put("findings", findings.stream().map(Finding::json).toList());
    return facts;
  }

  private static void requireIds(ImageTable images, StoredVectors table) {
    for (String id : table.ids().names()) {
      if (!FeatureTable.hasColumn(images.rows().schema(), id)) {
        throw UserException.input(
            String.format(
                Locale.ROOT,
                "The input has no column '%s', which names the rows of %s. Its columns are: %s. Pass"
                    + " the input that embed read, or --id-column.",
                id,
                table.path(),
                String.join(", ", images.rows().columns())));
      }
    }
  }
}
