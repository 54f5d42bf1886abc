package io.mobilenetspark.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.spark.TaskEmbedder;
import io.mobilenetspark.testing.SparkTestSession;
import io.mobilenetspark.testing.TinyNetwork;
import io.mobilenetspark.testing.Witnesses;
import io.mobilenetspark.testing.Witnesses.Witness;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.ml.param.Param;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every parameter reaches the operator: none could be left at its default without being missed. */
class StageWitnessTest {

  /** What a stage does not have: the environment is the application's. */
  private static final Set<String> NOT_A_STAGES =
      Set.of("trustModel", "modelCache", "modelMirror", "modelSha256");

  /** Of columns, of saving, and what is shown below; the tests of the stage have the others. */
  private static final Set<String> ELSEWHERE =
      Set.of(
          "inputCol",
          "outputCol",
          "errorCol",
          "outputMode",
          "saveModel",
          "batchSize",
          "modelSha256");

  @TempDir private static Path directory;
  private static List<Witness> witnesses;

  @BeforeAll
  static void makeWitnesses() throws IOException {
    SparkTestSession.get();
    witnesses =
        Witnesses.all(directory, TinyNetwork::export).stream()
            .filter(witness -> !NOT_A_STAGES.contains(witness.setting()))
            .toList();
  }

  static List<Witness> witnesses() {
    return witnesses;
  }

  private static MobileNetFeaturizer stage(Map<String, String> settings) {
    MobileNetFeaturizer stage =
        new MobileNetFeaturizer().setInputCol("image").setOutputCol("v").setErrorCol("why");
    settings.forEach((name, value) -> stage.set(name, typed(name, value)));
    return stage;
  }

  private static Object typed(String name, String value) {
    return switch (name) {
      case "imageSize", "maxSide", "maxFrames" -> Integer.valueOf(value);
      case "maxImageBytes", "maxPixels" -> Long.valueOf(value);
      case "cropFraction", "maxDecodeSeconds" -> Double.valueOf(value);
      case "tags" -> new String[] {value};
      default -> value;
    };
  }

  private static String outcome(Map<String, String> settings, Witnesses.Picture picture) {
    SparkSession spark = SparkTestSession.get();
    try {
      Row row =
          stage(settings)
              .transform(
                  spark.createDataFrame(
                      List.of(RowFactory.create(1, picture.bytes())),
                      StructType.fromDDL("id INT, image BINARY")))
              .head();
      String error = row.getAs("why");
      return Witnesses.outcome(error == null ? "OK" : error, row.getAs("v"));
    } catch (Exception e) { // Spark's are checked, and not declared
      return Witnesses.outcome(e);
    }
  }

  @ParameterizedTest
  @MethodSource("witnesses")
  void changes(Witness witness) {
    String without = outcome(witness.others(), witness.image());
    String with = outcome(witness.with(), witness.image());

    assertThat(with).isNotEqualTo(without).contains(witness.expected());
  }

  @Test
  void everyParameterHasOne() {
    Set<String> names = new TreeSet<>(ELSEWHERE);
    witnesses.forEach(witness -> names.add(witness.setting()));
    assertThat(Arrays.stream(new MobileNetFeaturizer().params()).map(Param::name))
        .containsExactlyInAnyOrderElementsOf(names);
  }

  @Test
  void batchSizeIsTheNumberOfImagesInARun() {
    SparkSession spark = SparkTestSession.get();
    long before = TaskEmbedder.runsOfThisJvm();
    stage(Map.of("model", directory.resolve("slim").toString(), "imageSize", "32"))
        .setBatchSize(3)
        .transform(spark.range(0, 10, 1, 1).selectExpr("encode(string(id), 'UTF-8') AS image"))
        .collectAsList();
    assertThat(TaskEmbedder.runsOfThisJvm() - before).isEqualTo(4);
  }
}
