package io.mobilenetspark.jobs.embed;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.jobs.Main;
import io.mobilenetspark.jobs.table.OutputContent;
import io.mobilenetspark.testing.Cases;
import io.mobilenetspark.testing.FaultyFileSystem;
import io.mobilenetspark.testing.OneIn;
import io.mobilenetspark.testing.Pictures;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * An incremental run on a file system that fails from the n-th call on, for every n: the run after
 * it leaves what one clean run does. Ozone's scheme stands for those that rename a directory in one
 * step, S3's for those that don't.
 */
@Tag("slow")
class FaultyIncrementalTest {

  private static final List<String> SCHEMES = List.of("ofs", "s3a");

  @TempDir private Path directory;

  private final SparkSession spark = Commands.session();

  @BeforeEach
  void takeSchemes() {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    for (String scheme : SCHEMES) {
      hadoop.set("fs." + scheme + ".impl", FaultyFileSystem.class.getName());
    }
  }

  @AfterEach
  void giveSchemesBack() {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    for (String scheme : SCHEMES) {
      hadoop.unset("fs." + scheme + ".impl");
    }
  }

  @BeforeEach
  void preparePictures() throws IOException {
    for (String folder : List.of("first", "second")) {
      Files.createDirectories(directory.resolve(folder));
      for (int i = 0; i < 3; i++) {
        Path link = directory.resolve(folder).resolve("a" + i + ".png");
        Files.write(link, Pictures.png(i));
        Files.setLastModifiedTime(link, FileTime.fromMillis(1_000_000_000_000L));
      }
    }
  }

  /** The second state of the input: one row more, and maybe one that has changed. */
  private void change(String kind) throws IOException {
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

  private Path input() {
    return directory.resolve("input");
  }

  private void prepareTable() throws IOException {
    delete(directory.resolve("vectors"));
    delete(directory.resolve(".vectors" + OutputContent.PENDING));
    delete(input());
    copy(directory.resolve("first"), input());
    copy(directory.resolve("table"), directory.resolve("vectors"));
  }

  @OneIn(value = 5, share = 2)
  @ParameterizedTest
  @CsvSource({"ofs, added", "s3a, added", "ofs, changed", "s3a, changed", "ofs, duplicated"})
  void everyCallMayBeTheLast(String scheme, String kind) throws IOException {
    String output = scheme + "://faulty" + directory.resolve("vectors");
    FaultyFileSystem.failFrom(Long.MAX_VALUE);
    copy(directory.resolve("first"), input());
    embed(output, kind);
    copy(directory.resolve("vectors"), directory.resolve("table"));
    prepareTable();
    change(kind);
    FaultyFileSystem.failFrom(Long.MAX_VALUE);
    embed(output, kind);
    List<String> calls = FaultyFileSystem.calls();
    Set<String> clean = rows();
    System.out.println(scheme + ", " + kind + ": " + calls.size() + " calls: " + calls);
    assertThat(calls.size()).isGreaterThan(50);

    int step = Cases.count(1 + calls.size() / 2, 1);
    int first = 1 + (int) Long.remainderUnsigned(Cases.seed(getClass()), step);
    for (int n = first; n <= calls.size(); n += step) {
      FaultyFileSystem.failFrom(Long.MAX_VALUE);
      prepareTable();
      change(kind);
      String description =
          scheme + ", " + kind + ", fails from call " + n + ": " + calls.get(n - 1);

      FaultyFileSystem.failFrom(n);
      int code = run(output, kind, new StringWriter());
      FaultyFileSystem.failFrom(Long.MAX_VALUE);
      if (code == 0) { // only the clearing up failed
        assertThat(rows()).as(description).isEqualTo(clean);
      }
      boolean isDone = code == 0 || isComputed();
      embed(output, kind);
      assertThat(rows()).as(description + ", run again").isEqualTo(clean);
      if (isDone) {
        assertThat(
                Commands.report(directory.resolve("vectors")).at("/incremental/computed").asInt())
            .as(description + ", computed again")
            .isZero();
      }
      assertThat(directory.resolve("vectors/_SUCCESS")).as(description).exists();
      for (String folder : List.of(OutputContent.STAGING, OutputContent.PENDING)) {
        assertThat(directory.resolve("vectors/" + folder)).as(description).doesNotExist();
        assertThat(directory.resolve(".vectors" + folder)).as(description).doesNotExist();
      }
    }
  }

  /** Whether the failed run left its computed rows whole: it says so by _SUCCESS. */
  private boolean isComputed() {
    return Stream.of("vectors/" + OutputContent.PENDING, ".vectors" + OutputContent.PENDING)
        .anyMatch(folder -> Files.exists(directory.resolve(folder + "/run-000001/_SUCCESS")));
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (!Files.isDirectory(file)) {
          Files.copy(file, target, java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
        } else {
          Files.createDirectories(target);
        }
      }
    }
  }

  private static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private Set<String> rows() {
    String table = directory.resolve("vectors").toString();
    spark.catalog().refreshByPath(table);
    return IncrementalFixture.rows(spark.read().parquet(table));
  }

  private void embed(String output, String kind) {
    StringWriter err = new StringWriter();
    assertThat(run(output, kind, err)).as(err.toString()).isZero();
  }

  private int run(String output, String kind, StringWriter err) {
    List<String> arguments = new ArrayList<>();
    arguments.add("embed");
    arguments.add("--model=builtin");
    arguments.add("--image-size=32");
    arguments.add("--partitions=1");
    arguments.add("--input=" + input());
    arguments.add("--output=" + output);
    arguments.add("--output-mode=incremental");
    arguments.add("--deleted=remove");
    if (kind.equals("duplicated")) {
      arguments.add("--dedup");
    }
    return Main.run(
        new PrintWriter(new StringWriter()),
        new PrintWriter(err, true),
        arguments.toArray(String[]::new));
  }
}
