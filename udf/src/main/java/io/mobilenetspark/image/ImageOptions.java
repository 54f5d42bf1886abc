package io.mobilenetspark.image;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;

/**
 * How images become model input.
 *
 * @param size what the model takes
 * @param resize how an image is brought to that size
 * @param limits what is refused unread
 */
public record ImageOptions(ImageSize size, ResizeMethod resize, ImageLimits limits)
    implements Serializable {
  public ImageOptions {
    requireNonNull(size, "size");
    requireNonNull(resize, "resize");
    requireNonNull(limits, "limits");
  }
}
