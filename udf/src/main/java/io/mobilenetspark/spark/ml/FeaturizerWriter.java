package io.mobilenetspark.spark.ml;

import io.mobilenetspark.model.FrozenModel;
import io.mobilenetspark.model.FrozenModelStore;
import io.mobilenetspark.spark.ClassicSpark;
import io.mobilenetspark.spark.StageMetadata;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.util.MLWriter;
import org.json4s.JString;
import org.json4s.JValue;
import scala.Tuple2;

/**
 * Writes a stage: its parameters as MLlib does, in {@code metadata}, and its model, unless its
 * handle alone is wanted, in {@value #MODEL}.
 */
final class FeaturizerWriter extends MLWriter {

  /** The folder with the model. */
  static final String MODEL = "model";

  /** The key, in the metadata, of the model's fingerprint. */
  static final String FINGERPRINT = "modelFingerprint";

  private final MobileNetFeaturizer stage;

  FeaturizerWriter(MobileNetFeaturizer stage) {
    this.stage = stage;
  }

  /** Loads the model first: what can't be written must not have an earlier stage overwritten. */
  @Override
  public void save(String path) throws IOException {
    if (stage.whatIsSaved() == SaveModel.WEIGHTS) {
      stage.model(hadoop());
    }
    super.save(path);
  }

  @Override
  public void saveImpl(String path) {
    // The metadata last: without it there is no stage, whatever a failure leaves behind.
    if (stage.whatIsSaved() == SaveModel.WEIGHTS) {
      try {
        new FrozenModelStore(hadoop()).write(stage.model(hadoop()), new Path(path, MODEL));
      } catch (IOException e) {
        throw new UncheckedIOException(
            String.format(
                Locale.ROOT,
                "Can't write the model of %s to %s: %s. The stage is not saved.",
                stage.uid(),
                path,
                e.getMessage()),
            e);
      }
    }
    StageMetadata.write(
        StageParams.withoutSecrets(stage, stage.model()), path, sparkSession(), facts());
  }

  private List<Tuple2<String, JValue>> facts() {
    Optional<FrozenModel> model = stage.loadedModel();
    return model
        .map(
            known ->
                List.of(new Tuple2<String, JValue>(FINGERPRINT, new JString(known.fingerprint()))))
        .orElse(List.of());
  }

  private Configuration hadoop() {
    return ClassicSpark.hadoopConf(sparkSession());
  }
}
