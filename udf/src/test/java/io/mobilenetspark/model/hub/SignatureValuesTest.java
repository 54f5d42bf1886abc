package io.mobilenetspark.model.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobilenetspark.common.ImageSize;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;

class SignatureValuesTest {

  private static TensorShapeProto shape(long... dimensions) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (long dimension : dimensions) {
      shape.addDimBuilder().setSize(dimension);
    }
    return shape.build();
  }

  private static TensorInfo info(String name, DataType type, long... dimensions) {
    return TensorInfo.newBuilder()
        .setName(name)
        .setDtype(type)
        .setTensorShape(shape(dimensions))
        .build();
  }

  private static TensorInfo images(String name) {
    return info(name, DataType.DT_FLOAT, -1, 224, 224, 3);
  }

  private static String chosen(Map<String, TensorInfo> inputs) {
    return SignatureValues.images("m", SignatureDef.newBuilder().putAllInputs(inputs).build())
        .getName();
  }

  @Test
  void imagesAreFoundByTheirKeyOrAreAlone() {
    TensorInfo other = info("o", DataType.DT_FLOAT);
    assertThat(chosen(Map.of("images", images("i"), "inputs", images("j"), "x", other)))
        .isEqualTo("i");
    assertThat(chosen(Map.of("inputs", images("j"), "x", other))).isEqualTo("j");
    assertThat(chosen(Map.of("x", images("k")))).isEqualTo("k");
    assertThatThrownBy(() -> chosen(Map.of("x", images("k"), "y", other)))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("its signature takes no images: inputs [")
        .hasMessageContaining("--signature");
    assertThatThrownBy(() -> chosen(Map.of("images", other, "x", images("k"))))
        .isInstanceOf(ModelLoadException.class);
    assertThatThrownBy(() -> chosen(Map.of())).isInstanceOf(ModelLoadException.class);
  }

  @Test
  void imagesAreFourDimensionalReals() {
    assertThat(SignatureValues.isImages(DataType.DT_FLOAT, shape(-1, -1, -1, 3))).isTrue();
    assertThat(SignatureValues.isImages(DataType.DT_FLOAT, shape(8, 9, 10, -1))).isTrue();
    assertThat(SignatureValues.isImages(DataType.DT_FLOAT, shape(8, 9, 10, 1))).isFalse();
    assertThat(SignatureValues.isImages(DataType.DT_FLOAT, shape(9, 10, 3))).isFalse();
    assertThat(SignatureValues.isImages(DataType.DT_UINT8, shape(8, 9, 10, 3))).isFalse();
    TensorShapeProto any = TensorShapeProto.newBuilder().setUnknownRank(true).build();
    assertThat(SignatureValues.isImages(DataType.DT_FLOAT, any)).isTrue();
    assertThat(SignatureValues.isImages(DataType.DT_INT32, any)).isFalse();
  }

  @Test
  void theSizeIsThatOfTheMiddleDimensions() {
    assertThat(SignatureValues.extent(shape(-1, 96, 128, 3))).contains(new ImageSize(96, 128));
    assertThat(SignatureValues.extent(shape(-1, -1, 128, 3))).isEmpty();
    assertThat(SignatureValues.extent(shape(-1, 96, -1, 3))).isEmpty();
    assertThat(SignatureValues.extent(shape(-1, 96, 128))).isEmpty();
    assertThat(SignatureValues.extent(shape(1, 96, 128, 3, 1))).isEmpty();
    assertThat(SignatureValues.extent(shape(-1, 8193, 1, 3))).isEmpty();
  }

  @Test
  void valuesAreInTheOrderOfTheirKeysWithTheirTypesInLowerCase() {
    assertThat(
            SignatureValues.of(
                Map.of(
                    "b", info("b:0", DataType.DT_FLOAT, -1, 3),
                    "a", info("a:0", DataType.DT_INT64),
                    "c", info("c:0", DataType.DT_FLOAT_REF, 1))))
        .containsExactly(
            new ModuleSignature.Value("a", "int64", List.of()),
            new ModuleSignature.Value("b", "float32", List.of(-1L, 3L)),
            new ModuleSignature.Value("c", "float_ref", List.of(1L)));
  }

  @ParameterizedTest
  @CsvSource({
    "'default,feature_vector', default",
    "'feature_vector,logits', feature_vector",
    "logits, logits",
    "'a,b', "
  })
  void theFeatureVectorIsKnownByItsKeyOrIsAlone(String keys, String key) {
    TreeMap<String, String> outputs = new TreeMap<>();
    for (String output : keys.split(",", -1)) {
      outputs.put(output, output + ":0");
    }
    ModuleGraph module =
        new ModuleGraph(
            GraphDef.getDefaultInstance(),
            "images",
            Optional.empty(),
            outputs,
            Map.of(),
            List.of(),
            List.of(),
            List.of());
    assertThat(module.featureKey()).isEqualTo(Optional.ofNullable(key));
  }
}
