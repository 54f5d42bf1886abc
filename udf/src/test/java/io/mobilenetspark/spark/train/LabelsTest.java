package io.mobilenetspark.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.testing.SparkTestSession;
import java.util.List;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

class LabelsTest {

  private static Dataset<Row> table(String... labels) {
    return SparkTestSession.get().createDataset(List.of(labels), Encoders.STRING()).toDF("label");
  }

  /** Six rows: each class's weights add up to two. */
  @Test
  void balancedClassesCountAlike() {
    Labels labels = Labels.of(table("b", "a", "c", "a", "a", "b"), "label");
    assertThat(labels.names()).containsExactly("a", "b", "c");
    assertThat(labels.weights("balanced")).containsExactly(2 / 3.0, 1, 2);
    assertThat(labels.weights("none")).containsExactly(1, 1, 1);
  }

  @Test
  void namedClassesCountAsSaid() {
    Labels labels = Labels.of(table("a=b", "a", "c"), "label");
    assertThat(labels.weights("c=0, a=b=2.5")).containsExactly(1, 2.5, 0);
  }

  /** A class that metadata names and no row has stays a class. */
  @Test
  void indexedLabelsKeepTheirNames() {
    Dataset<Row> indexed =
        new StringIndexer()
            .setInputCol("label")
            .setOutputCol("index")
            .setStringOrderType("alphabetDesc")
            .fit(table("a", "b", "c"))
            .transform(table("c", "a", "a"));
    Labels labels = Labels.of(indexed, "index");
    assertThat(labels.names()).containsExactly("c", "b", "a");
    assertThat(labels.weights("balanced")).containsExactly(1.5, 1, 0.75);
  }
}
