package io.mobilenetspark.jobs.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.image.ImageSettings;
import io.mobilenetspark.options.Setting;
import io.mobilenetspark.spark.FeatureMetadata;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which rows go together with those of a file. */
class VectorKindTest {

  private static final Map<String, String> FACTS = Map.of("mobilenet.dimension", "3");

  private static VectorFiles.Footer footer(
      String columns, String partitionedBy, String changedBy, List<String> contradicting) {
    return footer(FACTS, columns, partitionedBy, changedBy, contradicting);
  }

  private static VectorFiles.Footer footer(
      Map<String, String> facts,
      String columns,
      String partitionedBy,
      String changedBy,
      List<String> contradicting) {
    return new VectorFiles.Footer(
        "part-0.parquet",
        "1",
        1,
        true,
        facts,
        contradicting,
        VectorFiles.names(StructType.fromDDL(columns)),
        1,
        Optional.empty(),
        partitionedBy,
        Optional.of(changedBy));
  }

  private static VectorKind kind(String columns, String partitionBy, String changedBy) {
    return VectorKind.of(
        FACTS, StructType.fromDDL(columns), 1, List.of(partitionBy), Optional.of(changedBy));
  }

  @Test
  void namesInCapitalsAreTheSameNames() {
    VectorFiles.Footer there =
        footer("SKU STRING, Version INT", "Kind STRING", "Version", List.of());
    assertThat(kind("sku STRING, version INT, kind STRING", "kind", "version").mismatch(there))
        .isEmpty();
    assertThat(kind("sku STRING, version BIGINT, kind STRING", "kind", "version").mismatch(there))
        .hasValueSatisfying(why -> assertThat(why).contains("its columns are"));
    assertThat(kind("sku STRING, version INT, kind STRING", "kind", "sku").mismatch(there))
        .hasValueSatisfying(why -> assertThat(why).contains("--changed-by is Version there"));
    assertThat(kind("sku STRING, version INT, kind INT", "kind", "version").mismatch(there))
        .hasValueSatisfying(why -> assertThat(why).contains("--partition-by is Kind STRING there"));
  }

  /** All that moves vectors, and nothing that only names the model. */
  @ParameterizedTest
  @CsvSource({
    "model.fingerprint, true",
    "model.path, true",
    "model.output, true",
    "dimension, true",
    "image.size, true",
    "resize, true",
    "exif.orientation, true",
    "alpha, true",
    "crop.fraction, true",
    "aspect, true",
    "decode.scale, true",
    "color.profile, true",
    "precision, true",
    "model, false",
    "model.format, false"
  })
  void aFactThatDiffersIsNamed(String fact, boolean isRefused) {
    String key = FeatureMetadata.PREFIX + fact;
    VectorFiles.Footer there = footer(and(key, "one"), "id INT", "", "id", List.of());
    VectorKind here =
        VectorKind.of(
            and(key, "another"), StructType.fromDDL("id INT"), 1, List.of(), Optional.of("id"));
    assertThat(here.mismatch(there))
        .isEqualTo(
            isRefused ? Optional.of(key + " is one there and another here") : Optional.empty());
  }

  @Test
  void everySettingThatMovesVectorsIsAFactThatCounts() {
    for (Setting<?> setting : ImageSettings.THAT_MOVE_VECTORS) {
      String key = FeatureMetadata.key(setting);
      assertThat(FeatureMetadata.differing(and(key, "one"), and(key, "another")))
          .as(setting.name())
          .containsExactly(key);
    }
    assertThat(ImageSettings.THAT_MOVE_VECTORS.stream().map(FeatureMetadata::key))
        .as("those of the cases above")
        .containsExactlyInAnyOrder(
            "mobilenet.resize",
            "mobilenet.exif.orientation",
            "mobilenet.alpha",
            "mobilenet.crop.fraction",
            "mobilenet.aspect",
            "mobilenet.decode.scale",
            "mobilenet.color.profile");
  }

  private static Map<String, String> and(String key, String value) {
    Map<String, String> facts = new HashMap<>(FACTS);
    facts.put(key, value);
    return facts;
  }

  @Test
  void vectorsThatSomethingElseHasReplacedAreRefused() {
    VectorFiles.Footer there =
        footer("id INT", "kind STRING", "version", List.of("mobilenet.model.fingerprint"));
    assertThat(kind("id INT, kind STRING", "kind", "version").mismatch(there))
        .hasValueSatisfying(
            why ->
                assertThat(why)
                    .contains(
                        "something else than embed", "part-0", "mobilenet.model.fingerprint"));
  }
}
