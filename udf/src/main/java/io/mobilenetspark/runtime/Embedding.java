package io.mobilenetspark.runtime;

import static java.util.Objects.requireNonNull;

import io.mobilenetspark.image.ImageOutcome;
import org.jspecify.annotations.Nullable;

/** The feature vector of one image, or the reason why there is none. */
public final class Embedding {
  private final ImageOutcome outcome;
  private final float @Nullable [] features;

  private Embedding(ImageOutcome outcome, float @Nullable [] features) {
    this.outcome = requireNonNull(outcome, "outcome");
    this.features = features;
  }

  static Embedding of(ImageOutcome.Read outcome, float[] features) {
    return new Embedding(outcome, features);
  }

  static Embedding none(ImageOutcome.Rejected outcome) {
    return new Embedding(outcome, null);
  }

  /** What became of the image. */
  public ImageOutcome outcome() {
    return outcome;
  }

  /** The vector, float32 of the model's dimension; null unless the outcome is OK. Not a copy. */
  public float @Nullable [] features() {
    return features;
  }
}
