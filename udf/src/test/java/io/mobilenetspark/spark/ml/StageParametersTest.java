package io.mobilenetspark.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobilenetspark.image.ImageSettings;
import io.mobilenetspark.model.settings.ModelSettings;
import io.mobilenetspark.options.SettingValues;
import io.mobilenetspark.testing.ForkedJvm;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The stage's parameters: every one by its name, its default, another value and its refusals. */
class StageParametersTest {

  /** A value that a parameter does not have by default, for each. */
  private static final Map<String, Object> OTHER =
      Map.ofEntries(
          Map.entry("inputCol", "picture"),
          Map.entry("outputCol", "vector"),
          Map.entry("errorCol", "why"),
          Map.entry("outputMode", "vector"),
          Map.entry("saveModel", "handle"),
          Map.entry("batchSize", 3),
          Map.entry("precision", "bfloat16"),
          Map.entry("mode", "FAILFAST"),
          Map.entry("model", "builtin"),
          Map.entry("modelSha256", "0f".repeat(32)),
          Map.entry("imageSize", 96),
          Map.entry("executionPath", "fast"),
          Map.entry("tags", new String[] {"train"}),
          Map.entry("signature", "image_feature_vector"),
          Map.entry("outputKey", "logits"),
          Map.entry("resize", "bicubic"),
          Map.entry("exifOrientation", "ignore"),
          Map.entry("alpha", "white"),
          Map.entry("cropFraction", 0.875),
          Map.entry("aspect", "pad"),
          Map.entry("decodeScale", "fast"),
          Map.entry("colorProfile", "srgb"),
          Map.entry("maxImageBytes", 1L << 40),
          Map.entry("maxPixels", 1L << 33),
          Map.entry("maxSide", 100),
          Map.entry("maxFrames", 1),
          Map.entry("maxDecodeSeconds", 0.5));

  static Map<String, Object> otherValues() {
    return new TreeMap<>(OTHER);
  }

  private static String accessor(String prefix, String name) {
    return prefix + Character.toUpperCase(name.charAt(0)) + name.substring(1);
  }

  @Test
  void defaults() {
    MobileNetFeaturizer stage = new MobileNetFeaturizer();
    Map<String, String> defaults = new TreeMap<>();
    for (Param<?> param : stage.params()) {
      defaults.put(
          param.name(),
          stage.hasDefault(param) ? String.valueOf(stage.getDefault(param).get()) : "-");
    }
    assertThat(defaults)
        .isEqualTo(
            new TreeMap<>(
                Map.ofEntries(
                    Map.entry("inputCol", "-"),
                    Map.entry("outputCol", "-"),
                    Map.entry("errorCol", "-"),
                    Map.entry("outputMode", "array"),
                    Map.entry("saveModel", "weights"),
                    Map.entry("batchSize", "0"),
                    Map.entry("precision", "float32"),
                    Map.entry("mode", "PERMISSIVE"),
                    Map.entry(
                        "model",
                        "https://tfhub.dev/google/imagenet/mobilenet_v1_075_224/feature_vector/4"),
                    Map.entry("modelSha256", "-"),
                    Map.entry("imageSize", "-"),
                    Map.entry("executionPath", "auto"),
                    Map.entry("tags", "-"),
                    Map.entry("signature", "-"),
                    Map.entry("outputKey", "features"),
                    Map.entry("resize", "bilinear"),
                    Map.entry("exifOrientation", "apply"),
                    Map.entry("alpha", "drop"),
                    Map.entry("cropFraction", "1.0"),
                    Map.entry("aspect", "stretch"),
                    Map.entry("decodeScale", "exact"),
                    Map.entry("colorProfile", "ignore"),
                    Map.entry("maxImageBytes", "268435456"),
                    Map.entry("maxPixels", "89478485"),
                    Map.entry("maxSide", "65535"),
                    Map.entry("maxFrames", "10000"),
                    Map.entry("maxDecodeSeconds", "2.0"))));
  }

