package io.mobilenetspark.jobs.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.jobs.cli.IncrementalOptions;
import io.mobilenetspark.jobs.cli.InputOptions;
import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.jobs.input.ImageTable;
import io.mobilenetspark.testing.Pictures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What {@code --changed-by} means, however it is written, and what it reads. */
class IdentityTest {

  private static final String JAVA_8_TIMES = "spark.sql.datetime.java8API.enabled";

  @TempDir private Path directory;

  private final SparkSession spark = Commands.session();

  private ImageTable photos() throws IOException {
    Path photo = Files.write(directory.resolve("a.png"), Pictures.png(1));
    Files.setLastModifiedTime(photo, FileTime.fromMillis(1_000_000_000_123L));
    return ImageTable.open(spark, InputOptions.ofDirectory(directory.toString()));
  }

  private ImageTable table(String columns) {
    spark.sql("SELECT " + columns).createOrReplaceTempView("identities");
    return ImageTable.open(
        spark, CommandLine.populateCommand(new InputOptions(), "--table=identities"));
  }

  private static Identity identity(String changedBy, ImageTable images) {
    IncrementalOptions options = new IncrementalOptions();
    var unused =
        new CommandLine(options)
            .setCaseInsensitiveEnumValuesAllowed(true)
            .parseArgs("--changed-by=" + changedBy);
    return Identity.of(options, images);
  }

  @Test
  void wordsAndColumnsAreWrittenInManyWays() throws IOException {
    ImageTable photos = photos();
    for (String spelling : List.of("mtime,length", "length,mtime", "MTIME,Length")) {
      assertThat(identity(spelling, photos)).isEqualTo(identity("mtime,length", photos));
    }
    ImageTable table = table("1 AS id, 2 AS Version, 3 AS etag, X'00' AS image");
    assertThat(identity("SHA256", table)).isEqualTo(identity("sha256", table));
    assertThat(identity("None", table)).isEqualTo(identity("none", table));
    Identity columns = identity("etag,Version", table);
    assertThat(columns.names()).containsExactly("etag", "Version");
    for (String spelling : List.of("version,ETAG", "VERSION,etag,version")) {
      assertThat(identity(spelling, table)).isEqualTo(columns);
    }
    assertThatThrownBy(() -> identity("none,sha256", table))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("it has no column 'none'");
  }

  @Test
  void capitalsAreOthersWhereSparkSaysSo() {
    spark.conf().set("spark.sql.caseSensitive", "true");
    try {
      ImageTable table = table("1 AS id, 2 AS v, 3 AS V, X'00' AS image");
      assertThat(identity("v,V", table).names()).containsExactly("V", "v");
      assertThatThrownBy(() -> identity("ID", table)).hasMessageContaining("no column 'ID'");
    } finally {
      spark.conf().unset("spark.sql.caseSensitive");
    }
  }

  /** Rows have other classes for times then; a listing and a file's status are the same times. */
  @Test
  void timesOfFilesDoNotDependOnTheSession() throws IOException {
    for (String isJava8 : List.of("false", "true")) {
      spark.conf().set(JAVA_8_TIMES, isJava8);
      try {
        ImageTable photos = photos();
        Row listed = photos.rows().selectExpr("unix_millis(modificationTime)").head();
        assertThat(listed.getLong(0)).as("listed, %s", isJava8).isEqualTo(1_000_000_000_123L);

        ImageTable list = table("1 AS id, '" + directory.resolve("a.png") + "' AS image");
        Row looked =
            identity("mtime,length", list)
                .addTo(list, list.rows(), List.of("id", "image"))
                .selectExpr("modificationTime", "unix_millis(modificationTime)", "length")
                .head();
        assertThat(looked.get(0) instanceof Instant).isEqualTo(Boolean.parseBoolean(isJava8));
        assertThat(looked.getLong(1)).isEqualTo(1_000_000_000_123L);
        assertThat(looked.getLong(2)).isEqualTo(Pictures.png(1).length);
      } finally {
        spark.conf().unset(JAVA_8_TIMES);
      }
    }
  }
}
