package io.mobilenetspark.spark.train;

import static java.util.Objects.requireNonNull;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.image.ImageOptions;
import io.mobilenetspark.options.Setting;
import io.mobilenetspark.options.SettingValues;
import io.mobilenetspark.options.Surface;
import io.mobilenetspark.train.NetworkSpec;
import io.mobilenetspark.train.TrainSettings;
import io.mobilenetspark.train.TrainedPart;
import io.mobilenetspark.train.UpdateRule;

/**
 * What a run does, whatever it is asked by: all that it must know besides its table and the weights
 * that it starts from. Immutable. What is counted in epochs, or for each class, becomes steps and
 * shapes when the run knows its table.
 *
 * @param name what the trained network is called
 * @param surface where it is asked for: what is told of settings has their names there
 * @param imageSide height and width of the network's input, in pixels
 * @param values of {@link TrainSettings}, of the images' settings and of the training's mode
 */
public record FineTunePlan(String name, Surface surface, int imageSide, SettingValues values) {

  public FineTunePlan {
    requireNonNull(name, "name");
    requireNonNull(surface, "surface");
    requireNonNull(values, "values");
  }

  /** Where the head comes from. */
  enum HeadMode {
    /** From zero, by steps. */
    ZERO,
    /** From a logistic regression on the features, then by steps. */
    FITTED,
    /** From a logistic regression on the features, and that is all: there are no steps. */
    FITTED_ALONE
  }

  /** The value of a setting. */
  <T> T get(Setting<T> setting) {
    return values.get(setting);
  }

  /** How images are read. */
  ImageOptions images() {
    return ImageOptions.of(ImageSize.square(imageSide), values);
  }

  /** The network's specification, for so many classes. */
  NetworkSpec networkSpec(int classes) {
    return NetworkSpec.of(classes, imageSide, values);
  }

  /** The rule of a run that has so many steps in an epoch. */
  UpdateRule updateRule(long stepsPerEpoch) {
    return UpdateRule.of(values, stepsPerEpoch);
  }

  /** Where the head comes from. */
  HeadMode headMode() {
    if (isFittedByMllib()) {
      return HeadMode.FITTED_ALONE;
    }
    return switch (get(TrainSettings.HEAD_INIT)) {
      case ZERO -> HeadMode.ZERO;
      case FITTED -> HeadMode.FITTED;
    };
  }

  /**
   * Whether a logistic regression is all there is to do: the head alone is trained, and nothing is
   * asked for that MLlib can't do.
   */
  private boolean isFittedByMllib() {
    return TrainedPart.fromOption(get(TrainSettings.TRAINABLE)) instanceof TrainedPart.HeadOnly
        && networkSpec(2).hasPlainLoss()
        && !asksForAugmentation();
  }

  /** The defaults are for who trains more than the head; a value of one's own is meant. */
  private boolean asksForAugmentation() {
    return (values.has(TrainSettings.FLIP_PROBABILITY) && get(TrainSettings.FLIP_PROBABILITY) > 0)
        || (values.has(TrainSettings.MIN_CROP_AREA) && get(TrainSettings.MIN_CROP_AREA) < 1)
        || (values.has(TrainSettings.COLOR_JITTER) && get(TrainSettings.COLOR_JITTER) > 0);
  }
}
