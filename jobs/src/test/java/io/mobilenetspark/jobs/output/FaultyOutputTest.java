package io.mobilenetspark.jobs.output;

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
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A file system that fails from the n-th call on, for every n of a small run. Ozone's scheme stands
 * for those that rename a directory in one step, S3's for those that don't.
 */
@Tag("slow")
class FaultyOutputTest {

  private static final List<String> SCHEMES = List.of("ofs", "s3a");

  @TempDir private Path directory;

  private final SparkSession spark = Commands.session();

  @BeforeEach
  void takeSchemes() {
    // Not by the session's builder: another test may have started the one session of this JVM.
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
    Path first = Files.createDirectories(directory.resolve("first"));
    Path second = Files.createDirectories(directory.resolve("second"));
    for (int i = 0; i < 2; i++) {
      Files.write(first.resolve("a" + i + ".png"), Pictures.png(i));
    }
    for (int i = 0; i < 3; i++) {
      Files.write(second.resolve("b" + i + ".png"), Pictures.png(10 + i));
    }
  }

  @OneIn(value = 4, share = 2)
  @ParameterizedTest
  @CsvSource({"ofs, overwrite", "s3a, overwrite", "ofs, append", "s3a, append"})
  void everyCallMayBeTheLast(String scheme, String mode) throws IOException {
    String output = scheme + "://faulty" + directory.resolve("vectors");
    FaultyFileSystem.failFrom(Long.MAX_VALUE);
    embed("first", output, "overwrite");
    Set<String> old = rows();
    FaultyFileSystem.failFrom(Long.MAX_VALUE);
    embed("second", output, mode);
    List<String> calls = FaultyFileSystem.calls();
    Set<String> clean = rows();
    System.out.println(scheme + ", " + mode + ": " + calls.size() + " calls: " + calls);
    assertThat(calls.size()).isGreaterThan(20);

    int step = Cases.count(20, 1);
    int first = 1 + (int) Long.remainderUnsigned(Cases.seed(getClass()), step);
    for (int n = first; n <= calls.size(); n += step) {
      FaultyFileSystem.failFrom(Long.MAX_VALUE);
      embed("first", output, "overwrite");
      String description =
          scheme + ", " + mode + ", fails from call " + n + ": " + calls.get(n - 1);

      StringWriter err = new StringWriter();
      FaultyFileSystem.failFrom(n);
      int code = run("second", output, mode, err);
      FaultyFileSystem.failFrom(Long.MAX_VALUE);
      if (code == 0) { // only the clearing up failed
        assertThat(rows()).as(description).isEqualTo(clean);
      } else if (scheme.equals("ofs") && mode.equals("overwrite")) {
        assertThat(anyTable()).as(description).isIn(old, clean);
      }
      if (code != 0 || mode.equals("overwrite")) {
        embed("second", output, mode);
      } else { // an append that is done is not to be done again
        embed("second", output, "ignore");
      }
      assertThat(rows()).as(description + ", run again").isEqualTo(clean);
      assertThat(directory.resolve("vectors/_SUCCESS")).as(description).exists();
      assertThat(directory.resolve("vectors/" + OutputContent.STAGING)).doesNotExist();
      try (var files = Files.walk(directory.resolve("vectors"))) {
        assertThat(files).as(description).noneMatch(FaultyOutputTest::isEmptyDirectory);
      }
      assertThat(directory.resolve(".vectors" + OutputContent.STAGING)).doesNotExist();
    }
  }

  private static boolean isEmptyDirectory(Path path) {
    String[] names = path.toFile().list();
    return names != null && names.length == 0;
  }

  /** The table, or where it is for the instant between two renames. */
  private Set<String> anyTable() throws IOException {
    if (Files.exists(directory.resolve("vectors"))) {
      return rows();
    }
    try (var folders = Files.walk(directory.resolve(".vectors" + OutputContent.STAGING), 2)) {
      Path old = folders.filter(path -> path.endsWith("old")).findFirst().orElseThrow();
      return rows(old);
    }
  }

  private Set<String> rows() {
    return rows(directory.resolve("vectors"));
  }

  private Set<String> rows(Path table) {
    Set<String> rows = new TreeSet<>();
    int[] count = new int[1];
    spark
        .read()
        .parquet(table.toString())
        .select("path", "status", "features")
        .collectAsList()
        .forEach(
            row -> {
              rows.add(row.toString());
              count[0]++;
            });
    assertThat(rows).as("no row twice").hasSize(count[0]);
    return rows;
  }

  private void embed(String input, String output, String mode) {
    StringWriter err = new StringWriter();
    assertThat(run(input, output, mode, err)).as(err.toString()).isZero();
  }

  private int run(String input, String output, String mode, StringWriter err) {
    List<String> options =
        new ArrayList<>(
            List.of(
                "embed",
                "--model=builtin",
                "--image-size=32",
                "--partitions=1",
                "--keep-columns=length",
                "--input=" + directory.resolve(input),
                "--output=" + output,
                "--output-mode=" + mode));
    if (output.startsWith("s3a:")) { // file by file, into directories and out of them
      options.add("--partition-by=length");
    }
    return Main.run(
        new PrintWriter(new StringWriter()),
        new PrintWriter(err, true),
        options.toArray(String[]::new));
  }
}
