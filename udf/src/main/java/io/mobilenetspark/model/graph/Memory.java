package io.mobilenetspark.model.graph;

import java.util.ArrayList;
import java.util.List;

/**
 * How much memory is in use at once when everything runs as soon as it can: in rounds, each of the
 * steps whose large inputs the rounds before made. For one body's run, by one thread.
 */
final class Memory {

  /** What is smaller takes no round of its own: it is done while something larger waits. */
  private static final double LARGE = 1 << 16;

  private final List<Integer> rounds = new ArrayList<>();
  private final List<Integer> lastUses = new ArrayList<>();
  private final List<Double> sizes = new ArrayList<>();
  private final List<Double> scratch = new ArrayList<>();

  /** Adds the next step. */
  void add(Body.Step step, double outputBytes, double scratchBytes) {
    int round = 0;
    for (Body.Source source : step.sources()) {
      if (source.step() != Body.ARGUMENT) {
        round = Math.max(round, rounds.get(source.step()));
      }
    }
    for (int control : step.controls()) {
      round = Math.max(round, rounds.get(control));
    }
    if (outputBytes + scratchBytes >= LARGE) {
      round++;
    }
    for (Body.Source source : step.sources()) {
      if (source.step() != Body.ARGUMENT) {
        lastUses.set(source.step(), Math.max(round, lastUses.get(source.step())));
      }
    }
    rounds.add(round);
    lastUses.add(round);
    sizes.add(outputBytes);
    scratch.add(scratchBytes);
  }

  /** Keeps a step's outputs to the end. */
  void keep(int step) {
    lastUses.set(step, Integer.MAX_VALUE);
  }

  /** The most bytes in use in any round. */
  double peak() {
    int last = rounds.stream().mapToInt(Integer::intValue).max().orElse(0);
    double[] change = new double[last + 2];
    for (int i = 0; i < rounds.size(); i++) {
      change[rounds.get(i)] += sizes.get(i) + scratch.get(i);
      change[Math.min(last, lastUses.get(i)) + 1] -= sizes.get(i);
      change[rounds.get(i) + 1] -= scratch.get(i);
    }
    double used = 0;
    double peak = 0;
    for (double difference : change) {
      used += difference;
      peak = Math.max(peak, used);
    }
    return peak;
  }
}
