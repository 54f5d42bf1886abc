package io.mobilenetspark.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobilenetspark.model.hub.ModelLoadException;
import io.mobilenetspark.model.settings.ExecutionPath;
import io.mobilenetspark.testing.Floats;
import io.mobilenetspark.testing.Modules;
import io.mobilenetspark.testing.OneIn;
import io.mobilenetspark.testing.SharedData;
import java.io.IOException;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every format, on both paths, against the features of TensorFlow's Python. */
class HubModulesTest {

  private static final double REFERENCE_TOLERANCE = 2e-4;
  private static final double PATH_TOLERANCE = 1e-4;
  private static final double MODULE_TOLERANCE = 1e-6;

  private static float[] pixels = {};
  private static float[] expected = {};
  private static float[] fastOfVersion4 = {};

  @BeforeAll
  static void readImages() throws IOException {
    pixels = Modules.goldenPixels(224);
    expected = SharedData.goldenFeatures("bilinear");
    fastOfVersion4 = vectors("feature_vector_4", ExecutionPath.FAST);
  }

  private static float[] vectors(String module, ExecutionPath path) {
    FrozenModel model = Modules.load(ModelRequest.of(Modules.handle(module)).withPath(path));
    assertThat(model.path()).isEqualTo(path);
    assertThat(model.dimension()).isEqualTo(768);
    return Modules.vectors(model, pixels);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "feature_vector_1",
        "feature_vector_3",
        "feature_vector_4",
        "feature_vector_5",
        "slim"
      })
  void fastPathEqualsPython(String module) {
    float[] fast = vectors(module, ExecutionPath.FAST);
    assertThat(Floats.maxDifference(fast, expected)).isLessThanOrEqualTo(REFERENCE_TOLERANCE);
    assertThat(Floats.maxDifference(fast, fastOfVersion4)).isLessThanOrEqualTo(MODULE_TOLERANCE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"feature_vector_1", "feature_vector_3", "feature_vector_4", "feature_vector_5"})
  void generalPathEqualsPythonAndFastPath(String module) {
    float[] general = vectors(module, ExecutionPath.GENERAL);
    double toReference = Floats.maxDifference(general, expected);
    double toFast = Floats.maxDifference(general, fastOfVersion4);
    System.out.printf(
        Locale.ROOT, "%s: general to reference %.2e, to fast %.2e%n", module, toReference, toFast);
    assertThat(toReference).isLessThanOrEqualTo(REFERENCE_TOLERANCE);
    assertThat(toFast).isLessThanOrEqualTo(PATH_TOLERANCE);
  }

  /** Sessions are told apart by the graph's bytes: a second load must find that of the first. */
  @ParameterizedTest
  @CsvSource({
    "feature_vector_1, GENERAL",
    "feature_vector_3, GENERAL",
    "feature_vector_4, GENERAL",
    "feature_vector_4, FAST",
    "feature_vector_5, GENERAL",
  })
  void eachLoadGivesTheSameBytes(String module, ExecutionPath path) {
    ModelRequest request = ModelRequest.of(Modules.handle(module)).withPath(path);
    assertThat(Modules.load(request).graphSha256()).isEqualTo(Modules.load(request).graphSha256());
  }

  /** The signatures and tag sets that a user can choose give the same features. */
  @OneIn(3)
  @ParameterizedTest
  @CsvSource({
    "feature_vector_1, default, default",
    "feature_vector_1, image_feature_vector, default",
    "feature_vector_1, image_feature_vector, MobilenetV1/global_pool",
    "feature_vector_3, image_feature_vector_with_bn_hparams, default",
    "feature_vector_5, serving_default, feature_vector",
    "feature_vector_5, __call__, MobilenetV1/global_pool",
  })
  void signatureAndOutputAreChosen(String module, String signature, String output) {
    FrozenModel model =
        Modules.load(
            ModelRequest.of(Modules.handle(module))
                .withSignature(signature)
                .withOutput(output)
                .withImageSize(224, 224));
    assertThat(model.path()).isEqualTo(ExecutionPath.GENERAL);
    assertThat(Floats.maxDifference(Modules.vectors(model, pixels), expected))
        .isLessThanOrEqualTo(REFERENCE_TOLERANCE);
  }

  @OneIn(3)
  @ParameterizedTest
  @CsvSource({
    "feature_vector_1, MobilenetV1/Conv2d_13_pointwise, 768",
    "feature_vector_3, MobilenetV1/Conv2d_0, 24",
    "feature_vector_4, MobilenetV1/Conv2d_5_depthwise, 192",
    "feature_vector_5, MobilenetV1/Conv2d_11_pointwise, 384",
  })
  void endpointsArePooledAlikeOnBothPaths(String module, String endpoint, int dimension) {
    ModelRequest request =
        ModelRequest.of(Modules.handle(module)).withOutput(endpoint).withImageSize(224, 224);
    FrozenModel fast = Modules.load(request.withPath(ExecutionPath.FAST));
    FrozenModel general = Modules.load(request.withPath(ExecutionPath.GENERAL));
    assertThat(fast.dimension()).isEqualTo(dimension);
    assertThat(general.dimension()).isEqualTo(dimension);
    assertThat(
            Floats.maxDifference(Modules.vectors(fast, pixels), Modules.vectors(general, pixels)))
        .isLessThanOrEqualTo(PATH_TOLERANCE);
  }

  @Test
  void automaticPathIsFastForMobileNets() {
    for (String module : Modules.HUB) {
      assertThat(Modules.load(ModelRequest.of(Modules.handle(module))).path())
          .isEqualTo(ExecutionPath.FAST);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"feature_vector_3", "feature_vector_4", "feature_vector_5"})
  void otherSizesAreTaken(String module) throws IOException {
    float[] small = Modules.goldenPixels(160);
    ModelRequest request = ModelRequest.of(Modules.handle(module)).withImageSize(160, 160);
    float[] fast = Modules.vectors(Modules.load(request.withPath(ExecutionPath.FAST)), small);
    float[] general = Modules.vectors(Modules.load(request.withPath(ExecutionPath.GENERAL)), small);
    assertThat(Floats.maxDifference(fast, general)).isLessThanOrEqualTo(PATH_TOLERANCE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"FAST", "GENERAL", "AUTO"})
  void versionOneTakesNoOtherSize(ExecutionPath path) {
    assertThatThrownBy(
            () ->
                Modules.load(
                    ModelRequest.of(Modules.handle("feature_vector_1"))
                        .withPath(path)
                        .withImageSize(160, 160)))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("224x224 only, not of 160x160")
        .hasMessageContaining("--image-size");
  }

  @Test
  void unknownNamesAreToldWithTheKnownOnes() {
    ModelRequest one = ModelRequest.of(Modules.handle("feature_vector_1"));
    assertThatThrownBy(() -> Modules.load(one.withSignature("nonsense")))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("no signature 'nonsense'")
        .hasMessageContaining("[default, image_feature_vector]");
    assertThatThrownBy(() -> Modules.load(one.withTags(Set.of("serve"))))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("0 graphs with the tags [serve]")
        .hasMessageContaining("[[], [train]]");
    assertThatThrownBy(() -> Modules.load(one.withOutput("nonsense")))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("no output 'nonsense'");
    assertThatThrownBy(() -> Modules.load(one.withOutput(ModelRequest.LOGITS)))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("no classifier");
    assertThatThrownBy(
            () ->
                Modules.load(
                    ModelRequest.of(Modules.handle("feature_vector_4"))
                        .withSignature("serving_default")))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("no signature 'serving_default'")
        .hasMessageContaining("__call__");
  }

  @Test
  void checkpointGivesLogits() {
    FrozenModel model =
        Modules.load(ModelRequest.of(Modules.handle("slim")).withOutput(ModelRequest.LOGITS));
    assertThat(model.dimension()).isEqualTo(1001);
    assertThat(model.fingerprint())
        .isNotEqualTo(Modules.load(ModelRequest.of(Modules.handle("slim"))).fingerprint());
    float[] logits = Modules.vectors(model, pixels);
    assertThat(logits).hasSize(53 * 1001);
    assertThat(logits[0]).as("background class, all zeros in the stand-in").isZero();
  }

  @Test
  void sameWeightsHaveOneFingerprint() {
    String slim = Modules.load(ModelRequest.of(Modules.handle("slim"))).fingerprint();
    for (String module : Modules.HUB) {
      assertThat(Modules.load(ModelRequest.of(Modules.handle(module))).fingerprint())
          .isEqualTo(slim);
    }
  }
}
