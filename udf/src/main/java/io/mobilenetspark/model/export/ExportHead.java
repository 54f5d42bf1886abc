package io.mobilenetspark.model.export;

import io.mobilenetspark.common.Internal;
import io.mobilenetspark.common.PublicApi;
import io.mobilenetspark.options.Choice;
import io.mobilenetspark.options.Choices;

/** What of a network is written: whether the classification head goes with it. */
@PublicApi
public enum ExportHead implements Choice {
  /** Checkpoints get the classifier if there is one; modules give feature vectors. */
  AUTO,
  /** The network up to the feature vector, [n, features]; a classifier is left out. */
  FEATURES,
  /** The network with its classifier, which must be there: logits [n, classes]. */
  CLASSIFIER;

  /** By their words. */
  @Internal public static final Choices<ExportHead> CHOICES = Choices.of("head", ExportHead.class);
}
