package io.mobilenetspark.jobs.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.jobs.table.StoredVectors;
import io.mobilenetspark.jobs.table.VectorWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.MetadataBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Faults of tables that no run of ours writes. */
class TableChecksTest {

  private static final String FINGERPRINT = "mobilenet.model.fingerprint";

  @TempDir private Path directory;

  private final SparkSession spark = Commands.session();

  private List<String> findings(String ofFile, String ofColumn) {
    String place = directory.resolve(ofFile + ofColumn).toString();
    write(place, "overwrite", ofFile, ofColumn, "1");
    return faults(place);
  }

  private List<String> faults(String place) {
    return new TableChecks(StoredVectors.open(spark, place, List.of()))
        .ofItself().stream().filter(Finding::isFault).map(Finding::toString).toList();
  }

  private void write(String place, String mode, String ofFile, String ofColumn, String ids) {
    Dataset<Row> rows =
        spark
            .sql("SELECT 1 AS id, array(1f) AS features, 'OK' AS status")
            .withMetadata(
                "features",
                new MetadataBuilder()
                    .putString(FINGERPRINT, ofColumn)
                    .putString("mobilenet.dimension", "1")
                    .build());
    VectorWriter.of(
            rows,
            Map.of(
                "mobilenet-spark.format",
                "1",
                "mobilenet-spark.id-columns",
                ids,
                FINGERPRINT,
                ofFile,
                "mobilenet.dimension",
                "1"))
        .mode(mode)
        .save(place);
  }

  @Test
  void filesMustAgreeOnWhatNamesARow() {
    String place = directory.resolve("mixed").toString();
    write(place, "overwrite", "7", "7", "1");
    assertThat(faults(place)).isEmpty();
    write(place, "append", "7", "7", "2");
    assertThat(faults(place))
        .anyMatch(fault -> fault.contains("how many columns name a row: [1, 2]"));
  }

  @Test
  void fileAndColumnMustSayTheSame() {
    assertThat(findings("7", "7")).isEmpty();
    assertThat(findings("7", "8"))
        .hasSize(1)
        .allMatch(fault -> fault.contains("than their column does") && fault.contains(FINGERPRINT));
  }
}
