package io.mobilenetspark.train;

import io.mobilenetspark.model.MobileNetWeights;
import io.mobilenetspark.model.mobilenet.MobileNetV1;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Locale;

/**
 * The linear layer from features to classes. Immutable; safe for use by many threads.
 *
 * <p>{@code logits[j] = sum over i of features[i] * weights[i * classes + j] + biases[j]}.
 */
public final class Head implements Serializable {
  private static final long serialVersionUID = 1;

  private final int features;
  private final int classes;
  private final float[] weights;
  private final float[] biases;

  /**
   * @param weights [features, classes] in C order; copied
   * @param biases [classes]; copied
   */
  public Head(float[] weights, float[] biases) {
    if (biases.length < 2 || weights.length == 0 || weights.length % biases.length != 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "a head of %d classes can't have %d weights",
              biases.length,
              weights.length));
    }
    this.classes = biases.length;
    this.features = weights.length / biases.length;
    this.weights = weights.clone();
    this.biases = biases.clone();
  }

  /** A head that finds all classes equally likely, the usual start of training. */
  public static Head zero(int features, int classes) {
    return new Head(new float[Math.multiplyExact(features, classes)], new float[classes]);
  }

  /** The classifier of a network. */
  public static Head of(MobileNetWeights network) {
    return new Head(
        network.get(MobileNetV1.LOGITS_WEIGHTS).values(),
        network.get(MobileNetV1.LOGITS_BIASES).values());
  }

  /** Length of the feature vector. */
  public int features() {
    return features;
  }

  /** Number of classes. */
  public int classes() {
    return classes;
  }

  /** The weights, [features, classes] in C order; a copy. */
  public float[] weights() {
    return weights.clone();
  }

  /** The biases, [classes]; a copy. */
  public float[] biases() {
    return biases.clone();
  }

  /**
   * The unnormalised scores of a feature vector.
   *
   * @param vector {@link #features} values
   * @return {@link #classes} values
   */
  public double[] logits(double[] vector) {
    if (vector.length != features) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "the head takes vectors of %d values, not %d", features, vector.length));
    }
    double[] logits = new double[classes];
    for (int j = 0; j < classes; j++) {
      logits[j] = biases[j];
    }
    for (int i = 0; i < features; i++) {
      for (int j = 0; j < classes; j++) {
        logits[j] += vector[i] * weights[i * classes + j];
      }
    }
    return logits;
  }

  /**
   * The probabilities of such scores. These are shifted by the largest, so that nothing overflows.
   *
   * @param logits at least one; not changed
   */
  public static double[] softmax(double[] logits) {
    double largest = Arrays.stream(logits).max().orElseThrow();
    double[] probabilities = Arrays.stream(logits).map(x -> Math.exp(x - largest)).toArray();
    double sum = Arrays.stream(probabilities).sum();
    for (int i = 0; i < probabilities.length; i++) {
      probabilities[i] /= sum;
    }
    return probabilities;
  }
}
