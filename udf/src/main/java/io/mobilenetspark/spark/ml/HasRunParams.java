package io.mobilenetspark.spark.ml;

import io.mobilenetspark.common.PublicApi;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;

/**
 * Parameters of how a network is trained: rule, rate, batches, epochs. A value that can't be used
 * is refused when it is set.
 *
 * @param <S> the stage, which the setters return
 */
@PublicApi
public interface HasRunParams<S extends Params> extends Params {

  /** The parameters themselves; for the stages of this package. */
  RunParams runParams();

  /**
   * Unreadable images: PERMISSIVE leaves them out of training and reports how many, FAILFAST stops.
   * Default: {@code PERMISSIVE}.
   */
  default Param<String> mode() {
    return runParams().mode;
  }

  /** The value of {@link #mode()}. */
  default String getMode() {
    return getOrDefault(mode());
  }

  /** Sets {@link #mode()}. */
  default S setMode(String value) {
    return StageParams.set(this, mode(), value);
  }

  /** Sgd (with momentum), adam, adamw (with decoupled weight decay). Default: {@code adam}. */
  default Param<String> optimizer() {
    return runParams().optimizer;
  }

  /** The value of {@link #optimizer()}. */
  default String getOptimizer() {
    return getOrDefault(optimizer());
  }

  /** Sets {@link #optimizer()}. */
  default S setOptimizer(String value) {
    return StageParams.set(this, optimizer(), value);
  }

  /** Momentum of sgd, in [0, 1). Default: {@code 0.9}. */
  default DoubleParam momentum() {
    return runParams().momentum;
  }

  /** The value of {@link #momentum()}. */
  default double getMomentum() {
    return (Double) getOrDefault(momentum());
  }

  /** Sets {@link #momentum()}. */
  default S setMomentum(double value) {
    return StageParams.set(this, momentum(), value);
  }

  /** Decoupled decay of adamw, on kernels. Default: {@code 0.01}. */
  default DoubleParam weightDecay() {
    return runParams().weightDecay;
  }

  /** The value of {@link #weightDecay()}. */
  default double getWeightDecay() {
    return (Double) getOrDefault(weightDecay());
  }

  /** Sets {@link #weightDecay()}. */
  default S setWeightDecay(double value) {
    return StageParams.set(this, weightDecay(), value);
  }

  /** Learning rate after the warm-up. Default: {@code 1e-4}. */
  default DoubleParam learningRate() {
    return runParams().learningRate;
  }

  /** The value of {@link #learningRate()}. */
  default double getLearningRate() {
    return (Double) getOrDefault(learningRate());
  }

  /** Sets {@link #learningRate()}. */
  default S setLearningRate(double value) {
    return StageParams.set(this, learningRate(), value);
  }

  /** Factor on the learning rate for the head. Default: {@code 1.0}. */
  default DoubleParam headLearningRateFactor() {
    return runParams().headLearningRateFactor;
  }

  /** The value of {@link #headLearningRateFactor()}. */
  default double getHeadLearningRateFactor() {
    return (Double) getOrDefault(headLearningRateFactor());
  }

  /** Sets {@link #headLearningRateFactor()}. */
  default S setHeadLearningRateFactor(double value) {
    return StageParams.set(this, headLearningRateFactor(), value);
  }

  /**
   * The rate after the warm-up: constant, cosine (down to 0 at the end of the last epoch) or step.
   * Default: {@code cosine}.
   */
  default Param<String> learningRateSchedule() {
    return runParams().learningRateSchedule;
  }

  /** The value of {@link #learningRateSchedule()}. */
  default String getLearningRateSchedule() {
    return getOrDefault(learningRateSchedule());
  }

  /** Sets {@link #learningRateSchedule()}. */
  default S setLearningRateSchedule(String value) {
    return StageParams.set(this, learningRateSchedule(), value);
  }

  /** Epochs, or parts of one, over which the rate rises from 0. Default: {@code 1.0}. */
  default DoubleParam warmupEpochs() {
    return runParams().warmupEpochs;
  }

  /** The value of {@link #warmupEpochs()}. */
  default double getWarmupEpochs() {
    return (Double) getOrDefault(warmupEpochs());
  }

  /** Sets {@link #warmupEpochs()}. */
  default S setWarmupEpochs(double value) {
    return StageParams.set(this, warmupEpochs(), value);
  }

  /** Epochs between two changes of the step schedule. Default: {@code 5.0}. */
  default DoubleParam decayEpochs() {
    return runParams().decayEpochs;
  }

  /** The value of {@link #decayEpochs()}. */
  default double getDecayEpochs() {
    return (Double) getOrDefault(decayEpochs());
  }

  /** Sets {@link #decayEpochs()}. */
  default S setDecayEpochs(double value) {
    return StageParams.set(this, decayEpochs(), value);
  }

  /** Factor of each change of the step schedule. Default: {@code 0.1}. */
  default DoubleParam decayRate() {
    return runParams().decayRate;
  }

  /** The value of {@link #decayRate()}. */
  default double getDecayRate() {
    return (Double) getOrDefault(decayRate());
  }

