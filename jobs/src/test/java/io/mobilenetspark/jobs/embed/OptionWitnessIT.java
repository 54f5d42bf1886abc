package io.mobilenetspark.jobs.embed;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.testing.HubServer;
import io.mobilenetspark.testing.Installed;
import io.mobilenetspark.testing.OneIn;
import io.mobilenetspark.testing.Witnesses;
import io.mobilenetspark.testing.Witnesses.Witness;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every option reaches the operator: none could be left at its default without being missed. That
 * each has a witness is {@link OptionWitnessTest}'s matter.
 */
@Tag("slow")
class OptionWitnessIT {

  private static final Set<String> FLAGS = Set.of("offline", "trustModel");

  /** Of input, output and console, which have tests of their own, and those shown below. */
  static final Set<String> ELSEWHERE =
      Set.of(
          "--input",
          "--input-format",
          "--input-option",
          "--table",
          "--image-column",
          "--partitions",
          "--id-column",
          "--keep-columns",
          "--partition-by",
          "--rows-per-file",
          "--changed-by",
          "--deleted",
          "--retry",
          "--rows-per-commit",
          "--max-small-files",
          "--dedup",
          "--image-stats",
          "--continuous",
          "--trigger-interval",
          "--max-error-rate",
          "--labels",
          "--top-k",
          "--output",
          "--output-mode",
          "--output-table",
          "--output-format",
          "--output-option",
          "--download-timeout",
          "--help",
          "--version",
          "--verbose",
          "--quiet",
          "--json",
          "--batch-size",
          "--offline");

  @TempDir private static Path directory;
  private static List<Witness> witnesses;
  private static final Map<String, String> OUTCOMES = new HashMap<>();

  @BeforeAll
  static void makeWitnesses() throws IOException {
    Commands.session();
    io.mobilenetspark.runtime.NativeLibrary.load();
    witnesses = Witnesses.all(directory, OptionWitnessIT::export);
    for (Witnesses.Picture picture : Witnesses.Picture.values()) {
      Path folder = Files.createDirectories(directory.resolve("images/" + picture));
      Files.write(folder.resolve("image"), picture.bytes());
    }
  }

  /**
   * One is of the library's fixtures, with eight channels a layer; the other has random weights.
   */
  private static void export(Path to, String format, int seed) {
    Path fixture =
        Commands.projectRoot()
            .resolve(
                "udf/src/test/resources/io/mobilenetspark/spark/ml/fine-tuned-0.1.0/model/model")
            .resolve("mobilenet_v1_0.009765625_32.ckpt");
    Commands.run(
            "export",
            "--model=" + (seed == 1 ? fixture : "builtin"),
            "--format=" + format,
            "--output=" + to)
        .assertExitCode(0);
  }

  static List<Witness> witnesses() {
    return witnesses;
  }

  static String option(String setting) {
    return "--" + setting.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }

  private static List<String> arguments(Map<String, String> settings) {
    List<String> arguments = new ArrayList<>(List.of("embed", "--output-mode=overwrite"));
    settings.forEach(
        (name, value) ->
            arguments.add(FLAGS.contains(name) ? option(name) : option(name) + "=" + value));
    return arguments;
  }

  private static Installed.Outcome run(List<String> arguments, String... more) {
    List<String> all = new ArrayList<>(arguments);
    all.addAll(List.of(more));
    return Commands.run(all.toArray(String[]::new));
  }

  private static String outcome(Map<String, String> settings, Witnesses.Picture picture) {
    return OUTCOMES.computeIfAbsent(
        settings + " " + picture,
        ignored -> {
          Path output = directory.resolve("vectors");
          Installed.Outcome outcome =
              run(
                  arguments(settings),
                  "--input=" + directory.resolve("images/" + picture),
                  "--output=" + output);
          if (outcome.exitCode() != 0) {
            return "error " + outcome.err();
          }
          SparkSession spark = Commands.session();
          spark.catalog().refreshByPath(output.toString());
          Row row = spark.read().parquet(output.toString()).head();
          return Witnesses.outcome(row.getAs("status"), row.getAs("features"));
        });
  }

  @OneIn(4)
  @ParameterizedTest
  @MethodSource("witnesses")
  void changes(Witness witness) {
    String without = outcome(witness.others(), witness.image());
    String with = outcome(witness.with(), witness.image());

    assertThat(with).isNotEqualTo(without).contains(witness.expected());
  }

  @Test
  void batchSizeIsTheNumberOfImagesInARun() throws IOException {
    Path output = directory.resolve("batches");
    run(
            arguments(Map.of("model", directory.resolve("slim").toString(), "batchSize", "2")),
            "--partitions=1",
            "--input=" + directory.resolve("images"),
            "--output=" + output)
        .assertExitCode(0);

    assertThat(Commands.report(output).at("/batches").asLong())
        .isEqualTo((Witnesses.Picture.values().length + 1) / 2);
  }

  @Test
  void offlineAsksNobody() throws IOException {
    try (HubServer server = new HubServer()) {
      Map<String, String> settings = new HashMap<>();
      settings.put("model", server.url("127.0.0.1", "/m/1"));
      settings.put("modelCache", directory.resolve("cache").toString());
      settings.put("offline", "true");
      String[] more = {
        "--input=" + directory.resolve("images/PNG"), "--output=" + directory.resolve("none")
      };
      run(arguments(settings), more).assertExitCode(4).assertOneMessage("not in the cache");
      assertThat(server.requests()).isEmpty();

      settings.remove("offline");
      run(arguments(settings), more).assertExitCode(4);
      assertThat(server.requests()).isNotEmpty();
    }
  }
}
