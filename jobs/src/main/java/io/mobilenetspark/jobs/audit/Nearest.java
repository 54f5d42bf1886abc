package io.mobilenetspark.jobs.audit;

import java.io.Serializable;
import java.util.Arrays;

/** The rows that are most like another one, the best first; of those alike, by their numbers. */
final class Nearest implements Serializable {
  private static final long serialVersionUID = 1;

  private final float[] similarities;
  private final int[] rows;
  private int size;

  /**
   * @param k the most that are kept
   */
  Nearest(int k) {
    similarities = new float[k];
    rows = new int[k];
  }

  /** What is less similar than this is not kept. */
  float least() {
    return size < rows.length ? Float.NEGATIVE_INFINITY : similarities[size - 1];
  }

  void offer(float similarity, int row) {
    int at = size;
    while (at > 0 && isBefore(similarity, row, at - 1)) {
      at--;
    }
    if (at == rows.length) {
      return;
    }
    int moved = Math.min(size, rows.length - 1) - at;
    System.arraycopy(similarities, at, similarities, at + 1, moved);
    System.arraycopy(rows, at, rows, at + 1, moved);
    similarities[at] = similarity;
    rows[at] = row;
    size = Math.min(size + 1, rows.length);
  }

  private boolean isBefore(float similarity, int row, int at) {
    int compared = Float.compare(similarity, similarities[at]);
    return compared > 0 || (compared == 0 && row < rows[at]);
  }

  void offerAll(Nearest other) {
    for (int i = 0; i < other.size; i++) {
      offer(other.similarities[i], other.rows[i]);
    }
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** Numbers of the rows. */
  int[] rows() {
    return Arrays.copyOf(rows, size);
  }

  /** The similarity to the nearest one. */
  float best() {
    return similarities[0];
  }

  /** The mean of the similarities. */
  double mean() {
    double sum = 0;
    for (int i = 0; i < size; i++) {
      sum += similarities[i];
    }
    return sum / size;
  }
}
