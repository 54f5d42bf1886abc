package io.mobilenetspark.train;

import java.io.Serializable;

/**
 * What a batch, or a worker's share of one, says about the parameters: sums over its rows, so that
 * shares add up to the whole. The sum of shares is {@link #add}ed up in a fixed order by whoever
 * wants the same bits twice. Not safe for use by several threads.
 */
public final class Gradient implements Summable<Gradient>, Serializable {
  private static final long serialVersionUID = 1;

  private final float[] values;
  private final float[] statistics;
  private Totals totals;

  Gradient(float[] values, float[] statistics, Totals totals) {
    this.values = values;
    this.statistics = statistics;
    this.totals = totals;
  }

  /** The gradient of no rows at all. */
  static Gradient empty(ParameterLayout layout) {
    return new Gradient(
        new float[layout.parameterCount()], new float[layout.statisticCount()], Totals.NONE);
  }

  /** Sums of weighted losses and the like. */
  public Totals totals() {
    return totals;
  }

  @Override
  public Gradient add(Gradient other) {
    addTo(values, other.values);
    addTo(statistics, other.statistics);
    totals = totals.plus(other.totals);
    return this;
  }

  /** The gradient of the weighted sum of losses. */
  float[] values() {
    return values;
  }

  /** BatchNorm's batch statistics, each times the number of rows. */
  float[] statistics() {
    return statistics;
  }

  private static void addTo(float[] sum, float[] values) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += values[i];
    }
  }
}
