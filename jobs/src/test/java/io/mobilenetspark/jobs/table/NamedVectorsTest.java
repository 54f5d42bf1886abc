package io.mobilenetspark.jobs.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.spark.FeatureTable;
import io.mobilenetspark.spark.sql.NamedTable.Definition;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.MetadataBuilder;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a format makes of new rows' columns, such as Iceberg, which has no short numbers. */
class NamedVectorsTest {

  private static final Map<String, String> FACTS = Map.of("mobilenet.dimension", "3");

  private static Optional<String> mismatch(String there, String here) {
    Definition definition =
        new Definition(
            false,
            "iceberg",
            StructType.fromDDL(there),
            List.of("n"),
            Map.of("mobilenet-spark.format", "1", "mobilenet.dimension", "3"));
    VectorKind kind =
        VectorKind.of(FACTS, StructType.fromDDL(here), 1, List.of("n"), Optional.empty());
    return kind.mismatch(NamedVectors.widened(NamedVectors.footer(definition), kind));
  }

  @Test
  void shortNumbersMayBeAppendedToWiderOnes() {
    assertThat(mismatch("n INT, a INT", "n SMALLINT, a TINYINT")).isEmpty();
    assertThat(
            mismatch(
                "n INT, s STRUCT<smallint: INT, x: ARRAY<INT>, m: MAP<INT, INT>>",
                "n TINYINT, s STRUCT<smallint: INT, x: ARRAY<SMALLINT>, m: MAP<TINYINT, SMALLINT>>"))
        .isEmpty();
  }

  /** An overwrite that is not ours may keep the table's properties, and bring other vectors. */
  @Test
  void propertiesAndColumnMayDiffer() {
    assertThat(footer("7").contradicting()).isEmpty();
    assertThat(footer(null).contradicting()).as("a format without metadata").isEmpty();
    VectorFiles.Footer replaced = footer("8");
    assertThat(replaced.contradicting()).containsExactly("mobilenet.model.fingerprint");
    assertThat(replaced.facts()).containsEntry("mobilenet.model.fingerprint", "8");
    assertThat(replaced.isOurs()).isTrue();
  }

  private static VectorFiles.Footer footer(@Nullable String ofColumn) {
    Metadata metadata =
        ofColumn == null
            ? Metadata.empty()
            : new MetadataBuilder().putString("mobilenet.model.fingerprint", ofColumn).build();
    return NamedVectors.footer(
        new Definition(
            false,
            "delta",
            new StructType()
                .add(
                    FeatureTable.FEATURES,
                    DataTypes.createArrayType(DataTypes.FloatType),
                    true,
                    metadata),
            List.of(),
            Map.of("mobilenet-spark.format", "1", "mobilenet.model.fingerprint", "7")));
  }

  @Test
  void othersMayNot() {
    assertThat(mismatch("n SMALLINT", "n INT")).isPresent();
    assertThat(mismatch("n BIGINT", "n SMALLINT")).isPresent();
    assertThat(mismatch("n INT, a BIGINT", "n INT, a SMALLINT")).isPresent();
    assertThat(mismatch("n INT, s STRUCT<int: INT>", "n INT, s STRUCT<smallint: INT>")).isPresent();
  }
}