  /** Sets {@link #decayRate()}. */
  default S setDecayRate(double value) {
    return StageParams.set(this, decayRate(), value);
  }

  /** Larger gradients are scaled down to this L2 norm; none are if not set. */
  default DoubleParam maxGradientNorm() {
    return runParams().maxGradientNorm;
  }

  /** The value of {@link #maxGradientNorm()}. */
  default double getMaxGradientNorm() {
    return (Double) getOrDefault(maxGradientNorm());
  }

  /** Sets {@link #maxGradientNorm()}. */
  default S setMaxGradientNorm(double value) {
    return StageParams.set(this, maxGradientNorm(), value);
  }

  /** Images of a step, over all workers. Default: {@code 32}. */
  default IntParam batchSize() {
    return runParams().batchSize;
  }

  /** The value of {@link #batchSize()}. */
  default int getBatchSize() {
    return (Integer) getOrDefault(batchSize());
  }

  /** Sets {@link #batchSize()}. */
  default S setBatchSize(int value) {
    return StageParams.set(this, batchSize(), value);
  }

  /** The most passes over the training images. Default: {@code 10}. */
  default IntParam epochs() {
    return runParams().epochs;
  }

  /** The value of {@link #epochs()}. */
  default int getEpochs() {
    return (Integer) getOrDefault(epochs());
  }

  /** Sets {@link #epochs()}. */
  default S setEpochs(int value) {
    return StageParams.set(this, epochs(), value);
  }

  /**
   * Steps that each worker takes alone before the weights are averaged; 1 equals one big batch.
   * Default: {@code 1}.
   */
  default IntParam syncEvery() {
    return runParams().syncEvery;
  }

  /** The value of {@link #syncEvery()}. */
  default int getSyncEvery() {
    return (Integer) getOrDefault(syncEvery());
  }

  /** Sets {@link #syncEvery()}. */
  default S setSyncEvery(int value) {
    return StageParams.set(this, syncEvery(), value);
  }

  /**
   * Tasks that share a step; if not set as many as the executors that have come have cores, anew at
   * each epoch's start, but so that each has 8 images or more of a batch. Set it for the same bits
   * whatever the cluster does.
   */
  default IntParam numWorkers() {
    return runParams().numWorkers;
  }

  /** The value of {@link #numWorkers()}. */
  default int getNumWorkers() {
    return (Integer) getOrDefault(numWorkers());
  }

  /** Sets {@link #numWorkers()}. */
  default S setNumWorkers(int value) {
    return StageParams.set(this, numWorkers(), value);
  }

  /**
   * Of the order, the augmentation, dropout and the validation split; the same seed gives the same
   * run. Default: {@code 42}.
   */
  default LongParam seed() {
    return runParams().seed;
  }

  /** The value of {@link #seed()}. */
  default long getSeed() {
    return (Long) getOrDefault(seed());
  }

  /** Sets {@link #seed()}. */
  default S setSeed(long value) {
    return StageParams.set(this, seed(), value);
  }

  /**
   * Share of the images kept from training, in [0, 1), for validation and for choosing the best
   * epoch. Default: {@code 0.0}.
   */
  default DoubleParam validationFraction() {
    return runParams().validationFraction;
  }

  /** The value of {@link #validationFraction()}. */
  default double getValidationFraction() {
    return (Double) getOrDefault(validationFraction());
  }

  /** Sets {@link #validationFraction()}. */
  default S setValidationFraction(double value) {
    return StageParams.set(this, validationFraction(), value);
  }

  /**
   * Stop after this many epochs without a lower validation loss; 0 for never. Default: {@code 0}.
   */
  default IntParam patience() {
    return runParams().patience;
  }

  /** The value of {@link #patience()}. */
  default int getPatience() {
    return (Integer) getOrDefault(patience());
  }

  /** Sets {@link #patience()}. */
  default S setPatience(int value) {
    return StageParams.set(this, patience(), value);
  }

  /**
   * A folder of any Hadoop file system, which any number of runs may share; the run is kept there
   * every epoch, and taken up from there if it was interrupted. Other rows or settings are another
   * run; the listener is told what differs from the nearest one.
   */
  default Param<String> checkpointDir() {
    return runParams().checkpointDir;
  }

  /** The value of {@link #checkpointDir()}. */
  default String getCheckpointDir() {
    return getOrDefault(checkpointDir());
  }

  /** Sets {@link #checkpointDir()}. */
  default S setCheckpointDir(String value) {
    return StageParams.set(this, checkpointDir(), value);
  }

  /** Also write a checkpoint every this many steps; 0 for every epoch only. Default: {@code 0}. */
  default IntParam checkpointInterval() {
    return runParams().checkpointInterval;
  }

  /** The value of {@link #checkpointInterval()}. */
  default int getCheckpointInterval() {
    return (Integer) getOrDefault(checkpointInterval());
  }

  /** Sets {@link #checkpointInterval()}. */
  default S setCheckpointInterval(int value) {
    return StageParams.set(this, checkpointInterval(), value);
  }
}
