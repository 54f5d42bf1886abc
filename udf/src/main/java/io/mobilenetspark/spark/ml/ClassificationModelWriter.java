package io.mobilenetspark.spark.ml;

import io.mobilenetspark.model.export.ExportFormat;
import io.mobilenetspark.model.export.ExportHead;
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
 * network with its head, a TF-Slim checkpoint, in {@value #MODEL}.
 */
final class ClassificationModelWriter extends MLWriter {

  /** The folder with the network. */
  static final String MODEL = "model";

  static final String LABELS = "labels";
  static final String HEIGHT = "imageHeight";
  static final String WIDTH = "imageWidth";
  static final String MOMENTUM = "batchNormMomentum";
  static final String WEIGHT_DECAY = "weightDecay";

  private final MobileNetClassificationModel model;

  ClassificationModelWriter(MobileNetClassificationModel model) {
    this.model = model;
  }

  @Override
  public void saveImpl(String path) {
    MobileNetClassificationModel.Fitted fitted = model.fitted();
    fitted.export(ExportFormat.SLIM, ExportHead.CLASSIFIER, path + "/" + MODEL, sparkSession());
    // The metadata last: without it there is no model, whatever a failure leaves behind.
    StageMetadata.write(model, path, sparkSession(), facts(fitted));
  }

  private static List<Tuple2<String, JValue>> facts(MobileNetClassificationModel.Fitted fitted) {
    List<JValue> labels =
        fitted.labels().stream().map(label -> (JValue) new JString(label)).toList();
    return List.of(
        new Tuple2<>(LABELS, new JArray(CollectionConverters.asScala(labels).toList())),
        new Tuple2<>(HEIGHT, new JInt(scala.math.BigInt.apply(fitted.facts().size().height()))),
        new Tuple2<>(WIDTH, new JInt(scala.math.BigInt.apply(fitted.facts().size().width()))),
        new Tuple2<>(MOMENTUM, new JDouble(fitted.facts().momentum())),
        new Tuple2<>(WEIGHT_DECAY, new JDouble(fitted.facts().weightDecay())));
  }
}
