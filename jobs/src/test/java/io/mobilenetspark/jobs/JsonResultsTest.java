package io.mobilenetspark.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mobilenetspark.testing.Installed;
import io.mobilenetspark.testing.Pictures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What commands print for programs: one object, and the same facts as are left beside the output.
 */
@Tag("slow")
class JsonResultsTest {

  private static final String NAME = "\u015fekil \"1\" \u202e.png";

  @TempDir private static Path directory;
  private static Path photos = Path.of("");
  private static Path vectors = Path.of("");
  private static JsonNode embedded = new ObjectMapper().nullNode();

  @BeforeAll
  static void embed() throws IOException {
    photos = Pictures.write(directory.resolve("photos"), 3);
    Files.write(photos.resolve(NAME), Arrays.copyOf(Pictures.png(1), 40));
    Files.writeString(photos.resolve("page.jpg"), "<html>");
    vectors = directory.resolve("vectors");
    embedded = json(0, "embed", "--quiet", "--input=" + photos, "--output=" + vectors);
  }

  /** The one object that a command prints; with {@code --quiet} it says nothing else. */
  private static JsonNode json(int exitCode, String... arguments) throws IOException {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--json");
    if (List.of("embed", "inspect", "export").contains(arguments[0])) {
      all.add("--model=builtin");
      all.add("--image-size=32");
    }
    Installed.Outcome outcome = Commands.run(all.toArray(String[]::new)).assertExitCode(exitCode);
    assertThat(outcome.out().lines()).as(outcome.out()).hasSize(1);
    assertThat(outcome.out()).isASCII();
    if (all.contains("--quiet") && exitCode == 0) {
      assertThat(outcome.err()).isEmpty();
    }
    return new ObjectMapper().readTree(outcome.out());
  }

  @Test
  void everyCommandWithAResultHasIt() {
    Set<String> without =
        Main.commandLine().getSubcommands().entrySet().stream()
            .filter(
                command -> !command.getValue().getCommandSpec().optionsMap().containsKey("--json"))
            .map(command -> command.getKey())
            .collect(Collectors.toSet());
    assertThat(without).containsExactlyInAnyOrder("demo", "generate-completion", "help");
  }

  @Test
  void embedTellsOfTheRunAndTwoFailuresOfEachCause() throws IOException {
    assertThat(embedded.at("/written").asBoolean()).isTrue();
    assertThat(embedded.at("/output").asText()).isEqualTo("file:" + vectors);
    assertThat(embedded.at("/images").asInt()).isEqualTo(5);
    assertThat(embedded.at("/status/OK").asInt()).isEqualTo(3);
    assertThat(embedded.at("/failures").size()).isEqualTo(2);
    assertThat(embedded.at("/failures/0/status").asText()).isEqualTo("TRUNCATED");
    assertThat(embedded.at("/failures/0/id").asText()).endsWith("/" + NAME);
    assertThat(embedded.at("/failures/0/error").asText()).contains("PNG");
    assertThat(embedded.at("/failures/1/status").asText()).isEqualTo("UNSUPPORTED_FORMAT");
    JsonNode report = Commands.report(vectors);
    report
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (!name.equals("table")) {
                assertThat(embedded.get(name)).as(name).isEqualTo(report.get(name));
              }
            });

    JsonNode left =
        json(0, "embed", "--output-mode=ignore", "--input=" + photos, "--output=" + vectors);
    assertThat(left.toString())
        .isEqualTo("{\"written\":false,\"output\":\"file:" + vectors + "\"}");
  }

  /** The object is there before the error is told, whose exit code stays. */
  @Test
  void verifyTellsEachFinding() throws IOException {
    Path broken = Files.createDirectory(directory.resolve("broken"));
    Path part = Commands.parquetFiles(vectors).get(0);
    Files.copy(part, broken.resolve(part.getFileName()));
    Files.copy(vectors.resolve("_run.json"), broken.resolve("_run.json"));
    Files.createFile(broken.resolve("_SUCCESS"));
    JsonNode told = json(5, "verify", "--quiet", "--output=" + broken);
    List<String> kinds = told.at("/findings").findValuesAsText("kind");
    assertThat(kinds).contains("ok", "fault");
    assertThat(kinds.stream().filter("fault"::equals)).hasSize(told.at("/faults").asInt());
  }

  @Test
  void similarTellsNeighbours() throws IOException {
    String id = firstGoodId();
    JsonNode found =
        json(0, "similar", "--quiet", "--vectors=" + vectors, "--query-id=" + id, "--k=2");
    assertThat(found.at("/query").asText()).isEqualTo(id);
    assertThat(found.at("/neighbours").size()).isEqualTo(2);
    assertThat(found.at("/neighbours/0/similarity").asDouble())
        .isGreaterThanOrEqualTo(found.at("/neighbours/1/similarity").asDouble());
    assertThat(found.at("/neighbours").findValuesAsText("id")).doesNotContain(id);
    assertThat(found.at("/notes").toString()).contains("Not searched");
  }

  private static String firstGoodId() {
    return Commands.session()
        .read()
        .parquet(vectors.toString())
        .where("status = 'OK'")
        .head()
        .getAs("path");
  }

  @Test
  void auditReportAndExportTellWhatTheyWrote() throws IOException {
    Path findings = directory.resolve("findings");
    JsonNode audit = json(0, "audit", "--vectors=" + vectors, "--output=" + findings);
    assertThat(audit.at("/rows").asInt()).isEqualTo(5);
    assertThat(audit.at("/findings/unreadable").asInt()).isEqualTo(2);
    assertThat(
            json(0, "audit", "--vectors=" + vectors, "--output=" + findings, "--output-mode=ignore")
                .at("/written")
                .asBoolean())
        .isFalse();

    Path page = directory.resolve("page.html");
    JsonNode report =
        json(
            0,
            "report",
            "--quiet",
            "--vectors=" + vectors,
            "--audit=" + findings,
            "--output=" + page);
    assertThat(report.at("/output").asText()).isEqualTo("file:" + page);
    assertThat(report.at("/bytes").asLong()).isEqualTo(Files.size(page));
    assertThat(report.at("/rows").asInt()).isEqualTo(5);
    assertThat(report.at("/rows_with_vectors").asInt()).isEqualTo(3);
    assertThat(report.at("/findings/unreadable").asInt()).isEqualTo(2);

    Path arrays = directory.resolve("arrays");
    JsonNode exported =
        json(
            0,
            "export-vectors",
            "--vectors=" + vectors,
            "--format=npy",
            "--files=1",
            "--output=" + arrays);
    assertThat(exported.at("/count").asInt()).isEqualTo(3);
    assertThat(exported.at("/files").size()).isEqualTo(1);
    assertThat(exported.at("/output").asText()).isEqualTo("file:" + arrays);
  }

  @Test
  void modelsAreToldToo() throws IOException {
    assertThat(json(0, "inspect", "--quiet").at("/dimension").asInt()).isEqualTo(768);
    Path module = directory.resolve("module");
    JsonNode exported = json(0, "export", "--quiet", "--format=slim", "--output=" + module);
    assertThat(exported.at("/format").asText()).isEqualTo("slim");
    assertThat(exported.at("/model").asText()).isEqualTo("builtin");
    assertThat(module).isNotEmptyDirectory();
  }
}
