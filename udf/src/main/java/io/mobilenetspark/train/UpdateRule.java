package io.mobilenetspark.train;

import static java.util.Objects.requireNonNull;

import io.mobilenetspark.options.SettingValues;
import java.io.Serializable;
import java.util.Locale;

/**
 * How a gradient moves the parameters.
 *
 * @param optimizer the rule
 * @param learningRate the rate of each step
 * @param headRateFactor factor on the rate for the head, above 0
 * @param l2 factor of the modules' own regularisation, {@code l2 * sum(w^2) / 2} of each trained
 *     convolution that isn't depthwise; at least 0. The modules have 4e-5.
 * @param maxGradientNorm a gradient of a larger L2 norm is scaled down to it; infinite for none
 */
public record UpdateRule(
    Optimizer optimizer,
    LearningRate learningRate,
    double headRateFactor,
    double l2,
    double maxGradientNorm)
    implements Serializable {

  public UpdateRule {
    requireNonNull(optimizer, "optimizer");
    requireNonNull(learningRate, "learningRate");
    if (!(headRateFactor > 0) || !(l2 >= 0) || !(maxGradientNorm > 0)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "the head's rate factor and the largest gradient norm must be above 0 and L2 at least 0,"
                  + " not %s, %s and %s",
              headRateFactor,
              maxGradientNorm,
              l2));
    }
  }

  /**
   * What settings say, for a run that has so many steps in an epoch.
   *
   * @param values of {@link TrainSettings}; others are not looked at
   */
  public static UpdateRule of(SettingValues values, long stepsPerEpoch) {
    return new UpdateRule(
        switch (values.get(TrainSettings.OPTIMIZER)) {
          case SGD -> new Optimizer.Sgd(values.get(TrainSettings.MOMENTUM));
          case ADAM -> Optimizer.Adam.DEFAULT;
          case ADAMW ->
              new Optimizer.AdamW(Optimizer.Adam.DEFAULT, values.get(TrainSettings.WEIGHT_DECAY));
        },
        LearningRate.of(values, stepsPerEpoch),
        values.get(TrainSettings.HEAD_LEARNING_RATE_FACTOR),
        values.get(TrainSettings.L2),
        values.find(TrainSettings.MAX_GRADIENT_NORM).orElse(Double.POSITIVE_INFINITY));
  }

  /** The optimizer and the rate alone: one rate, no L2, no clipping. */
  public static UpdateRule plain(Optimizer optimizer, LearningRate learningRate) {
    return new UpdateRule(optimizer, learningRate, 1, 0, Double.POSITIVE_INFINITY);
  }
}
