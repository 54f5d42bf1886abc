package io.mobilenetspark.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mobilenetspark.jobs.Main;
import io.mobilenetspark.testing.Cases;
import io.mobilenetspark.testing.Clients;
import io.mobilenetspark.testing.Colours;
import io.mobilenetspark.testing.ForkedJvm;
import io.mobilenetspark.testing.Installed;
import io.mobilenetspark.testing.Pictures;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.util.VersionInfo;
import org.apache.spark.launcher.JavaModuleOptions;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Images, tables and checkpoints on an object store, by Hadoop's S3A and a server of S3. */
@Tag("slow")
@EnabledIfSystemProperty(
    named = "cases",
    matches = "all",
    disabledReason = "of the exhaustive tier: a minute")
class S3TablesIT {

  private static final int PICTURES = 5;
  private static final int KILLED = 128 + 9;

  /** Where a run is killed, of each change. */
  private static final int PLACES = 2;

  @TempDir private static java.nio.file.Path directory;

  private static @Nullable S3MockServer server;

  private final SparkSession spark = Installed.session();
  private Path place = new Path("/");

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    S3MockServer started = S3MockServer.start(directory);
    server = started;
    Configuration hadoop = Installed.session().sparkContext().hadoopConfiguration();
    started.settings().forEach(hadoop::set);
  }

  @AfterAll
  static void stop() throws IOException {
    S3MockServer started = server;
    if (started == null) {
      return;
    }
    Configuration hadoop = Installed.session().sparkContext().hadoopConfiguration();
    try {
      new Path("s3a://" + S3MockServer.BUCKET + "/").getFileSystem(hadoop).close();
    } finally {
      started.settings().keySet().forEach(hadoop::unset);
      started.close();
    }
  }

  /** What is done to a table that is there. */
  enum Change {
    OVERWRITTEN("overwrite"),
    APPENDED("append"),
    EXTENDED("incremental"),
    REPLACED("incremental");

    private final String mode;

    Change(String mode) {
      this.mode = mode;
    }

    /** How many rows there are then. */
    int rows() {
      return this == APPENDED ? 2 * PICTURES + 1 : PICTURES + 1;
    }
  }

  /** Docs/embed.md: a reader never sees less than one whole table. */
  @ParameterizedTest
  @EnumSource
  void aReaderSeesAWholeTable(Change change) throws Exception {
    prepare(change);
    Set<String> oldParts = parts();

    CompletableFuture<String> run = CompletableFuture.supplyAsync(() -> embed(change));
    Set<Set<String>> seen = new HashSet<>();
    while (!run.isDone()) {
      seen.add(parts());
    }
    assertThat(run.get()).isEmpty();

    Set<String> newParts = parts();
    assertThat(seen).contains(oldParts);
    assertThat(seen).allMatch(some -> some.containsAll(oldParts) || some.containsAll(newParts));
    assertThat(rows()).hasSize(change.rows());
    assertNothingIsLeft();
    Clients.passed("S3A", VersionInfo.getVersion(), "input, output in each mode, finetune");
  }

  /** A run in a JVM of its own that ends by SIGKILL, and the same command again. */
  @ParameterizedTest
  @EnumSource(names = {"OVERWRITTEN", "EXTENDED", "REPLACED"})
  void killedAndStartedAgain(Change change) throws Exception {
    prepare(change);
    long before = DyingS3A.calls();
    assertThat(embed(change)).isEmpty();
    int calls = (int) (DyingS3A.calls() - before);
    Set<String> clean = features();

    Random random = new Random(Cases.seed(getClass()));
    for (int i = 0; i < PLACES; i++) {
      int n = 1 + random.nextInt(calls);
      prepare(change);
      ForkedJvm.Outcome dead = runAndDieAt(n, arguments(change));
      String description = change + ", killed at call " + n + " of " + calls;
      assertThat(dead.exitCode()).as("%s: %s", description, dead.output()).isEqualTo(KILLED);

      assertThat(embed(change)).as(description).isEmpty();

      assertThat(features()).as(description).isEqualTo(clean);
      assertNothingIsLeft();
    }
  }

  /** Input, checkpoints and output are there; its process dies by SIGKILL after a third of it. */
  @Test
  void aTrainingGoesOnFromItsCheckpoint() throws Exception {
    place = new Path("s3a://" + S3MockServer.BUCKET + "/training");
    for (int i = 0; i < 24; i++) {
      String colour = List.of("blue", "green", "red").get(i % 3);
      put("colours/" + colour + "/" + i + ".png", Colours.png(i % 3, i));
    }
    long before = DyingS3A.calls();
    assertThat(run(training("undisturbed"))).isEmpty();
    int calls = (int) (DyingS3A.calls() - before);

    ForkedJvm.Outcome dead = runAndDieAt(calls / 3, training("resumed"));
    assertThat(dead.exitCode()).as(dead.output()).isEqualTo(KILLED);
    assertThat(run(training("resumed"))).isEmpty();

    assertThat(json("runs/resumed/_finetune.json").at("/fingerprints"))
        .isEqualTo(json("runs/undisturbed/_finetune.json").at("/fingerprints"));
  }

  private List<String> training(String name) {
    return List.of(
        "finetune",
        "--input=" + new Path(place, "colours"),
        "--output=" + new Path(place, "runs/" + name),
        "--checkpoint-dir=" + new Path(place, "checkpoints/" + name),
        "--model=builtin",
        "--image-size=64",
        "--batch-size=12",
        "--num-workers=2",
        "--epochs=2",
        "--validation-fraction=0",
        "--checkpoint-interval=1",
        "--head-reg-param=0.1");
  }

  /** A table of some photographs, of which one has changed since, if that is the change. */
  private void prepare(Change change) throws IOException {
    place = new Path("s3a://" + S3MockServer.BUCKET + "/" + change);
    fileSystem().delete(place, true);
    for (int i = 0; i < PICTURES; i++) {
      put("photos/a" + i + ".png", Pictures.png(i));
    }
    assertThat(embed(change)).isEmpty();
    put("photos/b.png", Pictures.png(100));
    if (change == Change.REPLACED) {
      put("photos/a0.png", Pictures.png(101));
    }
  }

  private FileSystem fileSystem() throws IOException {
    return place.getFileSystem(spark.sparkContext().hadoopConfiguration());
  }

  private void put(String name, byte[] bytes) throws IOException {
    try (OutputStream out = fileSystem().create(new Path(place, name), true)) {
      out.write(bytes);
    }
  }

  private JsonNode json(String name) throws IOException {
    try (InputStream in = fileSystem().open(new Path(place, name))) {
      return new ObjectMapper().readTree(in);
    }
  }

  private Path output() {
    return new Path(place, "vectors");
  }

  private List<String> arguments(Change change) {
    return List.of(
        "embed",
        "--model=builtin",
        "--image-size=32",
        "--input=" + new Path(place, "photos"),
        "--output=" + output(),
        "--output-mode=" + change.mode);
  }

  private String embed(Change change) {
    return run(arguments(change));
  }

  /** What the command said of its failure; empty if it has done what it was to do. */
  private static String run(List<String> arguments) {
    StringWriter err = new StringWriter();
    int code =
        Main.run(
            new PrintWriter(new StringWriter()),
            new PrintWriter(err, true),
            arguments.toArray(String[]::new));
    return code == 0 ? "" : code + ": " + err;
  }

  private Set<String> parts() {
    Set<String> names = new TreeSet<>();
    try {
      for (FileStatus file : fileSystem().listStatus(output())) {
        if (file.getPath().getName().startsWith("part-")) {
          names.add(file.getPath().getName());
        }
      }
    } catch (FileNotFoundException e) {
      // There is no table.
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return names;
  }

  private List<Row> rows() {
    spark.catalog().refreshByPath(output().toString());
    return spark.read().parquet(output().toString()).select("path", "features").collectAsList();
  }

  private Set<String> features() {
    List<Row> all = rows();
    Set<String> rows = all.stream().map(Row::toString).collect(Collectors.toSet());
    assertThat(rows).as("no row twice").hasSameSizeAs(all);
    return rows;
  }

  private void assertNothingIsLeft() throws IOException {
    List<String> names = new ArrayList<>();
    for (FileStatus file : fileSystem().listStatus(output())) {
      names.add(file.getPath().getName());
    }
    assertThat(names).contains("_SUCCESS").noneMatch(name -> name.startsWith("."));
    assertThat(fileSystem().listStatus(place)).hasSize(2);
  }

  private static ForkedJvm.Outcome runAndDieAt(int call, List<String> arguments) throws Exception {
    List<String> flags = new ArrayList<>(ForkedJvm.SHORT_RUN);
    flags.addAll(List.of(JavaModuleOptions.defaultModuleOptionArray()));
    flags.add(
        "-Duser.timezone=" + System.getProperty("user.timezone")); // whose library is unpacked
    flags.add("-D" + DyingS3A.DIES_AT + "=" + call);
    flags.add("-Dspark.master=local[2]");
    flags.add("-Dspark.ui.enabled=false");
    for (Map.Entry<String, String> setting :
        java.util.Objects.requireNonNull(server).settings().entrySet()) {
      flags.add("-Dspark.hadoop." + setting.getKey() + "=" + setting.getValue());
    }
    return ForkedJvm.run(Main.class, flags, arguments.toArray(String[]::new));
  }
}
