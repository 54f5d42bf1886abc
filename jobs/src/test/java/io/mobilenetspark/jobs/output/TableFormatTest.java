package io.mobilenetspark.jobs.output;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What users are told to start Spark with. */
class TableFormatTest {

  @Test
  void packagesAreThoseOfMavenCentral() {
    assertThat(TableFormat.DELTA.withPackage("4.1.0"))
        .isEqualTo(" Add --packages io.delta:delta-spark_4.1_2.13:VERSION.");
    assertThat(TableFormat.ICEBERG.withPackage("4.1.0"))
        .isEqualTo(" Add --packages org.apache.iceberg:iceberg-spark-runtime-4.1_2.13:VERSION.");
  }

  @Test
  void sparksErrorsNameFormats() {
    assertThat(
            TableFormat.namedIn(
                "[DATA_SOURCE_NOT_FOUND] Failed to find the data source: delta. Make sure"))
        .contains(TableFormat.DELTA);
    assertThat(TableFormat.namedIn("Cannot find org.apache.iceberg.spark.SparkCatalog"))
        .contains(TableFormat.ICEBERG);
    assertThat(TableFormat.namedIn("the data source: nowhere")).isEmpty();
  }
}
