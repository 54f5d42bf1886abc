package io.mobilenetspark.spark.ml;

import io.mobilenetspark.model.export.ExportFormat;
import io.mobilenetspark.model.export.ExportHead;
import io.mobilenetspark.spark.SavedClassifier;
import io.mobilenetspark.spark.StageMetadata;
import java.util.List;
import org.apache.spark.ml.util.MLWriter;
import org.json4s.JArray;
import org.json4s.JDouble;
import org.json4s.JInt;
import org.json4s.JString;
import org.json4s.JValue;
import scala.Tuple2;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Writes a classification model: parameters and labels as MLlib does, in {@code metadata}, and the
 * network with its head, a TF-Slim checkpoint, in a folder of its own: see {@link SavedClassifier}.
 */
final class ClassificationModelWriter extends MLWriter {

  private final MobileNetClassificationModel model;

  ClassificationModelWriter(MobileNetClassificationModel model) {
    this.model = model;
  }

  @Override
  public void saveImpl(String path) {
    MobileNetClassificationModel.Fitted fitted = model.fitted();
    fitted.export(
        ExportFormat.SLIM,
        ExportHead.CLASSIFIER,
        path + "/" + SavedClassifier.MODEL,
        sparkSession());
    // The metadata last: without it there is no model, whatever a failure leaves behind.
    StageMetadata.write(model, path, sparkSession(), facts(fitted));
  }

  private static List<Tuple2<String, JValue>> facts(MobileNetClassificationModel.Fitted fitted) {
    List<JValue> labels =
        fitted.labels().stream().map(label -> (JValue) new JString(label)).toList();
    return List.of(
        new Tuple2<>(
            SavedClassifier.LABELS, new JArray(CollectionConverters.asScala(labels).toList())),
        new Tuple2<>(
            SavedClassifier.HEIGHT,
            new JInt(scala.math.BigInt.apply(fitted.facts().size().height()))),
        new Tuple2<>(
            SavedClassifier.WIDTH,
            new JInt(scala.math.BigInt.apply(fitted.facts().size().width()))),
        new Tuple2<>(SavedClassifier.MOMENTUM, new JDouble(fitted.facts().momentum())),
        new Tuple2<>(SavedClassifier.WEIGHT_DECAY, new JDouble(fitted.facts().weightDecay())));
  }
}
