package io.mobilenetspark.jobs.embed;

import static java.util.Objects.requireNonNull;

import io.mobilenetspark.image.ImageSettings;
import io.mobilenetspark.jobs.cli.CommonOptions;
import io.mobilenetspark.jobs.cli.Console;
import io.mobilenetspark.jobs.cli.ContinuousOptions;
import io.mobilenetspark.jobs.cli.IncrementalOptions;
import io.mobilenetspark.jobs.cli.InputOptions;
import io.mobilenetspark.jobs.cli.LabelOptions;
import io.mobilenetspark.jobs.cli.OutputTableOptions;
import io.mobilenetspark.jobs.cli.TableOptions;
import io.mobilenetspark.jobs.common.ExitCode;
import io.mobilenetspark.jobs.common.ShellWords;
import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.model.settings.ModelSettings;
import io.mobilenetspark.options.SettingValues;
import io.mobilenetspark.spark.FeatureTable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code demo}: {@code embed} on photographs that come with the build, and a look at the result,
 * {@code audit} and {@code report} among it.
 */
@Command(
    name = "demo",
    description = {
      "Embed the photographs that Maven brought for the tests, good and broken ones, print what"
          + " came out, audit it, and write a page of it. The network is TF Hub's if it is in the"
          + " cache or can be fetched at once, else an UNTRAINED one."
    },
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  # The photographs of the build",
      "  mobilenet-spark demo",
      "",
      "  # Your own, with a trained network",
      "  mobilenet-spark demo --input photos --model mobilenet_v1_0.75_224.ckpt"
    })
public final class DemoCommand implements Callable<Integer> {

  /** Rows of the table that is printed; the Parquet table has all. */
  private static final int ROWS = 20;

  @Option(
      names = "--input",
      paramLabel = "PATH",
      defaultValue = "${env:MOBILENET_SPARK_DEMO_INPUT}",
      description =
          "A directory of image files. Default: the photographs of the build; without a build,"
              + " pictures that are drawn into demo-pictures.")
  private @Nullable String images;

  @Option(
      names = "--output",
      paramLabel = "PATH",
      defaultValue = "${env:MOBILENET_SPARK_DEMO_OUTPUT:-demo-vectors}",
      description =
          "Where the Parquet table goes; it is overwritten. Default: in the build folder; without a"
              + " build, demo-vectors.")
  private String output = "";

  @Option(
      names = "--model",
      paramLabel = "HANDLE",
      description = "As in embed. Default: TF Hub's if it can be had at once, else builtin")
  private @Nullable String model;

