package io.mobilenetspark.jobs;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mobilenetspark.testing.Cases;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every command leaves the same in every locale, charset and time zone: with Persian digits and the
 * Turkish letters i, whose upper case is not I; in ISO-8859-9, which Hadoop's commands can't write
 * Persian digits in, without them.
 */
@Tag("slow")
class LocalesIT {

  /** When it was and how long it took, which differ between runs of the same locale. */
  private static final List<String> TIMES =
      List.of(
          "started",
          "elapsed_seconds",
          "images_per_second",
          "seconds",
          "imagesPerSecond",
          "overheadShare",
          "app_id");

  private static final Pattern FOREIGN_DIGIT = Pattern.compile("[\\p{Nd}&&[^0-9]]");
  private static final Pattern SVG = Pattern.compile("<svg.*?</svg>", Pattern.DOTALL);
  private static final Pattern RANDOM =
      Pattern.compile("-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  @TempDir private Path directory;

  @Test
  void everyCommandLeavesTheSameInEveryLocale() throws Exception {
    Map<String, String> expected = leftBy("-Duser.language=en -Duser.country=US");
    assertThat(expected.keySet())
        .contains("run/tf2/saved_model.pb", "run/hub1/saved_model.pb", "vectors/_run.json")
        .anyMatch(name -> name.startsWith("checkpoints/"))
        .contains("sql/", "vectors/", "general/");

    // Turkish with Persian digits, as nobody has it: both in one run.
    assertSame(
        leftBy(
            "-Duser.language=tr -Duser.country=TR -Duser.extensions=u-nu-arabext"
                + " -Duser.timezone=Asia/Kathmandu"),
        expected);
    if (Cases.count(0, 1) == 1) {
      assertSame(
          leftBy("-Duser.language=tr -Duser.country=TR -Dfile.encoding=ISO-8859-9"), expected);
    }
  }

  private static void assertSame(Map<String, String> actual, Map<String, String> expected) {
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    SoftAssertions all = new SoftAssertions();
    actual.forEach(
        (name, content) -> all.assertThat(content).as(name).isEqualTo(expected.get(name)));
    all.assertAll();
  }

  /** Runs all commands in one JVM with flags; gives what they leave, by name. */
  private Map<String, String> leftBy(String flags) throws Exception {
    // The same folder for all: its name is in what they leave.
    Path work = Files.createDirectory(directory.resolve("work"));
    List<String> arguments =
        List.of(
            "--class=" + EveryCommandMain.class.getName(),
            "--master=local[2]",
            "--conf=spark.sql.extensions=io.mobilenetspark.spark.sql.MobileNetExtensions",
            "--conf=spark.ui.enabled=false",
            "--conf=spark.log.level=ERROR",
            "--jars=" + Commands.jar() + "," + Commands.nativeJar(),
            applicationJar().toString(),
            work.toString());
    Commands.execute(
            Map.of(
                "SPARK_HOME", Commands.bundledSpark().toString(),
                "SPARK_SCALA_VERSION", "2.13",
                "TF_CPP_MIN_LOG_LEVEL", "2",
                "LC_ALL", "C.UTF-8",
                "JDK_JAVA_OPTIONS", flags),
            Commands.sparkSubmit(arguments.toArray(String[]::new)))
        .assertExitCode(0);
    Map<String, String> contents = contents(work.resolve("output"));
    Files.move(work, Files.createTempDirectory(directory, "done").resolve("work"));
    return contents;
  }

  private Path applicationJar() throws IOException {
    Class<?> main = EveryCommandMain.class;
    Path file = directory.resolve("application.jar");
    try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(file))) {
      for (Class<?> type : List.of(main, io.mobilenetspark.testing.Colours.class)) {
        String name = type.getName().replace('.', '/') + ".class";
        try (InputStream bytes = requireNonNull(main.getClassLoader().getResourceAsStream(name))) {
          jar.putNextEntry(new JarEntry(name));
          bytes.transferTo(jar);
        }
      }
    }
    return file;
  }

  /** What each file holds, but for times, random names and the folder that it is in. */
  private static Map<String, String> contents(Path output) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    List<Path> files;
    try (Stream<Path> all = Files.walk(output)) {
      files = all.filter(Files::isRegularFile).filter(file -> !isCrc(file)).toList();
    }
    for (Path file : files) {
      String name = output.relativize(file).toString();
      String stable = RANDOM.matcher(name).replaceAll("");
      if (name.endsWith("/checkpoint.json")) {
        contents.put(stable, "a marker"); // with the checksum of a file that has times
      } else if (name.endsWith(".json")) {
        contents.put(stable, withoutTimes(Files.readString(file)).toString());
      } else if (name.endsWith(".html")) {
        contents.put(stable, charts(Files.readString(file)));
      } else if (name.matches("(vectors|general|sql)/.*\\.parquet")) {
        String table = name.substring(0, name.indexOf('/') + 1);
        contents.put(table, rows(output.resolve(table)));
      } else if (name.endsWith("said.txt")) {
        assertThat(Files.readString(file)).as(name).doesNotContainPattern(FOREIGN_DIGIT);
        contents.put(stable, reports(Files.readString(file)));
      } else if (!name.startsWith("run/mllib/") && !name.matches("run/(tensorboard|history).*")) {
        contents.put(stable, sha256(Files.readAllBytes(file)));
      }
    }
    return contents;
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has it", e);
    }
  }

  /** A table's metadata, and its rows by the images' names: Spark lists files in no order. */
  private static String rows(Path directory) {
    Dataset<Row> table = Commands.session().read().parquet(directory.toString());
    return table.schema().json()
        + String.join("\n", table.orderBy("path").toJSON().collectAsList());
  }

  private static boolean isCrc(Path file) {
    return file.toString().endsWith(".crc");
  }

  private static JsonNode withoutTimes(String json) throws IOException {
    JsonNode node = new ObjectMapper().readTree(json);
    for (JsonNode object : withDescendants(node)) {
      if (object instanceof ObjectNode fields) {
        fields.remove(TIMES);
      }
    }
    return node;
  }

  private static List<JsonNode> withDescendants(JsonNode node) {
    List<JsonNode> all = new ArrayList<>(List.of(node));
    node.forEach(child -> all.addAll(withDescendants(child)));
    return all;
  }

  /** The curves of a page; all of it has digits of ASCII. */
  private static String charts(String page) {
    assertThat(page).doesNotContainPattern(FOREIGN_DIGIT);
    List<String> charts = SVG.matcher(page).results().map(MatchResult::group).toList();
    assertThat(charts).isNotEmpty();
    return String.join("\n", charts);
  }

  /** What inspect printed: from its command to the next one's. */
  private static String reports(String said) {
    List<String> lines = new ArrayList<>();
    boolean isReport = false;
    for (String line : said.lines().toList()) {
      if (line.matches("(embed|finetune|export|inspect) .*")) {
        isReport = line.startsWith("inspect ");
      }
      if (isReport) {
        lines.add(line);
      }
    }
    assertThat(lines).hasSizeGreaterThan(20);
    return String.join("\n", lines);
  }
}
