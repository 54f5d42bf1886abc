package io.mobilenetspark.jobs.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.jobs.table.VectorFiles;
import io.mobilenetspark.jobs.table.VectorWriter;
import io.mobilenetspark.spark.FeatureMetadata;
import io.mobilenetspark.testing.SampleImages;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is read of a table, and when. */
class AuditTableTest {

  private static final StructType COLUMNS =
      new StructType()
          .add("path", DataTypes.StringType)
          .add("features", DataTypes.createArrayType(DataTypes.FloatType))
          .add("status", DataTypes.StringType)
          .add("photo", DataTypes.BinaryType);

  private final SparkSession spark = Commands.session();

  @TempDir private Path directory;

  private static Row row(String path, @Nullable List<Float> vector, byte @Nullable [] photo) {
    return RowFactory.create(path, vector, vector == null ? "CORRUPT" : "OK", photo);
  }

  /** Of one grey, which is neither too dark nor too bright between 33 and 209. */
  private static byte[] grey(int luma) {
    int rgb = luma << 16 | luma << 8 | luma;
    int[][] image = new int[70][70];
    Arrays.stream(image).forEach(line -> Arrays.fill(line, rgb));
    return SampleImages.png(image);
  }

  /** The passes over vectors and over images number the rows of several files alike. */
  @Test
  void imagesAndFoldersAreThoseOfTheirRows() {
    byte[] broken = "no image".getBytes(StandardCharsets.UTF_8);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      rows.add(row("/p/rose/" + i, List.of(1f, i / 100f), grey(100)));
    }
    rows.add(row("/p/dark", List.of(1f, 0f), grey(5)));
    rows.add(row("/p/daisy/bright", List.of(1f, 0f), grey(250)));
    rows.add(row("/p/daisy/broken", List.of(1f, 0f), broken));
    rows.add(row("/p/daisy/none", List.of(1f, 0f), null));
    rows.add(row("/p/daisy/zero", List.of(0f, 0f), broken));
    rows.add(row("/p/daisy/corrupt", null, broken));
    Map<String, String> facts = Map.of(FeatureMetadata.PREFIX + "dimension", "2");
    Path table = directory.resolve("vectors");
    Path output = directory.resolve("findings");
    VectorWriter.of(spark.createDataFrame(rows, COLUMNS).repartition(4), facts)
        .save(table.toString());
    Commands.run(
            "audit",
            "--vectors=" + table,
            "--labels=directory",
            "--images=photo",
            "--output=" + output)
        .assertExitCode(0);

    Dataset<Row> found = spark.read().parquet(output.toString());
    assertThat(texts(found.where("finding = 'dark'"))).containsExactly("/p/dark null");
    assertThat(texts(found.where("finding = 'bright'"))).containsExactly("/p/daisy/bright daisy");
    assertThat(found.where("finding = 'unreadable'").select("id", "detail").collectAsList())
        .extracting(
            row -> row.getString(0) + ": " + row.getString(1).replaceAll("any more: .*", ""))
        .containsExactlyInAnyOrder(
            "/p/daisy/broken: read when it was embedded, not ",
            "/p/daisy/none: the row has NULL in the column of --images",
            "/p/daisy/zero: the row has a vector of zeros, which has no direction",
            "/p/daisy/corrupt: CORRUPT");
  }

  private static List<String> texts(Dataset<Row> found) {
    return found.select("id", "label").collectAsList().stream()
        .map(row -> row.getString(0) + " " + row.getString(1))
        .toList();
  }

  /** A slice goes to a task whole, so that it must not be large. */
  @Test
  void manyFindingsAreFilesInTheirOrder() {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 450; i++) {
      rows.add(row("row " + i, List.of(1f, i / 1000f), null));
    }
    Path table = directory.resolve("vectors");
    Path output = directory.resolve("findings");
    VectorWriter.of(
            spark.createDataFrame(rows, COLUMNS).coalesce(1),
            Map.of(FeatureMetadata.PREFIX + "dimension", "2"))
        .save(table.toString());
    Commands.run("audit", "--vectors=" + table, "--k=1000", "--output=" + output).assertExitCode(0);
    Dataset<Row> found =
        spark
            .read()
            .parquet(output.toString())
            .select(
                functions.col("_metadata.file_name"),
                functions.col("_metadata.row_index"),
                functions.col("id"))
            .where("finding = 'near_duplicate'")
            .orderBy("file_name", "row_index");
    assertThat(found.select("file_name").distinct().count()).isEqualTo(3);
    assertThat(found.select("id").collectAsList())
        .extracting(row -> row.getString(0))
        .isEqualTo(rows.stream().map(row -> row.getString(0)).toList());
  }

  @Test
  void tooManyRowsAreRefusedByWhatTheFilesSay() {
    AuditTable.requireFew(List.of(footer(AuditTable.MOST_ROWS - 1), footer(1)));
    assertThatThrownBy(
            () -> AuditTable.requireFew(List.of(footer(AuditTable.MOST_ROWS), footer(1))))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("The table has 5,000,001 rows, and audit, which compares each");
  }

  private static VectorFiles.Footer footer(long rows) {
    return new VectorFiles.Footer(
        "part",
        "1",
        rows,
        true,
        Map.of(),
        List.of(),
        List.of(),
        Optional.empty(),
        "",
        Optional.empty());
  }
}
