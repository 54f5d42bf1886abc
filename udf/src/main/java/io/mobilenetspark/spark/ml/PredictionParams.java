package io.mobilenetspark.spark.ml;

import java.io.Serializable;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;

/** A stage's parameters of the image column and the columns that a model adds. */
final class PredictionParams implements Serializable {
  private static final long serialVersionUID = 1;

  final Param<String> inputCol;
  final Param<String> featuresCol;
  final Param<String> rawPredictionCol;
  final Param<String> probabilityCol;
  final Param<String> predictionCol;
  final Param<String> errorCol;

  /** Makes the parameters of a stage and sets their defaults. */
  PredictionParams(Params stage) {
    inputCol =
        new Param<>(
            stage,
            "inputCol",
            "the column with the images: BINARY, a path, a binaryFile row, or Spark's image struct");
    featuresCol =
        new Param<>(
            stage,
            "featuresCol",
            "the model's output column with the fine-tuned features; a vector, NULL where the image can't be read");
    rawPredictionCol =
        new Param<>(
            stage,
            "rawPredictionCol",
            "the model's output column with the logits; a vector, NULL where the image can't be read");
    probabilityCol =
        new Param<>(
            stage,
            "probabilityCol",
            "the model's output column with the classes' probabilities; a vector, NULL where the image can't be read");
    predictionCol =
        new Param<>(
            stage,
            "predictionCol",
            "the model's output column with the most probable class; a double, NULL where the image can't be read");
    errorCol =
        new Param<>(
            stage,
            "errorCol",
            "the model's output column with the reason why an image has no prediction; if not set, none is added");
    stage.setDefault(inputCol, "image");
    stage.setDefault(featuresCol, "features");
    stage.setDefault(rawPredictionCol, "rawPrediction");
    stage.setDefault(probabilityCol, "probability");
    stage.setDefault(predictionCol, "prediction");
  }
}
