package io.mobilenetspark.spark.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.spark.MalformedMode;
import io.mobilenetspark.testing.SparkTestSession;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.classic.SparkSession;
import org.apache.spark.sql.execution.ExplainMode;
import org.junit.jupiter.api.Test;

/** EXPLAIN shows one and the same operator, whoever planned it. */
class ExplainTest {

  private final SparkSession spark = (SparkSession) SparkTestSession.get().newSession();

  private static List<String> operators(Dataset<Row> embedded) {
    List<String> operators = new ArrayList<>();
    ((org.apache.spark.sql.classic.Dataset<Row>) embedded)
        .queryExecution()
        .explainString(ExplainMode.fromString("extended"))
        .lines()
        .filter(line -> line.contains("MobileNetEval"))
        .forEach(line -> operators.add(line.substring(line.indexOf("MobileNetEval"))));
    return operators.stream().map(line -> line.replaceAll("#\\d+L?", "#")).toList();
  }

  @Test
  void jobStageAndSqlShowTheSameOperator() {
    List<List<String>> shown = new ArrayList<>();
    for (Surface surface : Surface.values()) {
      Dataset<Row> table = spark.range(3).selectExpr("id", "CAST('x' || id AS BINARY) AS image");
      shown.add(operators(surface.embed(table, Surface.Run.of(MalformedMode.PERMISSIVE))));
    }

    assertThat(shown.get(0)).hasSize(2).allMatch(line -> line.contains("builtin"));
    assertThat(shown).containsOnly(shown.get(0));
  }
}
