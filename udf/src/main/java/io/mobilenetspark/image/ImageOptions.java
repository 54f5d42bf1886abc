package io.mobilenetspark.image;

import static java.util.Objects.requireNonNull;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.options.Setting;
import io.mobilenetspark.options.SettingValues;
import java.io.Serializable;

/**
 * How images become model input: the values of {@link ImageSettings}, and the size. The steps are
 * in this order: limits, decoding at the decode scale, alpha, colour profile, EXIF orientation,
 * crop, then resizing to {@code size}, or within it if the aspect is {@link AspectMode#PAD}.
 * Immutable.
 */
public final class ImageOptions implements Serializable {
  private static final long serialVersionUID = 1;

  private final ImageSize size;

  /** Of each setting, so that equal options are equal whether a default was set or not. */
  private final SettingValues values;

  private final ImageLimits limits;

  private ImageOptions(ImageSize size, SettingValues values) {
    this.size = requireNonNull(size, "size");
    this.values = values;
    this.limits =
        new ImageLimits(
            values.get(ImageSettings.MAX_IMAGE_BYTES),
            values.get(ImageSettings.MAX_PIXELS),
            values.get(ImageSettings.MAX_SIDE),
            values.get(ImageSettings.MAX_FRAMES));
  }

  /**
   * Options.
   *
   * @param size what the model takes
   * @param values of {@link ImageSettings}; others are not looked at
   */
  public static ImageOptions of(ImageSize size, SettingValues values) {
    SettingValues own = SettingValues.none();
    for (Setting<?> setting : ImageSettings.ALL) {
      own = copied(setting, values, own);
    }
    return new ImageOptions(size, copied(ImageSettings.IMAGE_STATS, values, own));
  }

  private static <T> SettingValues copied(
      Setting<T> setting, SettingValues from, SettingValues to) {
    return to.with(setting, from.get(setting));
  }

  /** The defaults for all but these. */
  public ImageOptions(ImageSize size, ResizeMethod resize, ImageLimits limits) {
    this(
        size,
        of(size, SettingValues.none())
            .values
            .with(ImageSettings.RESIZE, resize)
            .with(ImageSettings.MAX_IMAGE_BYTES, limits.maxBytes())
            .with(ImageSettings.MAX_PIXELS, limits.maxPixels())
            .with(ImageSettings.MAX_SIDE, limits.maxSide())
            .with(ImageSettings.MAX_FRAMES, limits.maxFrames()));
  }

  /** These options, but for one setting. */
  public <T> ImageOptions with(Setting<T> setting, T value) {
    return of(size, values.with(setting, value));
  }

  /** These options for another size. */
  ImageOptions withSize(ImageSize other) {
    return new ImageOptions(other, values);
  }

  /** What the model takes. */
  public ImageSize size() {
    return size;
  }

  /** The value of a setting. */
  public <T> T get(Setting<T> setting) {
    return values.get(setting);
  }

  /** What is refused unread. */
  public ImageLimits limits() {
    return limits;
  }

  /** The part that is kept before resizing. */
  Crop crop() {
    return new Crop(get(ImageSettings.CROP_FRACTION));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ImageOptions them
        && them.size.equals(size)
        && them.values.equals(values);
  }

  @Override
  public int hashCode() {
    return 31 * size.hashCode() + values.hashCode();
  }

  @Override
  public String toString() {
    return size + " " + values;
  }
}
