package io.mobilenetspark.spark.ml;

import io.mobilenetspark.options.Scope;
import io.mobilenetspark.options.Setting;
import io.mobilenetspark.options.Surface;
import io.mobilenetspark.options.ValueType;
import io.mobilenetspark.spark.Decision;
import java.util.List;

/** What only stages have: columns, and what is saved. Names are MLlib's. */
final class StageSettings {

  /** The images. */
  static final Setting<String> INPUT_COL =
      column(
              "inputCol",
              "the column with the images: BINARY (a file's bytes), STRING (a file's path), or the"
                  + " struct of the binaryFile or image source")
          .as(Surface.COMMAND_LINE, "imageCol");

  /** The images of a stage that has a default for them. */
  static final Setting<String> IMAGE_COL = INPUT_COL.withDefault("image");

  /** The vectors. */
  static final Setting<String> OUTPUT_COL = column("outputCol", "the column of vectors to add");

  /** Why there is none. */
  static final Setting<String> ERROR_COL =
      column(
              "errorCol",
              "a STRING column to add: why there is no result, 'STATUS: reason'; NULL where there"
                  + " is one")
          .withAbsent("none");

  /** The vectors' type. */
  static final Setting<VectorForm> OUTPUT_MODE =
      Setting.of(
              "outputMode",
              ValueType.words(VectorForm.CHOICES),
              "the type of the vectors: array gives array<float>; vector gives MLlib's Vector,"
                  + " which its estimators take")
          .withDefault(VectorForm.ARRAY)
          .withScope(Scope.CALL);

  /** What of the model is saved. */
  static final Setting<SaveModel> SAVE_MODEL =
      Setting.of(
              "saveModel",
              ValueType.words(SaveModel.CHOICES),
              "what of the model is saved with the stage: weights (what is read back needs neither"
                  + " network nor cache), or handle (a few KB, resolved again where it is used). A"
                  + " parameter and not an option of the writer, since a Pipeline's writer passes"
                  + " no options on to its stages")
          .withDefault(SaveModel.WEIGHTS)
          .withScope(Scope.CALL);

  /** The labels. */
  static final Setting<String> LABEL_COL =
      column("labelCol", "the column with the labels: strings, or whole numbers from 0")
          .withDefault("label");

  /** The rows' weights. */
  static final Setting<String> WEIGHT_COL =
      column("weightCol", "the column with the rows' weights, at least 0; 0 leaves a row out")
          .withAbsent("all rows count the same");

  /** Which rows are kept from training. */
  static final Setting<String> VALIDATION_INDICATOR_COL =
      column(
              "validationIndicatorCol",
              "a boolean column: rows where it is true are kept from training, for validation")
          .withAbsent("none");

  /** The features. */
  static final Setting<String> FEATURES_COL =
      column(
              "featuresCol",
              "the model's output column with the fine-tuned features; a vector, NULL where the"
                  + " image can't be read")
          .withDefault("features");

  /** The logits. */
  static final Setting<String> RAW_PREDICTION_COL =
      optionalColumn(
              "rawPredictionCol",
              "the model's output column with the logits; a vector, NULL where the image can't be"
                  + " read")
          .withDefault("rawPrediction");

  /** The probabilities. */
  static final Setting<String> PROBABILITY_COL =
      optionalColumn(
              "probabilityCol",
              "the model's output column with the classes' probabilities; a vector, NULL where the"
                  + " image can't be read")
          .withDefault("probability");

  /** The most probable class. */
  static final Setting<String> PREDICTION_COL =
      optionalColumn(
              "predictionCol",
              "the model's output column with the most probable class; a double, NULL where the"
                  + " image can't be read")
          .withDefault("prediction");

  /** What the probabilities are divided by. */
  static final Setting<List<Double>> THRESHOLDS =
      Setting.of(
              "thresholds",
              ValueType.reals(Decision::requireThresholds),
              "what the classes' probabilities are divided by before the largest is predicted, as"
                  + " MLlib's thresholds: one number for each class, in the classes' order, at"
                  + " least 0, at most one of them 0")
          .withAbsent("the most probable class is predicted")
          .withScope(Scope.CALL);

  /** Of {@link MobileNetFeaturizer}, beside the model's, the images' and the run's. */
  static final List<Setting<?>> FEATURIZER =
      List.of(INPUT_COL, OUTPUT_COL, ERROR_COL, OUTPUT_MODE, SAVE_MODEL);

  /** Of what a training set is. */
  static final List<Setting<?>> LABELS = List.of(LABEL_COL, WEIGHT_COL, VALIDATION_INDICATOR_COL);

  /** Of a {@link MobileNetClassificationModel}: its columns, and what it predicts. */
  static final List<Setting<?>> PREDICTION =
      List.of(
          IMAGE_COL,
          FEATURES_COL,
          RAW_PREDICTION_COL,
          PROBABILITY_COL,
          PREDICTION_COL,
          ERROR_COL,
          THRESHOLDS);

  private StageSettings() {}

  private static Setting<String> optionalColumn(String name, String doc) {
    return column(name, doc + "; empty for none").withType(ValueType.textOrNone());
  }

  private static Setting<String> column(String name, String doc) {
    return Setting.of(name, ValueType.text(), doc).withScope(Scope.CALL).withLabel("NAME");
  }
}
