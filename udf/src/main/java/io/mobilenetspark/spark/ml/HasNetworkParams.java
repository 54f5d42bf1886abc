package io.mobilenetspark.spark.ml;

import io.mobilenetspark.common.PublicApi;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;

/**
 * Parameters of what is trained, and on which loss. A value that can't be used is refused when it
 * is set.
 *
 * @param <S> the stage, which the setters return
 */
@PublicApi
public interface HasNetworkParams<S extends Params> extends Params {

  /** The parameters themselves; for the stages of this package. */
  NetworkParams networkParams();

  /** The module to start from: a handle, a path, or {@code builtin} (UNTRAINED). */
  default Param<String> modelHandle() {
    return networkParams().modelHandle;
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
    return networkParams().modelSha256;
  }

  /** The value of {@link #modelSha256()}. */
  default String getModelSha256() {
    return getOrDefault(modelSha256());
  }

  /** Sets {@link #modelSha256()}. */
  default S setModelSha256(String value) {
    return StageParams.set(this, modelSha256(), value);
  }

  /**
   * Height and width of the network's input in pixels, at least 32; the module's own if not set.
   */
  default IntParam imageSize() {
    return networkParams().imageSize;
  }

  /** The value of {@link #imageSize()}. */
  default int getImageSize() {
    return (Integer) getOrDefault(imageSize());
  }

  /** Sets {@link #imageSize()}. */
  default S setImageSize(int value) {
    return StageParams.set(this, imageSize(), value);
  }

  /**
   * What is trained besides the head: head (nothing), all, or a layer's name such as
   * Conv2d_12_depthwise (it and all layers after it). Default: {@code all}.
   */
  default Param<String> trainable() {
    return networkParams().trainable;
  }

  /** The value of {@link #trainable()}. */
  default String getTrainable() {
    return getOrDefault(trainable());
  }

  /** Sets {@link #trainable()}. */
  default S setTrainable(String value) {
    return StageParams.set(this, trainable(), value);
  }

  /**
   * Where the head starts: fitted (a logistic regression on the module's features), zero. Default:
   * {@code fitted}.
   */
  default Param<String> headInit() {
    return networkParams().headInit;
  }

  /** The value of {@link #headInit()}. */
  default String getHeadInit() {
    return getOrDefault(headInit());
  }

  /** Sets {@link #headInit()}. */
  default S setHeadInit(String value) {
    return StageParams.set(this, headInit(), value);
  }

  /** L2 regularisation of that logistic regression, as MLlib's regParam. Default: {@code 1e-2}. */
  default DoubleParam headRegParam() {
    return networkParams().headRegParam;
  }

  /** The value of {@link #headRegParam()}. */
  default double getHeadRegParam() {
    return (Double) getOrDefault(headRegParam());
  }

  /** Sets {@link #headRegParam()}. */
  default S setHeadRegParam(double value) {
    return StageParams.set(this, headRegParam(), value);
  }

  /**
   * How BatchNorm normalises in trained layers: frozen (by the moving statistics, which stay),
   * training (by the batch's). Default: {@code frozen}.
   */
  default Param<String> batchNorm() {
    return networkParams().batchNorm;
  }

  /** The value of {@link #batchNorm()}. */
  default String getBatchNorm() {
    return getOrDefault(batchNorm());
  }

  /** Sets {@link #batchNorm()}. */
  default S setBatchNorm(String value) {
    return StageParams.set(this, batchNorm(), value);
  }

  /**
   * Momentum of BatchNorm's moving statistics, in [0, 1); used if batchNorm is training. Default:
   * {@code 0.99}.
   */
  default DoubleParam batchNormMomentum() {
    return networkParams().batchNormMomentum;
  }

  /** The value of {@link #batchNormMomentum()}. */
  default double getBatchNormMomentum() {
    return (Double) getOrDefault(batchNormMomentum());
  }

  /** Sets {@link #batchNormMomentum()}. */
  default S setBatchNormMomentum(double value) {
    return StageParams.set(this, batchNormMomentum(), value);
  }

  /**
   * The modules' own regularisation: l2 * sum(w^2) / 2 of each trained kernel that isn't depthwise.
   * Default: {@code 4e-5}.
   */
  default DoubleParam l2() {
    return networkParams().l2;
  }

  /** The value of {@link #l2()}. */
  default double getL2() {
    return (Double) getOrDefault(l2());
  }

  /** Sets {@link #l2()}. */
  default S setL2(double value) {
    return StageParams.set(this, l2(), value);
  }

  /** Share of the features set to zero in training, in [0, 1). Default: {@code 0.0}. */
  default DoubleParam dropout() {
    return networkParams().dropout;
  }

  /** The value of {@link #dropout()}. */
  default double getDropout() {
    return (Double) getOrDefault(dropout());
  }

  /** Sets {@link #dropout()}. */
  default S setDropout(double value) {
    return StageParams.set(this, dropout(), value);
  }

  /** Share of each label spread over all classes, in [0, 1). Default: {@code 0.0}. */
  default DoubleParam labelSmoothing() {
    return networkParams().labelSmoothing;
  }

  /** The value of {@link #labelSmoothing()}. */
  default double getLabelSmoothing() {
    return (Double) getOrDefault(labelSmoothing());
  }

  /** Sets {@link #labelSmoothing()}. */
  default S setLabelSmoothing(double value) {
    return StageParams.set(this, labelSmoothing(), value);
  }

  /**
   * What a class's rows count: none (alike), balanced (classes alike), or label=weight pairs with
   * commas. Default: {@code none}.
   */
  default Param<String> classWeights() {
    return networkParams().classWeights;
  }

  /** The value of {@link #classWeights()}. */
  default String getClassWeights() {
    return getOrDefault(classWeights());
  }

  /** Sets {@link #classWeights()}. */
  default S setClassWeights(String value) {
    return StageParams.set(this, classWeights(), value);
  }

  /** How often a training image is mirrored, in [0, 1]. Default: {@code 0.5}. */
  default DoubleParam flipProbability() {
    return networkParams().flipProbability;
  }

  /** The value of {@link #flipProbability()}. */
  default double getFlipProbability() {
    return (Double) getOrDefault(flipProbability());
  }

  /** Sets {@link #flipProbability()}. */
  default S setFlipProbability(double value) {
    return StageParams.set(this, flipProbability(), value);
  }

  /**
   * The least share of a training image's area that a random crop keeps, in [0.01, 1]; 1 for no
   * cropping. Default: {@code 0.6}.
   */
  default DoubleParam minCropArea() {
    return networkParams().minCropArea;
  }

  /** The value of {@link #minCropArea()}. */
  default double getMinCropArea() {
    return (Double) getOrDefault(minCropArea());
  }

  /** Sets {@link #minCropArea()}. */
  default S setMinCropArea(double value) {
    return StageParams.set(this, minCropArea(), value);
  }

  /**
   * How far brightness, contrast and saturation of training images change, in [0, 1). Default:
   * {@code 0.1}.
   */
  default DoubleParam colorJitter() {
    return networkParams().colorJitter;
  }

  /** The value of {@link #colorJitter()}. */
  default double getColorJitter() {
    return (Double) getOrDefault(colorJitter());
  }

  /** Sets {@link #colorJitter()}. */
  default S setColorJitter(double value) {
    return StageParams.set(this, colorJitter(), value);
  }
}
