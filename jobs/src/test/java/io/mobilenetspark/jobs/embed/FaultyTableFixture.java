package io.mobilenetspark.jobs.embed;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.jobs.Main;
import io.mobilenetspark.jobs.table.OutputContent;
import io.mobilenetspark.testing.FaultyFileSystem;
import io.mobilenetspark.testing.ForkedJvm;
import io.mobilenetspark.testing.Pictures;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.launcher.JavaModuleOptions;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * A table of vectors on a file system that fails, and an input that changes. Ozone's scheme stands
 * for those that rename a directory in one step, S3's for those that don't.
 */
abstract class FaultyTableFixture {

  /** The exit code of a process that is killed by SIGKILL. */
  static final int KILLED = 128 + 9;

  @TempDir Path directory;

  final SparkSession spark = Commands.session();

  /** What is behind each scheme. */
  Map<String, Class<? extends FaultyFileSystem>> schemes() {
    return Map.of("ofs", FaultyFileSystem.class, "s3a", FaultyFileSystem.class);
  }

  @BeforeEach
  void takeSchemes() {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    schemes().forEach((scheme, store) -> hadoop.set("fs." + scheme + ".impl", store.getName()));
  }

  @AfterEach
  void giveSchemesBack() {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    schemes().keySet().forEach(scheme -> hadoop.unset("fs." + scheme + ".impl"));
  }

  @BeforeEach
  void preparePictures() throws IOException {
    Files.createDirectories(first());
    for (int i = 0; i < 3; i++) {
      Path picture = first().resolve("a" + i + ".png");
      Files.write(picture, Pictures.png(i));
      Files.setLastModifiedTime(picture, FileTime.fromMillis(1_000_000_000_000L));
    }
  }

  private Path first() {
    return directory.resolve("first");
  }

  final Path input() {
    return directory.resolve("input");
  }

  final Path table() {
    return directory.resolve("vectors");
  }

  /** Where the same table is by a scheme that fails. */
  final String output(String scheme) {
    return scheme + "://faulty" + table();
  }

  /** Makes the table of the input's first state. */
  final void makeTable(String scheme, String kind) throws IOException {
    FaultyFileSystem.failFrom(Long.MAX_VALUE);
    copy(first(), input());
    embed(scheme, kind);
    copy(table(), directory.resolve("table"));
  }

  /** Puts back that table, and the input's second state beside it. */
  final void prepare(String kind) throws IOException {
    FaultyFileSystem.failFrom(Long.MAX_VALUE);
    delete(table());
    pending().forEach(FaultyTableFixture::delete);
    delete(input());
    copy(first(), input());
    copy(directory.resolve("table"), table());
    change(kind);
  }

  /** The second state of the input: one row more, and maybe one that has changed. */
  void change(String kind) throws IOException {
    Files.write(input().resolve("b.png"), Pictures.png(10));
    if (kind.equals("duplicated")) { // of what is there, and of what is new
      Files.write(input().resolve("c.png"), Pictures.png(10));
      Files.write(input().resolve("d.png"), Pictures.png(2));
    }
    if (!kind.equals("added")) {
      Files.write(input().resolve("a0.png"), Pictures.png(11));
      Files.delete(input().resolve("a1.png"));
    }
  }

  /** Where computed rows wait for the table, by either kind of store. */
  final Stream<Path> pending() {
    return Stream.of(
        table().resolve(OutputContent.PENDING),
        table().resolveSibling(".vectors" + OutputContent.PENDING));
  }

  /** Fails unless the table is whole, and all that a run needed for itself is gone. */
  final void assertNothingIsLeft(String description) {
    assertThat(table().resolve("_SUCCESS")).as(description).exists();
    for (String folder : List.of(OutputContent.STAGING, OutputContent.PENDING)) {
      assertThat(table().resolve(folder)).as(description).doesNotExist();
      assertThat(table().resolveSibling(".vectors" + folder)).as(description).doesNotExist();
    }
  }

  final Set<String> rows() {
    spark.catalog().refreshByPath(table().toString());
    return IncrementalFixture.rows(spark.read().parquet(table().toString()));
  }

  /** Whether a reader that must not see a mixture would read it. */
  final boolean isWhole() {
    return Files.exists(table().resolve("_SUCCESS"));
  }

  /** A field of the last run's counts. */
  final int counted(String field) throws IOException {
    return Commands.report(table()).at("/incremental/" + field).asInt();
  }

  final void embed(String scheme, String kind) {
    StringWriter err = new StringWriter();
    assertThat(run(scheme, kind, err)).as(err.toString()).isZero();
  }

  final int run(String scheme, String kind, StringWriter err) {
    return Main.run(
        new PrintWriter(new StringWriter()),
        new PrintWriter(err, true),
        arguments(scheme, kind).toArray(String[]::new));
  }

  List<String> arguments(String scheme, String kind) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "embed",
                "--model=builtin",
                "--image-size=32",
                "--partitions=1",
                "--input=" + input(),
                "--output=" + output(scheme),
                "--output-mode=incremental",
                "--deleted=remove"));
    if (kind.equals("duplicated")) {
      arguments.add("--dedup");
    }
    return arguments;
  }

  /** Rows in the files that tasks had put in their place, whole. */
  final long committed() throws IOException {
    List<String> runs = new ArrayList<>();
    for (Path folder : pending().filter(Files::exists).toList()) {
      try (Stream<Path> children = Files.list(folder)) {
        children.map(Path::toString).forEach(runs::add);
      }
    }
    return runs.isEmpty()
        ? 0
        : spark
            .read()
            .schema("path STRING")
            .option("ignoreCorruptFiles", true)
            .parquet(runs.toArray(String[]::new))
            .count();
  }

  /** Runs a command in a JVM of its own, which is killed at a call of its file system. */
  final ForkedJvm.Outcome runAndDieAt(int call, List<String> command) throws Exception {
    List<String> flags = new ArrayList<>(ForkedJvm.SHORT_RUN);
    flags.addAll(List.of(JavaModuleOptions.defaultModuleOptionArray()));
    flags.add(
        "-Duser.timezone=" + System.getProperty("user.timezone")); // whose library is unpacked
    flags.add("-Xmx512m");
    flags.add("-Dspark.master=local[2]");
    flags.add("-Dspark.ui.enabled=false");
    flags.add("-Dspark.sql.shuffle.partitions=2");
    schemes()
        .forEach(
            (name, store) -> flags.add("-Dspark.hadoop.fs." + name + ".impl=" + store.getName()));
    List<String> arguments = new ArrayList<>(List.of(Integer.toString(call)));
    arguments.addAll(command);
    return ForkedJvm.run(DyingRunMain.class, flags, arguments.toArray(String[]::new));
  }

  static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (!Files.isDirectory(file)) {
          Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES);
        } else {
          Files.createDirectories(target);
        }
      }
    }
  }

  static void delete(Path folder) {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
