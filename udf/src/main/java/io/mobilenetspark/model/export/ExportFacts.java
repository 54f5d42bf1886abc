package io.mobilenetspark.model.export;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.model.hub.InputSizes;
import java.util.Locale;

/**
 * What a written module says of itself besides its weights.
 *
 * @param size of the images that it expects; others are taken too
 * @param momentum default weight of the old value in updates of the moving statistics, 0 to 1
 * @param weightDecay scale of the L2 regularizers, {@code scale * sum(w^2) / 2}
 */
public record ExportFacts(ImageSize size, double momentum, double weightDecay) {

  public ExportFacts {
    InputSizes.required(size);
    if (!(momentum >= 0 && momentum <= 1)) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "the momentum is %s, not 0 to 1", momentum));
    }
    if (!(weightDecay >= 0)) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "the weight decay is %s", weightDecay));
    }
  }
}
