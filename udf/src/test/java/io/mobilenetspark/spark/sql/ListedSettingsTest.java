package io.mobilenetspark.spark.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.testing.SparkTestSession;
import org.apache.spark.internal.config.ConfigEntry;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

/** Who asks Spark for its settings sees ours, with what they mean. */
class ListedSettingsTest {

  @Test
  void areListedBySpark() {
    assertThat(SparkTestSession.get().sql("SET -v").collectAsList())
        .extracting((Row row) -> row.getString(0))
        .containsAll(ConfEntries.ALL.stream().map(ConfigEntry::key).toList());
  }
}
