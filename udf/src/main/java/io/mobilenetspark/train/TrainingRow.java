package io.mobilenetspark.train;

import java.io.Serializable;

/**
 * One decoded and labelled image. Immutable by convention: the pixels are held and handed out as
 * they are. Eight bits a value, a quarter of what the network's input takes, so that a training set
 * stays in memory.
 */
public final class TrainingRow implements Serializable {
  private static final long serialVersionUID = 1;

  private final long index;
  private final byte[] pixels;
  private final int label;
  private final float weight;
  private final String name;

  /**
   * @param index the row's number in its data set, from 0; what is random of a row depends on it
   * @param pixels unsigned RGB, [side, side, 3]; not copied
   * @param label the class, from 0
   * @param weight how much the row counts, at least 0
   */
  public TrainingRow(long index, byte[] pixels, int label, float weight) {
    this(index, pixels, label, weight, "");
  }

  /**
   * @param index the row's number in its data set, from 0; what is random of a row depends on it
   * @param pixels unsigned RGB, [side, side, 3]; not copied
   * @param label the class, from 0
   * @param weight how much the row counts, at least 0
   * @param name of the image's file; empty if it has none
   */
  public TrainingRow(long index, byte[] pixels, int label, float weight, String name) {
    if (!(weight >= 0) || Float.isInfinite(weight)) {
      throw new IllegalArgumentException("a row's weight must be at least 0, not " + weight);
    }
    this.index = index;
    this.pixels = pixels;
    this.label = label;
    this.weight = weight;
    this.name = name;
  }

  /** The row's number in its data set. */
  public long index() {
    return index;
  }

  /** Unsigned RGB, [side, side, 3]; the array itself. */
  public byte[] pixels() {
    return pixels;
  }

  /** The class, from 0. */
  public int label() {
    return label;
  }

  /** How much the row counts. */
  public float weight() {
    return weight;
  }

  /** The image's file; empty if it has none. */
  public String name() {
    return name;
  }

  /** The same row with other pixels. */
  public TrainingRow withPixels(byte[] others) {
    return new TrainingRow(index, others, label, weight, name);
  }

  /** The same row under another number. */
  public TrainingRow withIndex(long number) {
    return new TrainingRow(number, pixels, label, weight, name);
  }
}
