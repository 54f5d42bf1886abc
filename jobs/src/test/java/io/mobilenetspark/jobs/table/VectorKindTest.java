package io.mobilenetspark.jobs.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

/** Which rows go together with those of a file. */
class VectorKindTest {

  private static final Map<String, String> FACTS = Map.of("mobilenet.dimension", "3");

  private static VectorFiles.Footer footer(
      String columns, String partitionedBy, String changedBy, List<String> contradicting) {
    return new VectorFiles.Footer(
        "part-0.parquet",
        "1",
        1,
        true,
        FACTS,
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
