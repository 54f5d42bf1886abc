package io.mobilenetspark.spark.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobilenetspark.image.ImageStatus;
import io.mobilenetspark.spark.EmbedCounters;
import io.mobilenetspark.spark.MalformedMode;
import io.mobilenetspark.spark.sql.Surface.Run;
import io.mobilenetspark.testing.Pictures;
import io.mobilenetspark.testing.SparkTestSession;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF0;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.LongAccumulator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A batch is embedded at once, but its rows are counted and fail one by one, as they are read. */
class RowsAskedForTest {

  /** Rows before the bad one. */
  private static final int GOOD = 3;

  @TempDir private Path directory;
  private final SparkSession spark = SparkTestSession.get().newSession();

  /** One partition; all of its rows fit into one batch. */
  private Dataset<Row> table() {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < Surface.BATCH; i++) {
      rows.add(RowFactory.create(i, i == GOOD ? new byte[] {1, 2, 3} : Pictures.png(i)));
    }
    return ofOneFile(rows, "id INT, image BINARY");
  }

  private Dataset<Row> ofOneFile(List<Row> rows, String columns) {
    String table = directory.resolve("table").toString();
    spark
        .createDataFrame(rows, StructType.fromDDL(columns))
        .coalesce(1)
        .write()
        .mode(SaveMode.Overwrite)
        .parquet(table);
    return spark.read().parquet(table);
  }

  private static List<Integer> ids(Dataset<Row> table) {
    return table.collectAsList().stream().map(row -> row.getInt(0)).toList();
  }

  /** A limit that can't be moved below the vectors, because they decide what it counts. */
  private static Dataset<Row> first(Dataset<Row> embedded, int count) {
    return embedded.filter("features IS NOT NULL").limit(count);
  }

  @ParameterizedTest
  @EnumSource
  void aRowFailsWhenItIsRead(Surface surface) {
    Dataset<Row> embedded = surface.embed(table(), Run.of(MalformedMode.FAILFAST));

    assertThat(ids(first(embedded, GOOD))).containsExactly(0, 1, 2);
    assertThatThrownBy(() -> first(embedded, GOOD + 1).collectAsList())
        .hasStackTraceContaining("Image of the row with id=3 can't be read: UNSUPPORTED_FORMAT");
  }

  @ParameterizedTest
  @EnumSource
  void aRowThatCantBeHadFailsWhenItIsRead(Surface surface) {
    Dataset<Row> table =
        table()
            .selectExpr(
                "id",
                String.format(
                    Locale.ROOT, "if(12 DIV (%d - id) > 100, NULL, image) AS image", GOOD));
    Dataset<Row> embedded = surface.embed(table, Run.of(MalformedMode.PERMISSIVE));

    assertThat(ids(first(embedded, GOOD))).containsExactly(0, 1, 2);
    assertThatThrownBy(() -> first(embedded, GOOD + 1).collectAsList())
        .hasStackTraceContaining("DIVIDE_BY_ZERO");
  }

  /** Files are read ahead. */
  @ParameterizedTest
  @EnumSource(names = "SQL", mode = EnumSource.Mode.EXCLUDE)
  void aFileThatCantBeReadFailsWhenItsRowIsRead(Surface surface) throws Exception {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < Surface.BATCH; i++) {
      Path file = directory.resolve(i + ".png");
      if (i != GOOD) {
        Files.write(file, Pictures.png(i));
      }
      rows.add(RowFactory.create(i, file.toString()));
    }
    Dataset<Row> embedded =
        surface.embed(ofOneFile(rows, "id INT, image STRING"), Run.of(MalformedMode.FAILFAST));

    assertThat(ids(first(embedded, GOOD))).containsExactly(0, 1, 2);
    assertThatThrownBy(() -> first(embedded, GOOD + 1).collectAsList())
        .hasStackTraceContaining("Image of the row with id=3")
        .hasStackTraceContaining("3.png");
  }

  /** Rows without an image of their own wait for a batch to fill: four batches of them, no more. */
  @ParameterizedTest
  @EnumSource
  void rowsThatFillNoBatchDoNotWaitForAll(Surface surface) {
    LongAccumulator asked = spark.sparkContext().longAccumulator();
    UserDefinedFunction none =
        functions
            .udf(
                (UDF0<byte[]>)
                    () -> {
                      asked.add(1);
                      return null;
                    },
                DataTypes.BinaryType)
            .asNondeterministic();
    Dataset<Row> table =
        spark.range(0, 20L * Surface.BATCH, 1, 1).selectExpr("CAST(id AS INT) AS id");
    Dataset<Row> embedded =
        surface.embed(table.withColumn("image", none.apply()), Run.of(MalformedMode.PERMISSIVE));

    assertThat(ids(embedded.filter("features IS NULL").limit(1))).containsExactly(0);
    assertThat(asked.value()).isEqualTo(4L * Surface.BATCH);
  }

  @Test
  void countersAndMetricsCountWhatIsRead() {
    for (MalformedMode mode : List.of(MalformedMode.PERMISSIVE, MalformedMode.DROPMALFORMED)) {
      EmbedCounters counters = EmbedCounters.register(spark.sparkContext());
      Dataset<Row> embedded = Surface.JOB.embed(table(), new Run("builtin", mode, counters));
      Dataset<Row> two = first(embedded, 2);

      assertThat(ids(two)).containsExactly(0, 1);
      assertThat(counters.rows())
          .as(mode.name())
          .containsEntry(ImageStatus.OK, 2L)
          .containsEntry(ImageStatus.UNSUPPORTED_FORMAT, 0L);

      assertThat(ids(first(embedded, GOOD + 1))).containsExactly(0, 1, 2, 4);
      assertThat(counters.rows())
          .as(mode.name())
          .containsEntry(ImageStatus.OK, 2L + GOOD + 1)
          .containsEntry(ImageStatus.UNSUPPORTED_FORMAT, 1L);
    }
  }
}
