package io.mobilenetspark.jobs.embed;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.testing.Installed;
import io.mobilenetspark.testing.Pictures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run says of the images that it could not read. */
class FailuresTest {

  @TempDir private Path directory;
  private Path photos = Path.of("");

  @BeforeEach
  void write() throws IOException {
    photos = Files.createDirectory(directory.resolve("photos"));
    byte[] png = Pictures.png(1);
    Files.write(photos.resolve("good.png"), png);
    for (String name : new String[] {"a\u202e.png", "b.png", "c.png"}) {
      Files.write(photos.resolve(name), Arrays.copyOf(png, png.length - 20));
    }
    Files.writeString(photos.resolve("page.jpg"), "<html>");
  }

  private Installed.Outcome embed(String... options) {
    String[] all =
        Arrays.copyOf(
            new String[] {
              "embed",
              "--input=" + photos,
              "--output=" + directory.resolve("vectors"),
              "--model=builtin",
              "--image-size=32",
              "--output-mode=overwrite"
            },
            6 + options.length);
    System.arraycopy(options, 0, all, 6, options.length);
    return Commands.run(all).assertExitCode(0);
  }

  @Test
  void eachCauseHasTwoExamples() {
    String[] said = embed().out().split("Could not be read, for example:\n", -1);
    assertThat(said).hasSize(2);
    assertThat(said[1].lines())
        .satisfiesExactly(
            line ->
                assertThat(line)
                    .startsWith("  TRUNCATED          file:")
                    .contains("/a\\u202e.png: PNG"),
            line ->
                assertThat(line).startsWith("  TRUNCATED          file:").contains("/c.png: PNG"),
            line -> assertThat(line).startsWith("  UNSUPPORTED_FORMAT file:").contains("HTML"),
            line -> assertThat(line).startsWith("Vectors: "));
  }

  /** Addresses may be passwords, and names may be long; the reason is seen all the same. */
  @Test
  @Tag("slow")
  void addressesAreRedacted() {
    String address = "https://ann:secret@host.example/" + "x".repeat(300) + "?token=secret";
    Path table = directory.resolve("table");
    Commands.session()
        .createDataFrame(
            List.of(RowFactory.create(address, new byte[] {1, 2})),
            StructType.fromDDL("id STRING, image BINARY"))
        .write()
        .parquet(table.toString());
    photos = table;
    assertThat(embed().out())
        .contains("  UNSUPPORTED_FORMAT https://", "...", "2 bytes that begin with 01 02")
        .doesNotContain("secret");
  }

  @Test
  void nothingIsSaidOfRowsThatAreNotThere() {
    assertThat(embed("--mode=DROPMALFORMED").out()).doesNotContain("for example");
    assertThat(embed("--quiet").out()).isEmpty();
  }
}
