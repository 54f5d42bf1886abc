package io.mobilenetspark.train;

import static java.util.Objects.requireNonNull;

import io.mobilenetspark.options.SettingValues;
import java.io.Serializable;

/**
 * What is trained, and on which loss: softmax cross-entropy over the classes.
 *
 * @param classes number of classes, at least 2
 * @param imageSide height and width of the input in pixels, at least 32
 * @param trainable which part of the network is trained
 * @param batchNorm how BatchNorm normalises in the trained layers
 * @param labelSmoothing in [0, 1): so much of each label is spread over all classes
 * @param dropout in [0, 1): so much of the feature vector is set to zero in training
 * @param augmentation random changes to the images in training
 */
public record NetworkSpec(
    int classes,
    int imageSide,
    TrainedPart trainable,
    BatchNorm batchNorm,
    double labelSmoothing,
    double dropout,
    Augmentation augmentation)
    implements Serializable {

  public NetworkSpec {
    requireNonNull(trainable, "trainable");
    requireNonNull(batchNorm, "batchNorm");
    requireNonNull(augmentation, "augmentation");
    if (classes < 2) {
      throw new IllegalArgumentException(
          "there must be at least 2 classes to tell apart, not " + classes);
    }
    if (imageSide < 32) {
      throw new IllegalArgumentException(
          "the image side must be at least 32 pixels, the network's total stride, not "
              + imageSide);
    }
    if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
      throw new IllegalArgumentException(
          "label smoothing must be in [0, 1), not " + labelSmoothing);
    }
    if (!(dropout >= 0 && dropout < 1)) {
      throw new IllegalArgumentException("dropout must be in [0, 1), not " + dropout);
    }
  }

  /**
   * What settings say.
   *
   * @param values of {@link TrainSettings}; others are not looked at
   */
  public static NetworkSpec of(int classes, int imageSide, SettingValues values) {
    return new NetworkSpec(
        classes,
        imageSide,
        TrainedPart.fromOption(values.get(TrainSettings.TRAINABLE)),
        switch (values.get(TrainSettings.BATCH_NORM)) {
          case FROZEN -> new BatchNorm.Frozen();
          case TRAINING -> new BatchNorm.Training(values.get(TrainSettings.BATCH_NORM_MOMENTUM));
        },
        values.get(TrainSettings.LABEL_SMOOTHING),
        values.get(TrainSettings.DROPOUT),
        new Augmentation(
            values.get(TrainSettings.FLIP_PROBABILITY),
            values.get(TrainSettings.MIN_CROP_AREA),
            values.get(TrainSettings.COLOR_JITTER)));
  }

  /** Whether labels are taken as they are, and features whole. */
  public boolean hasPlainLoss() {
    return labelSmoothing == 0 && dropout == 0;
  }

  /** The same without anything random: no augmentation, no dropout. */
  public NetworkSpec deterministic() {
    return new NetworkSpec(
        classes, imageSide, trainable, batchNorm, labelSmoothing, 0, Augmentation.NONE);
  }
}
