package io.mobilenetspark.train;

import java.io.Serializable;
import java.util.List;

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

  /**
   * The mean of states of the same step, number by number, summed in the list's order.
   *
   * @param states at least one
   */
  public static TrainingState average(List<TrainingState> states) {
    TrainingState first = states.get(0);
    float[][] slots = new float[first.slots.length][];
    for (int i = 0; i < slots.length; i++) {
      int slot = i;
      slots[i] = mean(states.stream().map(state -> state.slots[slot]).toList());
    }
    return new TrainingState(
        first.step,
        mean(states.stream().map(TrainingState::parameters).toList()),
        mean(states.stream().map(TrainingState::statistics).toList()),
        slots);
  }

  private static float[] mean(List<float[]> arrays) {
    float[] mean = arrays.get(0).clone();
    for (float[] array : arrays.subList(1, arrays.size())) {
      for (int i = 0; i < mean.length; i++) {
        mean[i] += array[i];
      }
    }
    for (int i = 0; i < mean.length; i++) {
      mean[i] /= arrays.size();
    }
    return mean;
  }
}
