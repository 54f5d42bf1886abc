package io.mobilenetspark.train;

import java.io.Serializable;

/** Sums over rows, from which loss and accuracy follow. Immutable. */
public final class Totals implements Serializable {
  private static final long serialVersionUID = 1;

  /** Of no rows. */
  public static final Totals NONE = new Totals(0, 0, 0, 0);

  // Plain fields: Kryo, which may be Spark's serializer, can't write records.
  private final long rows;
  private final double weight;
  private final double loss;
  private final long correct;

  /**
   * @param rows number of rows
   * @param weight sum of the rows' weights
   * @param loss sum of weight times cross-entropy
   * @param correct rows whose most likely class is their label
   */
  Totals(long rows, double weight, double loss, long correct) {
    this.rows = rows;
    this.weight = weight;
    this.loss = loss;
    this.correct = correct;
  }

  /** Of the rows of both. */
  public Totals plus(Totals other) {
    return new Totals(
        rows + other.rows, weight + other.weight, loss + other.loss, correct + other.correct);
  }

  /** Number of rows. */
  public long rows() {
    return rows;
  }

  /** Sum of the rows' weights. */
  public double weight() {
    return weight;
  }

  /** Weighted mean of the cross-entropy; NaN of no rows. */
  public double meanLoss() {
    return loss / weight;
  }

  /** Share of the rows that are classified as labelled; NaN of no rows. */
  public double accuracy() {
    return (double) correct / rows;
  }
}
