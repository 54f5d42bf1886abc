package io.mobilenetspark.spark.ml;

import io.mobilenetspark.common.PublicApi;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.param.StringArrayParam;

/**
 * Which model a stage uses, as {@link io.mobilenetspark.model.ModelRequest} has it. Parameters
 * without a default are left to the module while they are not set; {@code clear} takes a value
 * back.
 *
 * @param <S> the stage, which the setters return
 */
@PublicApi
public interface HasModelParams<S extends Params> extends Params {

  /** The parameters themselves; for the stages of this package. */
  ModelParams modelParams();

  /**
   * A URL, a module's directory or archive, a checkpoint's prefix, or {@code builtin} (UNTRAINED).
   */
  default Param<String> modelHandle() {
    return modelParams().modelHandle;
  }

  /** The value of {@link #modelHandle()}. */
  default String getModelHandle() {
    return getOrDefault(modelHandle());
  }

  /** Sets {@link #modelHandle()}. */
  default S setModelHandle(String value) {
    return StageParams.set(this, modelHandle(), value);
  }

  /**
   * SHA-256, in hex, of the archive that the module comes from; any archive, or none, if it is not
   * set.
   */
  default Param<String> modelSha256() {
    return modelParams().modelSha256;
  }

  /** The value of {@link #modelSha256()}. */
  default String getModelSha256() {
    return getOrDefault(modelSha256());
  }

  /** Sets {@link #modelSha256()}. */
  default S setModelSha256(String value) {
    return StageParams.set(this, modelSha256(), value);
  }

  /** Height and width of the model's input in pixels; by default what the model expects. */
  default IntParam imageSize() {
    return modelParams().imageSize;
  }

  /** The value of {@link #imageSize()}. */
  default int getImageSize() {
    return (Integer) getOrDefault(imageSize());
  }

  /** Sets {@link #imageSize()}. */
  default S setImageSize(int value) {
    return StageParams.set(this, imageSize(), value);
  }

  /** {@code auto} (default), {@code fast} or {@code general}. */
  default Param<String> executionPath() {
    return modelParams().executionPath;
  }

  /** The value of {@link #executionPath()}. */
  default String getExecutionPath() {
    return getOrDefault(executionPath());
  }

  /** Sets {@link #executionPath()}. */
  default S setExecutionPath(String value) {
    return StageParams.set(this, executionPath(), value);
  }

  /** Tag set of a TF1 module's graph; the empty set by default. */
  default StringArrayParam tags() {
    return modelParams().tags;
  }

  /** The value of {@link #tags()}. */
  default String[] getTags() {
    return getOrDefault(tags());
  }

  /** Sets {@link #tags()}. */
  default S setTags(String[] value) {
    return StageParams.set(this, tags(), value);
  }

  /** A signature of the module; by default its own for feature vectors. */
  default Param<String> signature() {
    return modelParams().signature;
  }

  /** The value of {@link #signature()}. */
  default String getSignature() {
    return getOrDefault(signature());
  }

  /** Sets {@link #signature()}. */
  default S setSignature(String value) {
    return StageParams.set(this, signature(), value);
  }

  /** {@code features} (default), {@code logits}, or an endpoint's key. */
  default Param<String> outputKey() {
    return modelParams().outputKey;
  }

  /** The value of {@link #outputKey()}. */
  default String getOutputKey() {
    return getOrDefault(outputKey());
  }

  /** Sets {@link #outputKey()}. */
  default S setOutputKey(String value) {
    return StageParams.set(this, outputKey(), value);
  }
}