  /** Through the methods that MLlib and PySpark find by their names. */
  @Test
  void everyParameterHasAnAccessorAGetterAndAFluentSetter() throws ReflectiveOperationException {
    MobileNetFeaturizer stage = new MobileNetFeaturizer();
    assertThat(Arrays.stream(stage.params()).map(Param::name))
        .containsExactlyInAnyOrderElementsOf(OTHER.keySet());
    for (Param<?> param : stage.params()) {
      String name = param.name();
      Object value = OTHER.get(name);
      Method getter = MobileNetFeaturizer.class.getMethod(accessor("get", name));
      Method setter =
          MobileNetFeaturizer.class.getMethod(accessor("set", name), getter.getReturnType());
      if (stage.hasDefault(param)) {
        assertThat(getter.invoke(stage)).as(name).isNotEqualTo(value);
      }

      assertThat(setter.invoke(stage, value)).as(name).isSameAs(stage);
      assertThat(getter.invoke(stage)).as(name).isEqualTo(value);
      assertThat(MobileNetFeaturizer.class.getMethod(name).invoke(stage)).isSameAs(param);
      assertThat(param.parent()).isEqualTo(stage.uid());
      assertThat(stage.explainParams()).contains(name + ": " + param.doc());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "outputMode, sparse, 'Known: array, vector'",
    "saveModel, link, 'Known: weights, handle'",
    "precision, float16, 'Known: float32, bfloat16'",
    "mode, IGNORE, 'Known: PERMISSIVE, DROPMALFORMED, FAILFAST'",
    "executionPath, slow, 'Known: auto, fast, general'",
    "resize, nearest, bilinear_antialias",
    "exifOrientation, maybe, 'Known: apply, ignore'",
    "alpha, red, 'Known: drop, white, black'",
    "aspect, fit, 'Known: stretch, pad'",
    "decodeScale, half, 'Known: exact, fast'",
    "colorProfile, p3, 'Known: ignore, srgb'",
    "model, ' ', can't be empty",
    "modelSha256, '', can't be empty",
    "modelSha256, 0123, is not a SHA-256",
    "inputCol, '', can't be empty",
    "outputCol, '', can't be empty",
    "errorCol, '', can't be empty",
    "signature, '', can't be empty",
    "outputKey, '', can't be empty",
  })
  void wrongTextsAreRefusedWhenTheyAreSet(String name, String value, String message) {
    MobileNetFeaturizer stage = new MobileNetFeaturizer();
    assertThatThrownBy(() -> stage.set(name, value))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Parameter " + name)
        .hasMessageContaining(message);
    assertThat(stage.isSet(stage.getParam(name))).isFalse();
  }

  @Test
  void wrongNumbersAreRefusedWhenTheyAreSet() {
    MobileNetFeaturizer stage = new MobileNetFeaturizer();
    for (String name : List.of("maxSide", "maxFrames", "imageSize")) {
      assertThatThrownBy(() -> stage.set(name, 0))
          .hasMessageContaining(
              String.format(Locale.ROOT, "Parameter %s: it must be at least 1, not 0", name));
    }
    for (String name : List.of("maxImageBytes", "maxPixels")) {
      assertThatThrownBy(() -> stage.set(name, -1L))
          .hasMessageContaining(
              String.format(Locale.ROOT, "Parameter %s: it must be at least 1, not -1", name));
    }
    assertThatThrownBy(() -> stage.setImageSize(8193)).hasMessageContaining("at most 8192");
    for (double fraction : new double[] {0, -1, 1.01, Double.NaN}) {
      assertThatThrownBy(() -> stage.setCropFraction(fraction))
          .hasMessageContaining(
              String.format(
                  Locale.ROOT,
                  "Parameter cropFraction: it must be above 0 and at most 1, not %s",
                  fraction));
    }
  }

  @Test
  void valuesOfAnotherTypeAreRefused() {
    MobileNetFeaturizer stage = new MobileNetFeaturizer();
    assertThatThrownBy(() -> stage.set("batchSize", "16"))
        .hasMessageContaining("Parameter batchSize: it must be of type Integer, not String");
    assertThatThrownBy(() -> stage.set("cropFraction", 1))
        .hasMessageContaining("Parameter cropFraction: it must be of type Double, not Integer");
    assertThatThrownBy(() -> stage.setModel((new String[1])[0]))
        .hasMessageContaining("Parameter model: it must be of type String, not null");
  }