  @Mixin private CommonOptions common = new CommonOptions();

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    Console console = common.console();
    String handle = model == null ? DemoModel.choose(SettingValues.none(), console) : model;
    SettingValues settings = settings(handle);
    EmbedRequest request =
        new EmbedRequest(
            InputOptions.ofDirectory(images == null ? drawn() : images),
            settings,
            new LabelOptions(),
            OutputTableOptions.overwrite(output),
            new TableOptions(),
            new IncrementalOptions());
    new EmbedJob(request, new ContinuousOptions(), console).run();
    print(console, read());
    String findings = output.replaceFirst("/+$", "") + "-findings";
    String page = output.replaceFirst("/+$", "") + "-report.html";
    List<String> audit =
        new ArrayList<>(List.of("audit", "--vectors", output, "--output", findings));
    if (handle.equals(DemoModel.UNTRAINED)) { // by which all pictures are much alike
      audit.addAll(List.of("--duplicate-threshold", "0.9999"));
    }
    int code = run(console, audit);
    if (code == ExitCode.OK.code()) {
      code =
          run(
              console,
              List.of("report", "--vectors", output, "--audit", findings, "--output", page));
    }
    if (code == ExitCode.OK.code()) {
      next(console, handle, page);
    }
    return code;
  }

  /** Another command, as it can be run again. */
  private int run(Console console, List<String> command) {
    console.print("");
    List<String> arguments = new ArrayList<>(command);
    arguments.addAll(List.of("--output-mode", "overwrite"));
    console.print("$ mobilenet-spark " + ShellWords.of(arguments));
    switch (console.verbosity()) {
      case QUIET -> arguments.add("--quiet");
      case VERBOSE -> arguments.add("--verbose");
      case NORMAL -> {}
    }
    return requireNonNull(spec).commandLine().getParent().execute(arguments.toArray(String[]::new));
  }

  private void next(Console console, String handle, String page) {
    console.print("");
    console.print("Try next:");
    console.print(
        "  mobilenet-spark similar --query AN_IMAGE "
            + ShellWords.of(List.of("--vectors", output)));
    console.print(
        "  mobilenet-spark embed --input YOUR_PHOTOGRAPHS --output vectors --model "
            + (handle.equals(DemoModel.UNTRAINED) ? "A_MODEL" : ShellWords.of(List.of(handle))));
    console.print("  mobilenet-spark audit --help");
    console.print("");
    console.print("Open " + page + " in a browser to see all of it.");
  }

  /** With what audit needs of the images beside their vectors, so that it does not read them. */
  private static SettingValues settings(String model) {
    try {
      return SettingValues.none()
          .with(ModelSettings.MODEL, model)
          .with(ImageSettings.IMAGE_STATS, true);
    } catch (IllegalArgumentException e) {
      throw UserException.usage("--model: " + e.getMessage());
    }
  }

  private static String drawn() {
    Path directory = Path.of("demo-pictures");
    DemoPictures.draw(directory);
    return directory.toString();
  }

  private List<DemoRow> read() {
    return SparkSession.active()
        .read()
        .parquet(output)
        .select("path", FeatureTable.STATUS, FeatureTable.FEATURES)
        .orderBy(functions.col("path"))
        .collectAsList()
        .stream()
        .map(DemoCommand::row)
        .toList();
  }

  private static DemoRow row(Row row) {
    String path = row.getString(0);
    String file = path.substring(path.lastIndexOf('/') + 1);
    float[] features = new float[0];
    if (!row.isNullAt(2)) {
      List<Float> values = row.getList(2);
      features = new float[values.size()];
      for (int i = 0; i < features.length; i++) {
        features[i] = values.get(i);
      }
    }
    return new DemoRow(file, row.getString(1), features);
  }

  private static void print(Console console, List<DemoRow> rows) {
    String format = "%-40s  %-18s  %-22s  %s";
    console.print("");
    console.print(
        String.format(
            Locale.ROOT, format, "file", "status", "first values", "nearest other image (cosine)"));
    // Some of each status: the broken files are what makes a real directory.
    rows.stream()
        .sorted(
            Comparator.comparingInt((DemoRow row) -> rank(row, rows)).thenComparing(DemoRow::file))
        .limit(ROWS)
        .sorted(
            Comparator.comparing(DemoRow::status, DemoCommand::okFirst)
                .thenComparing(DemoRow::file))
        .forEach(
            row ->
                console.print(
                    String.format(
                            Locale.ROOT,
                            format,
                            row.shortFile(),
                            row.status(),
                            row.firstValues(),
                            row.nearest(rows))
                        .stripTrailing()));
    if (rows.size() > ROWS) {
      console.print(String.format(Locale.ROOT, "... and %d more in the table", rows.size() - ROWS));
    }
  }

  /** How many rows of the same status come before this one. */
  private static int rank(DemoRow row, List<DemoRow> rows) {
    int rank = 0;
    for (DemoRow other : rows) {
      if (other == row) {
        return rank;
      }
      // Good images are given three times the room of each kind of bad ones.
      rank += other.status().equals(row.status()) ? (row.isOk() ? 1 : 3) : 0;
    }
    return rank;
  }

  private static int okFirst(String a, String b) {
    return Comparator.comparing((String status) -> !status.equals("OK"))
        .thenComparing(Comparator.naturalOrder())
        .compare(a, b);
  }
}
