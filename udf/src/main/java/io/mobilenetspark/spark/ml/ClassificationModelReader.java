package io.mobilenetspark.spark.ml;

import io.mobilenetspark.spark.SavedClassifier;
import java.util.Optional;
import org.apache.spark.ml.util.MLReader;

/** Reads what {@link ClassificationModelWriter} wrote; nothing outside of that folder. */
final class ClassificationModelReader extends MLReader<MobileNetClassificationModel> {

  /**
   * @throws IllegalArgumentException if there is no such model there
   * @throws io.mobilenetspark.model.hub.ModelLoadException if its weights are missing or damaged
   */
  @Override
  public MobileNetClassificationModel load(String path) {
    SavedClassifier saved = SavedClassifier.read(path, sparkSession());
    MobileNetClassificationModel model =
        new MobileNetClassificationModel(
            saved.metadata().uid(),
            new MobileNetClassificationModel.Fitted(saved.weights(), saved.labels(), saved.facts()),
            Optional.empty());
    saved.metadata().getAndSetParams(model, saved.metadata().getAndSetParams$default$2());
    return model;
  }
}
