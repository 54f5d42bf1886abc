package io.mobilenetspark.spark.ml;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Locale;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.sql.SparkSession;

/** The metadata of saved stages, as MLlib writes them. */
final class StageMetadata {

  private StageMetadata() {}

  /**
   * Reads it.
   *
   * @throws IllegalArgumentException if there is no such stage there
   */
  static DefaultParamsReader.Metadata read(String path, SparkSession spark, Class<?> stage) {
    try {
      return DefaultParamsReader.loadMetadata(path, spark, stage.getName());
    } catch (Exception e) { // Spark's AnalysisException is checked, and not declared
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "There is no whole %s at %s: %s. Check the path; if a save was interrupted, save it"
                  + " again with write().overwrite().",
              stage.getSimpleName(),
              path,
              e.getMessage()),
          e);
    }
  }

  /** What the stage has added to it. */
  static JsonNode json(DefaultParamsReader.Metadata metadata) {
    try {
      return new ObjectMapper().readTree(metadata.metadataJson());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Spark has just parsed it", e);
    }
  }
}
