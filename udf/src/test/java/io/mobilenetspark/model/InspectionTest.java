package io.mobilenetspark.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.model.settings.ExecutionPath;
import io.mobilenetspark.runtime.NativeLibrary;
import io.mobilenetspark.testing.Modules;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a report says of each stand-in. */
class InspectionTest {

  private static ModelReport inspect(String handle) {
    NativeLibrary.load();
    return new ModelLoader(new Configuration()).inspect(ModelRequest.of(handle));
  }

  @ParameterizedTest
  @CsvSource({
    "feature_vector_1, hub1, true, 4",
    "feature_vector_3, hub1, false, 6",
    "feature_vector_4, tf2, false, 4",
    "feature_vector_5, tf2, false, 5",
  })
  void modulesTellEverything(String module, String format, boolean isFixed, int signatures) {
    ModelReport report = inspect(Modules.handle(module));
    assertThat(report.format()).isEqualTo(format);
    assertThat(report.architecture()).isEqualTo("MobileNet V1 0.75");
    assertThat(report.path()).isEqualTo(ExecutionPath.FAST);
    assertThat(report.expectedSize()).contains(ImageSize.square(224));
    assertThat(report.isSizeFixed()).isEqualTo(isFixed);
    assertThat(report.dimension()).isEqualTo(768);
    assertThat(report.variables()).isEqualTo(135);
    assertThat(report.trainable()).contains(81);
    assertThat(report.parameters()).isEqualTo(1_832_976);
    assertThat(report.batchNormMomentum()).contains(0.99);
    assertThat(report.regularizers()).isEqualTo(14);
    assertThat(report.regularizerScale()).contains(4e-5);
    assertThat(report.signatures()).hasSize(signatures);
    assertThat(report.endpoints()).contains("MobilenetV1/Conv2d_13_pointwise");
    assertThat(report.tagSets())
        .isEqualTo(
            format.equals("hub1") ? List.of(Set.of(), Set.of("train")) : List.of(Set.of("serve")));
    assertThat(report.fingerprint()).isEqualTo(inspect(Modules.handle("slim")).fingerprint());
  }

  @Test
  void checkpointTellsWhatItCan() {
    ModelReport report = inspect(Modules.handle("slim"));
    assertThat(report.format()).isEqualTo("slim");
    assertThat(report.classes()).isEqualTo(1001);
    assertThat(report.variables()).isEqualTo(137);
    assertThat(report.parameters()).isEqualTo(2_602_745);
    assertThat(report.trainable()).isEmpty();
    assertThat(report.batchNormMomentum()).isEmpty();
    assertThat(report.signatures()).isEmpty();
    assertThat(report.expectedSize()).contains(ImageSize.square(224));
  }

  @Test
  void builtinSaysThatItIsUntrained() {
    assertThat(inspect("builtin").architecture()).contains("UNTRAINED");
    assertThat(inspect("builtin").toText()).contains("UNTRAINED").contains("1,832,976 parameters");
  }

  @Test
  void textAndJsonSayTheSame() throws IOException {
    ModelReport report = inspect(Modules.handle("feature_vector_3"));
    assertThat(report.toText())
        .contains("MobileNet V1 0.75")
        .contains("224x224, others too")
        .contains("135 (81 trainable), 1,832,976 parameters")
        .contains("14 of L2, scale 4.0E-5")
        .contains("image_feature_vector_with_bn_hparams [train]")
        .contains("batch_norm_momentum float32 []");
    JsonNode json = report.toJson();
    assertThat(json.get("architecture").asText()).isEqualTo("MobileNet V1 0.75");
    assertThat(json.get("image_height").asInt()).isEqualTo(224);
    assertThat(json.get("trainable_variables").asInt()).isEqualTo(81);
    assertThat(json.get("batch_norm_momentum").asDouble()).isEqualTo(0.99);
    assertThat(json.get("tag_sets").toString()).isEqualTo("[[],[\"train\"]]");
    assertThat(json.get("signatures").size()).isEqualTo(6);
    assertThat(json.get("signatures").get(1).get("inputs").get(0).get("shape").toString())
        .isEqualTo("[-1,-1,-1,3]");
  }

  @ParameterizedTest
  @CsvSource({
    "https://tfhub.dev/google/imagenet/mobilenet_v1_075_224/feature_vector/4, 224",
    "https://tfhub.dev/google/imagenet/mobilenet_v1_025_128/classification/3, 128",
    "https://tfhub.dev/google/imagenet/inception_v3/feature_vector/3, 299",
    "/models/mobilenet_v1_0.50_160.ckpt, 160",
  })
  void sizeIsKnownFromTheName(String handle, int side) {
    assertThat(ImageSizes.ofHandle(handle)).isEqualTo(Optional.of(ImageSize.square(side)));
  }

  @Test
  void sizeIsNotGuessed() {
    assertThat(ImageSizes.ofHandle("/models/my_model/7")).isEmpty();
  }
}
