package io.mobilenetspark.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.model.ModelRequest;
import io.mobilenetspark.model.export.ExportFormat;
import io.mobilenetspark.model.export.ExportHead;
import io.mobilenetspark.testing.Cases;
import io.mobilenetspark.testing.Floats;
import io.mobilenetspark.testing.Modules;
import io.mobilenetspark.testing.Python;
import io.mobilenetspark.testing.SharedData;
import io.mobilenetspark.testing.SparkTestSession;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** The default recipe on photographs and trained weights, and what comes out of it. */
@EnabledIfSystemProperty(
    named = "cases",
    matches = "all",
    disabledReason = "of the exhaustive tier: CI trains on the flowers in a pipeline")
@Tag("slow")
@Tag("python")
class FlowersFineTunerTest {

  /** What a linear head on the module's own features reaches; bench/README.md has our figures. */
  private static final double LINEAR_PROBE = 0.85;

  private static final List<String> FLOWERS =
      List.of("daisy", "dandelion", "roses", "sunflowers", "tulips");

  @TempDir private Path directory;

  private static Dataset<Row> photographs(String part) {
    return SparkTestSession.get()
        .read()
        .format("binaryFile")
        .option("recursiveFileLookup", "true")
        .option("pathGlobFilter", "*.jpg")
        .load(SharedData.directory().resolve("flower_photos").resolve(part).toString())
        .withColumn("flower", functions.element_at(functions.split(functions.col("path"), "/"), -2))
        .select("path", "flower", "content")
        .coalesce(2);
  }

  @Test
  void fineTuningBeatsTheLinearHeadAndItsModuleIsThatOfPython() throws IOException {
    MobileNetClassificationModel model =
        new MobileNetFineTuner()
            .setModel(Modules.handle("slim"))
            .setInputCol("content")
            .setLabelCol("flower")
            .setValidationFraction(0)
            .setEpochs(Cases.count(3, 3, new MobileNetFineTuner().getEpochs()))
            .fit(photographs("train"));
    assertThat(model.labels()).isEqualTo(FLOWERS);
    Dataset<Row> predictions =
        model
            .transform(photographs("test"))
            .withColumn(
                "label",
                functions
                    .array_position(
                        functions.lit(FLOWERS.toArray(String[]::new)), functions.col("flower"))
                    .minus(1)
                    .cast("double"))
            .select("path", "label", "prediction", "features")
            .cache();
    double accuracy =
        new MulticlassClassificationEvaluator().setMetricName("accuracy").evaluate(predictions);
    System.out.printf(
        Locale.ROOT,
        "SHOW accuracy on 200 test photographs, default recipe, %d epochs: %.3f%n",
        model.summary().orElseThrow().epochs(),
        accuracy);
    assertThat(predictions.count()).isEqualTo(200);
    assertThat(accuracy).isGreaterThan(LINEAR_PROBE);

    String module = directory.resolve("module").toString();
    model.export(ExportFormat.TF2, ExportHead.FEATURES, module);
    assertFeaturesAreOnesOfTheModel(predictions, module);
    assertThatPythonAgrees(module);
    predictions.unpersist();
  }

  /** The stage with the exported module gives the model's features; the original's are others. */
  private static void assertFeaturesAreOnesOfTheModel(Dataset<Row> predictions, String module) {
    Dataset<Row> few = photographs("test").orderBy("path").limit(4);
    List<Row> own = predictions.orderBy("path").limit(4).select("features").collectAsList();
    MobileNetFeaturizer stage =
        new MobileNetFeaturizer()
            .setInputCol("content")
            .setOutputCol("features")
            .setOutputMode("vector");
    List<Row> exported =
        stage.setModel(module).transform(few).orderBy("path").select("features").collectAsList();
    List<Row> original =
        stage
            .setModel(Modules.handle("slim"))
            .transform(few)
            .orderBy("path")
            .select("features")
            .collectAsList();
    assertThat(exported).isEqualTo(own);
    for (int i = 0; i < own.size(); i++) {
      double[] before = ((Vector) original.get(i).get(0)).toArray();
      double[] after = ((Vector) own.get(i).get(0)).toArray();
      double moved = 0;
      for (int j = 0; j < before.length; j++) {
        moved = Math.max(moved, Math.abs(after[j] - before[j]));
      }
      assertThat(moved).isGreaterThan(0.1);
    }
  }

  private void assertThatPythonAgrees(String module) throws IOException {
    Python.require();
    float[] pixels = new float[2 * 224 * 224 * 3];
    Random random = new Random(5);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = random.nextFloat();
    }
    Path batch = Python.writeFloats(directory.resolve("batch.f32"), pixels);
    Path out = directory.resolve("out.f32");
    Python.interop("tf2", module, batch.toString(), out.toString());
    float[] ours = Modules.vectors(Modules.load(ModelRequest.of(module)), pixels);
    float[] theirs = Arrays.copyOf(Python.readFloats(out), ours.length);
    double difference = Floats.maxDifference(theirs, ours);
    System.out.printf(
        Locale.ROOT, "SHOW fine-tuned features in Python to ours: %.2e%n", difference);
    assertThat(difference).isLessThanOrEqualTo(1e-4);
  }
}
