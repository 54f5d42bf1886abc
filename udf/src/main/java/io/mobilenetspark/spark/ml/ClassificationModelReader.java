package io.mobilenetspark.spark.ml;

import com.fasterxml.jackson.databind.JsonNode;
import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.model.MobileNetWeights;
import io.mobilenetspark.model.ModelLoader;
import io.mobilenetspark.model.ModelRequest;
import io.mobilenetspark.model.export.ExportFacts;
import io.mobilenetspark.spark.ClassicSpark;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.MLReader;

/** Reads what {@link ClassificationModelWriter} wrote; nothing outside of that folder. */
final class ClassificationModelReader extends MLReader<MobileNetClassificationModel> {

  /**
   * @throws IllegalArgumentException if there is no such model there
   * @throws io.mobilenetspark.model.ModelLoadException if its weights are missing or damaged
   */
  @Override
  public MobileNetClassificationModel load(String path) {
    DefaultParamsReader.Metadata metadata =
        StageMetadata.read(path, sparkSession(), MobileNetClassificationModel.class);
    JsonNode facts = StageMetadata.json(metadata);
    List<String> labels = new ArrayList<>();
    facts.path(ClassificationModelWriter.LABELS).forEach(label -> labels.add(label.asText()));
    MobileNetWeights weights =
        new ModelLoader(ClassicSpark.hadoopConf(sparkSession()))
            .weights(ModelRequest.of(path + "/" + ClassificationModelWriter.MODEL));
    MobileNetClassificationModel model =
        new MobileNetClassificationModel(
            metadata.uid(),
            new MobileNetClassificationModel.Fitted(weights, labels, exportFacts(facts)),
            Optional.empty());
    metadata.getAndSetParams(model, metadata.getAndSetParams$default$2());
    return model;
  }

  private static ExportFacts exportFacts(JsonNode facts) {
    return new ExportFacts(
        new ImageSize(
            facts.path(ClassificationModelWriter.HEIGHT).asInt(),
            facts.path(ClassificationModelWriter.WIDTH).asInt()),
        facts.path(ClassificationModelWriter.MOMENTUM).asDouble(),
        facts.path(ClassificationModelWriter.WEIGHT_DECAY).asDouble());
  }
}
