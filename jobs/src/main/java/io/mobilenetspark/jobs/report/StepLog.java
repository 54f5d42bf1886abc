package io.mobilenetspark.jobs.report;

import io.mobilenetspark.spark.train.TrainingListener.StepProgress;
import java.util.ArrayList;
import java.util.List;

/**
 * The steps of a run since it began or was resumed. Of a long run there are some, at equal
 * distances: at most {@value #MOST}, and at least half as many. Used by one thread.
 */
public final class StepLog {

  static final int MOST = 10_000;

  private final List<Step> steps = new ArrayList<>();
  private long every = 1;
  private long seen;

  /**
   * What a step, or several that workers took alone, was about.
   *
   * @param step steps done
   * @param loss of the batch
   * @param accuracy of the batch
   * @param learningRate of the step
   * @param wallMillis when it was done, since 1970
   */
  public record Step(
      long step, double loss, double accuracy, double learningRate, long wallMillis) {}

  /** Takes the next one. */
  public void add(StepProgress progress) {
    if (seen++ % every != 0) {
      return;
    }
    steps.add(
        new Step(
            progress.step(),
            progress.loss(),
            progress.accuracy(),
            progress.learningRate(),
            System.currentTimeMillis()));
    if (steps.size() > MOST) {
      List<Step> half = new ArrayList<>();
      for (int i = 0; i < steps.size(); i += 2) {
        half.add(steps.get(i));
      }
      steps.clear();
      steps.addAll(half);
      every *= 2;
    }
  }

  /** Those that are kept, in order. */
  public List<Step> steps() {
    return List.copyOf(steps);
  }
}
