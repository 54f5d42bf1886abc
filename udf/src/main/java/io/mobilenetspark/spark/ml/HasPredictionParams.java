package io.mobilenetspark.spark.ml;

import io.mobilenetspark.common.PublicApi;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;

/**
 * Parameters of the image column and the columns that a model adds. A value that can't be used is
 * refused when it is set.
 *
 * @param <S> the stage, which the setters return
 */
@PublicApi
public interface HasPredictionParams<S extends Params> extends Params {

  /** The parameters themselves; for the stages of this package. */
  PredictionParams predictionParams();

  /**
   * The column with the images: BINARY, a path, a binaryFile row, or Spark's image struct. Default:
   * {@code image}.
   */
  default Param<String> inputCol() {
    return predictionParams().inputCol;
  }

  /** The value of {@link #inputCol()}. */
  default String getInputCol() {
    return getOrDefault(inputCol());
  }

  /** Sets {@link #inputCol()}. */
  default S setInputCol(String value) {
    return StageParams.set(this, inputCol(), value);
  }

  /**
   * The model's output column with the fine-tuned features; a vector, NULL where the image can't be
   * read. Default: {@code features}.
   */
  default Param<String> featuresCol() {
    return predictionParams().featuresCol;
  }

  /** The value of {@link #featuresCol()}. */
  default String getFeaturesCol() {
    return getOrDefault(featuresCol());
  }

  /** Sets {@link #featuresCol()}. */
  default S setFeaturesCol(String value) {
    return StageParams.set(this, featuresCol(), value);
  }

  /**
   * The model's output column with the logits; a vector, NULL where the image can't be read.
   * Default: {@code rawPrediction}.
   */
  default Param<String> rawPredictionCol() {
    return predictionParams().rawPredictionCol;
  }

  /** The value of {@link #rawPredictionCol()}. */
  default String getRawPredictionCol() {
    return getOrDefault(rawPredictionCol());
  }

  /** Sets {@link #rawPredictionCol()}. */
  default S setRawPredictionCol(String value) {
    return StageParams.set(this, rawPredictionCol(), value);
  }

  /**
   * The model's output column with the classes' probabilities; a vector, NULL where the image can't
   * be read. Default: {@code probability}.
   */
  default Param<String> probabilityCol() {
    return predictionParams().probabilityCol;
  }

  /** The value of {@link #probabilityCol()}. */
  default String getProbabilityCol() {
    return getOrDefault(probabilityCol());
  }

  /** Sets {@link #probabilityCol()}. */
  default S setProbabilityCol(String value) {
    return StageParams.set(this, probabilityCol(), value);
  }

  /**
   * The model's output column with the most probable class; a double, NULL where the image can't be
   * read. Default: {@code prediction}.
   */
  default Param<String> predictionCol() {
    return predictionParams().predictionCol;
  }

  /** The value of {@link #predictionCol()}. */
  default String getPredictionCol() {
    return getOrDefault(predictionCol());
  }

  /** Sets {@link #predictionCol()}. */
  default S setPredictionCol(String value) {
    return StageParams.set(this, predictionCol(), value);
  }

  /** The model's output column with why an image has no prediction; none is added if not set. */
  default Param<String> errorCol() {
    return predictionParams().errorCol;
  }

  /** The value of {@link #errorCol()}. */
  default String getErrorCol() {
    return getOrDefault(errorCol());
  }

  /** Sets {@link #errorCol()}. */
  default S setErrorCol(String value) {
    return StageParams.set(this, errorCol(), value);
  }
}
