package io.mobilenetspark.train;

import java.io.Serializable;

/**
 * Sums over rows, from which loss and accuracy follow.
 *
 * @param rows number of rows
 * @param weight sum of the rows' weights
 * @param loss sum of weight times cross-entropy
 * @param correct rows whose most likely class is their label
 */
public record Totals(long rows, double weight, double loss, long correct) implements Serializable {

  /** Of no rows. */
  public static final Totals NONE = new Totals(0, 0, 0, 0);

  /** Of the rows of both. */
  public Totals plus(Totals other) {
    return new Totals(
        rows + other.rows, weight + other.weight, loss + other.loss, correct + other.correct);
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
