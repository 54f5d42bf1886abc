package io.mobilenetspark.spark.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.image.FileBudget;
import io.mobilenetspark.image.ImageStatus;
import io.mobilenetspark.spark.EmbedCounters;
import io.mobilenetspark.spark.LargeFiles;
import io.mobilenetspark.spark.MalformedMode;
import io.mobilenetspark.spark.sql.Surface.Run;
import io.mobilenetspark.testing.ForkedJvm;
import io.mobilenetspark.testing.Pictures;
import io.mobilenetspark.testing.SparkTestSession;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a batch holds of its images before they are decoded. */
class BatchBytesTest {

  @TempDir private Path directory;
  private final SparkSession spark = SparkTestSession.get().newSession();

  private List<Row> embed(Dataset<Row> table, EmbedCounters counters) {
    return Surface.JOB
        .embed(table, new Run("builtin", MalformedMode.PERMISSIVE, counters))
        .collectAsList();
  }

  @Test
  void aBatchEndsWhereItsRowsHoldManyBytes() {
    EmbedCounters counters = EmbedCounters.register(spark.sparkContext());
    Dataset<Row> table =
        spark
            .range(0, 12, 1, 1)
            .selectExpr(
                "id",
                String.format(
                    Locale.ROOT,
                    "CAST(concat(id, repeat('x', %d)) AS BINARY) AS image",
                    FileBudget.batchBytes() / 5));

    assertThat(embed(table, counters))
        .extracting(row -> row.getLong(0))
        .containsExactlyElementsOf(LongStream.range(0, 12).boxed().toList());
    // Two fifths for each image and its key.
    assertThat(counters.batches()).isEqualTo(4);
  }

  /** Or sixteen of them, and eight read ahead, would be held at once. */
  @Test
  void largeFilesAreReadInTheirTurnAndAlone() throws IOException {
    long large = LargeFiles.leastBytes();
    List<Row> rows = new ArrayList<>();
    for (long bytes : new long[] {0, 0, large, 0, large, large, 0}) {
      rows.add(RowFactory.create(rows.size(), file(rows.size(), bytes)));
    }
    rows.add(RowFactory.create(7, rows.get(5).getString(1))); // remembered, though 6 is between
    EmbedCounters counters = EmbedCounters.register(spark.sparkContext());
    Dataset<Row> table =
        spark.createDataFrame(rows, StructType.fromDDL("id INT, image STRING")).coalesce(1);

    List<Row> embedded = embed(table, counters);

    assertThat(embedded).extracting(row -> row.getInt(0)).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
    assertThat(counters.rows())
        .containsEntry(ImageStatus.OK, 4L)
        .containsEntry(ImageStatus.UNSUPPORTED_FORMAT, 4L);
    assertThat(counters.batches()).isEqualTo(6);
    LargeFiles.assertNoneIsHeld();
  }

  /** A file of so many zeros, or a picture. */
  private String file(int number, long bytes) throws IOException {
    Path file = directory.resolve(number + ".png");
    if (bytes == 0) {
      Files.write(file, Pictures.png(number));
    } else {
      LargeFiles.write(file, bytes);
    }
    return file.toUri().toString();
  }

  /** Four tasks, each with eight files of a fifth of the heap, or sixteen rows of a sixtieth. */
  @Tag("slow")
  @Test
  void noBatchRunsAnExecutorOutOfMemory() throws Exception {
    List<String> flags =
        Stream.concat(
                ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                    .filter(flag -> flag.startsWith("--add-opens")),
                Stream.of("-Xmx512m", "-XX:ActiveProcessorCount=4"))
            .toList();

    ForkedJvm.Outcome outcome = ForkedJvm.run(BatchBytesMain.class, flags, directory.toString());

    assertThat(outcome.exitCode()).as(outcome.output()).isZero();
    assertThat(outcome.output())
        .contains(
            "files: {OK=4, UNSUPPORTED_FORMAT=28}",
            "too large for the heap: {OUT_OF_MEMORY=1}",
            "rows: {UNSUPPORTED_FORMAT=64}")
        .doesNotContain("OutOfMemoryError");
  }
}
