package io.mobilenetspark.spark.ml;

import com.fasterxml.jackson.databind.JsonNode;
import io.mobilenetspark.model.FrozenModelStore;
import io.mobilenetspark.runtime.NativeLibrary;
import io.mobilenetspark.spark.ClassicSpark;
import io.mobilenetspark.spark.StageMetadata;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.MLReader;

/** Reads what {@link FeaturizerWriter} wrote; nothing outside of that folder. */
final class FeaturizerReader extends MLReader<MobileNetFeaturizer> {

  /**
   * @throws IllegalArgumentException if there is no such stage there
   * @throws io.mobilenetspark.model.hub.ModelLoadException if its model is missing or damaged
   */
  @Override
  public MobileNetFeaturizer load(String path) {
    DefaultParamsReader.Metadata metadata =
        StageMetadata.read(path, sparkSession(), MobileNetFeaturizer.class.getName());
    MobileNetFeaturizer stage = new MobileNetFeaturizer(metadata.uid());
    metadata.getAndSetParams(stage, metadata.getAndSetParams$default$2());
    if (stage.whatIsSaved() == SaveModel.WEIGHTS) {
      NativeLibrary.load();
      Configuration hadoop = ClassicSpark.hadoopConf(sparkSession());
      stage.keep(new FrozenModelStore(hadoop).read(new Path(path, FeaturizerWriter.MODEL)));
    } else {
      JsonNode fingerprint = StageMetadata.json(metadata).path(FeaturizerWriter.FINGERPRINT);
      if (fingerprint.isTextual()) {
        stage.expect(fingerprint.textValue());
      }
    }
    return stage;
  }
}
