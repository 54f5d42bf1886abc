package io.mobilenetspark.jobs.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.jobs.Commands;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class NamedColumnsTest {

  private static List<@Nullable Object> labels(@Nullable String... paths) {
    Dataset<Row> rows =
        Commands.session().createDataset(Arrays.asList(paths), Encoders.STRING()).toDF("path");
    List<@Nullable Object> labels = new ArrayList<>();
    rows.select(NamedColumns.label(rows, NamedColumns.DIRECTORY))
        .collectAsList()
        .forEach(row -> labels.add(row.get(0)));
    return labels;
  }

  /** A table may have any texts in its column: embed keeps rows whose image is not to be found. */
  @Test
  void whatIsNoPathHasNoLabel() {
    assertThat(
            labels(
                "file:/photos/cats/1.jpg",
                "12:30.jpg",
                "12:30/x.jpg",
                "http://host:port:1/x",
                ":",
                "",
                null,
                "/",
                "./12:30/x.jpg",
                "alone.jpg",
                "s3a://bucket/1.jpg",
                "dogs/a b?#.jpg"))
        .containsExactly(
            "cats", null, null, null, null, null, null, null, "12:30", null, null, "dogs");
  }

  @Test
  void filesAboveTheFoldersOfClassesHaveNoLabel() {
    assertThat(labels("/photos/logo.png", "12:30.jpg", "/photos/cats/1.jpg"))
        .containsExactly(null, null, "cats");
  }
}
