package io.mobilenetspark.train;

import java.io.Serializable;

/**
 * All that changes from step to step: the parameters, BatchNorm's moving statistics, what the
 * optimizer remembers, and the number of steps. Immutable by convention: the arrays are handed out
 * as they are and must not be changed.
 */
public final class TrainingState implements Serializable {
  private static final long serialVersionUID = 1;

  private final long step;
  private final float[] parameters;
  private final float[] statistics;
  private final float[][] slots;

  /**
   * @param step optimizer steps done so far
   * @param parameters the trained tensors, one after another; not copied
   * @param statistics the moving means and variances that training updates; not copied
   * @param slots the optimizer's memory, each array as long as the parameters; not copied
   */
  public TrainingState(long step, float[] parameters, float[] statistics, float[][] slots) {
    this.step = step;
    this.parameters = parameters;
    this.statistics = statistics;
    this.slots = slots;
  }

  /** Optimizer steps done so far. */
  public long step() {
    return step;
  }

  /** The trained tensors; the array itself. */
  public float[] parameters() {
    return parameters;
  }

  /** The moving statistics that training updates; the array itself. */
  public float[] statistics() {
    return statistics;
  }

  /** The optimizer's memory; the arrays themselves. */
  public float[][] slots() {
    return slots;
  }

  /** The same without the optimizer's memory: all that gradients and predictions need. */
  public TrainingState withoutSlots() {
    return new TrainingState(step, parameters, statistics, new float[0][]);
  }

  /** The same one step later, for a worker that had no row in the batch. */
  public TrainingState skipStep() {
    return new TrainingState(step + 1, parameters, statistics, slots);
  }

  /** Number by number: this plus another of the same step. A new state. */
  public TrainingState plus(TrainingState other) {
    return map(other, Float::sum);
  }

  /** Every number divided by {@code divisor}. A new state. */
  public TrainingState dividedBy(int divisor) {
    return map(this, (value, ignored) -> value / divisor);
  }

  private interface FloatOperator {
    float apply(float a, float b);
  }

  private TrainingState map(TrainingState other, FloatOperator operator) {
    float[][] mapped = new float[slots.length][];
    for (int i = 0; i < mapped.length; i++) {
      mapped[i] = map(slots[i], other.slots[i], operator);
    }
    return new TrainingState(
        step,
        map(parameters, other.parameters, operator),
        map(statistics, other.statistics, operator),
        mapped);
  }

  private static float[] map(float[] a, float[] b, FloatOperator operator) {
    float[] result = new float[a.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = operator.apply(a[i], b[i]);
    }
    return result;
  }
}
