package io.mobilenetspark.spark.train;

import io.mobilenetspark.common.PublicApi;

/** Is told how a run goes on, on the driver, between steps. */
@PublicApi
public interface TrainingListener {

  /** Listens to nothing. */
  TrainingListener NONE = new TrainingListener() {};

  /**
   * Where a run is.
   *
   * @param epoch the current one, from 1
   * @param epochs the most there will be
   * @param step steps done
   * @param steps the most there will be
   * @param loss of the last batch
   * @param accuracy of the last batch
   * @param learningRate of the last step
   * @param imagesPerSecond since the run or its resumption began
   * @param secondsLeft until all epochs are done, at this speed
   */
  @PublicApi
  record StepProgress(
      int epoch,
      int epochs,
      long step,
      long steps,
      double loss,
      double accuracy,
      double learningRate,
      double imagesPerSecond,
      double secondsLeft) {}

  /** What is being done before the first step, which may take a while. */
  default void onPhase(String text) {}

  /** After a step, or after several if workers take them alone. */
  default void onStep(StepProgress progress) {}

  /** After an epoch and its validation. */
  default void onEpoch(EpochMetrics metrics) {}

  /** What is worth telling the user otherwise: what was left out, where a run was taken up. */
  default void onNotice(String text) {}
}
