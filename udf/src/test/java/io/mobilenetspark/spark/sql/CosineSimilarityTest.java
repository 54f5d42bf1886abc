package io.mobilenetspark.spark.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.mobilenetspark.testing.Floats;
import io.mobilenetspark.testing.SparkTestSession;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code mobilenet_cosine_similarity}, in generated code and interpreted. */
@ParameterizedClass(name = "codegen {0}")
@ValueSource(booleans = {true, false})
class CosineSimilarityTest {

  @Parameter private boolean codegen;

  private SparkSession spark;

  @BeforeEach
  void makeSession() {
    spark = SparkTestSession.get().newSession();
    spark.conf().set("spark.sql.codegen.wholeStage", codegen);
    spark.conf().set("spark.sql.codegen.factoryMode", codegen ? "CODEGEN_ONLY" : "NO_CODEGEN");
    // Spark would compute literals in its optimizer.
    spark.conf().set("spark.sql.optimizer.excludedRules", NO_FOLDING);
  }

  private static final String NO_FOLDING =
      "org.apache.spark.sql.catalyst.optimizer.ConvertToLocalRelation,"
          + "org.apache.spark.sql.catalyst.optimizer.ConstantFolding,"
          + "org.apache.spark.sql.catalyst.optimizer.NullPropagation";

  @ParameterizedTest
  @CsvSource({
    "'array(1F, 0F)', 'array(1F, 1F)', 0.70710677",
    "'array(3F, 4F)', 'array(3F, 4F)', 1.0",
    "'array(3F, 4F)', 'array(-6F, -8F)', -1.0",
    "'array(1F, 0F)', 'array(0F, 5F)', 0.0",
    "'array(1e-30F, 0F)', 'array(1e30F, 0F)', 1.0",
    "'array(1F)', 'array(CAST(''NaN'' AS FLOAT))', NaN",
    "'array(0F, 0F)', 'array(1F, 1F)', ",
    "'CAST(array() AS ARRAY<FLOAT>)', 'CAST(array() AS ARRAY<FLOAT>)', ",
    "'array(1F, NULL)', 'array(1F, 1F)', ",
    "NULL, 'array(1F, 1F)', ",
    "'array(1F, 1F)', NULL, ",
    "NULL, NULL, "
  })
  void knownAnswers(String a, String b, Float expected) {
    Row row =
        spark
            .sql(
                String.format(
                    Locale.ROOT, "SELECT mobilenet_cosine_similarity(%s, %s) FROM range(1)", a, b))
            .head();
    assertThat(row.schema().apply(0).dataType().sql()).isEqualTo("FLOAT");
    assertThat((Float) row.get(0)).isEqualTo(expected);
  }

  @Test
  void longVectorsAgainstAnotherImplementation() {
    Random random = new Random(7);
    List<Row> rows =
        IntStream.range(0, 50)
            .mapToObj(i -> RowFactory.create(vector(random), vector(random)))
            .toList();
    List<Row> results =
        spark
            .createDataFrame(rows, StructType.fromDDL("a ARRAY<FLOAT>, b ARRAY<FLOAT>"))
            .selectExpr("a", "b", "mobilenet_cosine_similarity(a, b)")
            .collectAsList();
    assertThat(results).hasSize(50);
    for (Row row : results) {
      assertThat(row.getFloat(2))
          .isCloseTo(
              (float) Floats.cosine(array(row.getList(0)), array(row.getList(1))), within(1e-6f));
    }
  }

  @Test
  void vectorsOfDifferentLengthsAreAnErrorNotNull() {
    assertThatThrownBy(
            () ->
                spark
                    .sql(
                        "SELECT mobilenet_cosine_similarity(array(1F), array(1F, 2F)) FROM range(1)")
                    .collect())
        .hasStackTraceContaining(
            "mobilenet_cosine_similarity: the vectors have 1 and 2 elements. Only vectors of one"
                + " model can be compared");
  }

  private static List<Float> vector(Random random) {
    return IntStream.range(0, 768).mapToObj(i -> (float) random.nextGaussian()).toList();
  }

  private static float[] array(List<Float> values) {
    float[] array = new float[values.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = values.get(i);
    }
    return array;
  }
}
