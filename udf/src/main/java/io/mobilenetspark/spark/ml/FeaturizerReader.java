package io.mobilenetspark.spark.ml;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mobilenetspark.model.FrozenModelStore;
import io.mobilenetspark.runtime.NativeLibrary;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.classic.SparkSession;

/** Reads what {@link FeaturizerWriter} wrote; nothing outside of that folder. */
final class FeaturizerReader extends MLReader<MobileNetFeaturizer> {

  /**
   * @throws IllegalArgumentException if there is no such stage there
   * @throws io.mobilenetspark.model.ModelLoadException if its model is missing or damaged
   */
  @Override
  public MobileNetFeaturizer load(String path) {
    DefaultParamsReader.Metadata metadata = metadata(path);
    MobileNetFeaturizer stage = new MobileNetFeaturizer(metadata.uid());
    metadata.getAndSetParams(stage, metadata.getAndSetParams$default$2());
    if (stage.whatIsSaved() == SaveModel.WEIGHTS) {
      NativeLibrary.load();
      Configuration hadoop = ((SparkSession) sparkSession()).sessionState().newHadoopConf();
      stage.keep(new FrozenModelStore(hadoop).read(new Path(path, FeaturizerWriter.MODEL)));
    } else {
      JsonNode fingerprint = json(metadata).path(FeaturizerWriter.FINGERPRINT);
      if (fingerprint.isTextual()) {
        stage.expect(fingerprint.textValue());
      }
    }
    return stage;
  }

  private DefaultParamsReader.Metadata metadata(String path) {
    try {
      return DefaultParamsReader.loadMetadata(
          path, sparkSession(), MobileNetFeaturizer.class.getName());
    } catch (Exception e) { // Spark's AnalysisException is checked, and not declared
      throw unreadable(path, e);
    }
  }

  private static IllegalArgumentException unreadable(String path, Exception e) {
    return new IllegalArgumentException(
        ("There is no whole %s at %s: %s. Check the path; if a save was interrupted, save it"
                + " again with write().overwrite().")
            .formatted(MobileNetFeaturizer.class.getSimpleName(), path, e.getMessage()),
        e);
  }

  private static JsonNode json(DefaultParamsReader.Metadata metadata) {
    try {
      return new ObjectMapper().readTree(metadata.metadataJson());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Spark has just parsed it", e);
    }
  }
}
