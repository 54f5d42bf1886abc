package io.mobilenetspark.spark.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobilenetspark.testing.SparkTestSession;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Variables of a session and of a script that hold what the functions give. */
class VariablesTest {

  private static SparkSession session() {
    SparkSession spark = SparkTestSession.get().newSession();
    spark.conf().set("spark.mobilenet.model", "builtin");
    spark.conf().set("spark.mobilenet.imageSize", "32");
    return spark;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DECLARE OR REPLACE VARIABLE v ARRAY<FLOAT> DEFAULT mobilenet_features(X'00')",
        "BEGIN DECLARE v ARRAY<FLOAT> DEFAULT mobilenet_features(X'00'); SELECT v; END"
      })
  void aDefaultThatRunsAModelSaysWhatToDo(String statement) {
    assertThatThrownBy(() -> session().sql(statement).collectAsList())
        .hasStackTraceContaining("SET VARIABLE");
  }

  @Test
  void setVariable() {
    SparkSession spark = session();
    spark.sql("DECLARE OR REPLACE VARIABLE v STRING");
    spark.sql("SET VARIABLE v = mobilenet_embed(X'00').status");

    assertThat(spark.sql("SELECT v").head().getString(0)).isEqualTo("UNSUPPORTED_FORMAT");
  }
}
