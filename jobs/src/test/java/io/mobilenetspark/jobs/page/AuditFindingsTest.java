package io.mobilenetspark.jobs.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.jobs.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditFindingsTest {

  private static final StructType COLUMNS =
      StructType.fromDDL(
          "finding STRING, id STRING, score DOUBLE, group_id INT, other STRING, label STRING,"
              + " suggested_label STRING, split STRING, detail STRING, neighbours ARRAY<STRING>");

  private final SparkSession spark = Commands.session();

  @TempDir private Path directory;

  private static Row finding(String kind, String id, @Nullable Integer group) {
    return RowFactory.create(kind, id, null, group, null, null, null, null, "why", null);
  }

  /** Three files, so that a group is in several of them. */
  private AuditFindings written(List<Row> rows, String counts) throws IOException {
    spark
        .createDataFrame(new JavaSparkContext(spark.sparkContext()).parallelize(rows, 3), COLUMNS)
        .write()
        .mode(SaveMode.Append)
        .parquet(directory.toString());
    Files.writeString(
        directory.resolve("_audit.json"), "{\"format\": 1, \"findings\": {" + counts + "}}");
    return AuditFindings.open(spark, directory.toString());
  }

  @Test
  void aLargeGroupDoesNotHideTheOthers() throws IOException {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      rows.add(finding("near_duplicate", "large " + i, 0));
    }
    for (int group = 1; group <= 20; group++) {
      for (int i = 0; i < 3; i++) {
        rows.add(finding("near_duplicate", "small " + group + " " + i, group));
      }
    }
    for (int i = 0; i < 90; i++) {
      rows.add(finding("outlier", "far " + i, null));
    }

    List<GalleryEntry> shown = written(rows, "\"near_duplicate\": 360, \"outlier\": 90").first(70);

    List<String> duplicates =
        shown.stream().filter(one -> one.kind() == 0).map(one -> String.valueOf(one.id())).toList();
    assertThat(duplicates).hasSize(70).doesNotHaveDuplicates();
    assertThat(duplicates.subList(0, 4))
        .containsExactly("large 0", "large 1", "small 1 0", "small 1 1");
    assertThat(duplicates)
        .filteredOn(id -> id.startsWith("small"))
        .as("all of the small groups, after two of each group")
        .hasSize(60);
    assertThat(shown.stream().filter(one -> one.kind() == 1))
        .extracting(GalleryEntry::id)
        .containsExactlyElementsOf(
            rows.stream()
                .map(row -> row.getString(1))
                .filter(id -> id.startsWith("far"))
                .limit(70)
                .toList());
  }
}