  /** A later version may have other defaults; a stage that was saved keeps its own. */
  @Test
  void defaultsOfAStageCountAndNotThoseOfTheSettings() {
    MobileNetFeaturizer stage = new MobileNetFeaturizer();
    stage.setDefault(stage.cropFraction(), 0.5);
    SettingValues values = stage.settingParams().values(stage);
    assertThat(values.get(ImageSettings.CROP_FRACTION)).isEqualTo(0.5);
    assertThat(values.has(ImageSettings.CROP_FRACTION)).isFalse();
    stage.setCropFraction(0.25);
    assertThat(stage.settingParams().values(stage).get(ImageSettings.CROP_FRACTION))
        .isEqualTo(0.25);
  }

  @Test
  void tagsAreTakenAsTheyAreAndNoneAreNotSet() {
    MobileNetFeaturizer stage = new MobileNetFeaturizer().setTags(new String[] {"a,b"});
    assertThat(stage.settingParams().values(stage).get(ModelSettings.TAGS)).containsExactly("a,b");
    stage.setTags(new String[0]);
    assertThat(stage.settingParams().values(stage).has(ModelSettings.TAGS)).isFalse();
  }

  @Test
  void copiesAreStagesOfTheirOwnWithTheSameIdentifier() {
    MobileNetFeaturizer stage = new MobileNetFeaturizer("mine").setInputCol("a").setBatchSize(2);
    MobileNetFeaturizer copy =
        stage.copy(new ParamMap().put(stage.batchSize(), 5).put(stage.outputCol(), "b"));

    assertThat(copy.uid()).isEqualTo("mine");
    assertThat(copy.getInputCol()).isEqualTo("a");
    assertThat(copy.getBatchSize()).isEqualTo(5);
    assertThat(copy.getOutputCol()).isEqualTo("b");
    copy.setInputCol("c");
    assertThat(stage.getInputCol()).isEqualTo("a");
    assertThat(stage.getBatchSize()).isEqualTo(2);
    assertThat(stage.isSet(stage.outputCol())).isFalse();
    assertThat(new MobileNetFeaturizer().uid())
        .startsWith("MobileNetFeaturizer_")
        .isNotEqualTo(new MobileNetFeaturizer().uid());
  }

  /** MLlib's tuning ships stages to threads and closures. */
  @Test
  void isJavaSerializable() throws Exception {
    MobileNetFeaturizer stage =
        new MobileNetFeaturizer().setInputCol("a").setTags(new String[] {"b", "a"});
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(stage);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      MobileNetFeaturizer read = (MobileNetFeaturizer) in.readObject();
      assertThat(read.uid()).isEqualTo(stage.uid());
      assertThat(read.getTags()).containsExactly("b", "a");
      assertThatThrownBy(() -> read.setBatchSize(-1)).hasMessageContaining("batchSize");
    }
  }

  /** In a JVM of its own, which tells every class that it loads. */
  @Tag("slow")
  @Test
  void schemaIsCheckedWithoutTensorFlow() throws Exception {
    ForkedJvm.Outcome outcome = ForkedJvm.run(SchemaMain.class, List.of("-Xlog:class+load:stdout"));
    assertThat(outcome.exitCode()).as(outcome.output()).isZero();
    assertThat(outcome.output())
        .contains("features:array<float>")
        .contains(" " + MobileNetFeaturizer.class.getName() + " source:")
        .doesNotContain(" org.tensorflow.")
        .doesNotContain(" org.bytedeco.");
  }

  /** Makes a stage and checks a schema. */
  static final class SchemaMain {
    private SchemaMain() {}

    public static void main(String[] arguments) {
      StructType schema =
          new MobileNetFeaturizer()
              .setInputCol("image")
              .setOutputCol("features")
              .transformSchema(StructType.fromDDL("image BINARY"));
      System.out.println(schema.simpleString());
    }
  }
}
