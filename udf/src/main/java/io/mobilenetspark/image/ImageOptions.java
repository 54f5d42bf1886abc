package io.mobilenetspark.image;

import static java.util.Objects.requireNonNull;

import io.mobilenetspark.common.ImageSize;
import java.io.Serializable;

/**
 * How images become model input. The steps are in this order: limits, decoding at {@code
 * decodeScale}, {@code alpha}, {@code colorProfile}, {@code orientation}, {@code crop}, then {@code
 * resize} to {@code size}, or within it if {@code aspect} is {@link AspectMode#PAD}.
 *
 * @param size what the model takes
 * @param resize how an image is brought to that size
 * @param limits what is refused unread
 * @param orientation whether EXIF's orientation is applied
 * @param alpha how an alpha channel is handled
 * @param crop the part that is kept before resizing
 * @param aspect how the aspect ratio is handled
 * @param decodeScale whether large JPEGs may be decoded smaller
 * @param colorProfile whether colors are converted to sRGB by an embedded profile
 */
public record ImageOptions(
    ImageSize size,
    ResizeMethod resize,
    ImageLimits limits,
    ExifOrientation orientation,
    AlphaMode alpha,
    Crop crop,
    AspectMode aspect,
    DecodeScale decodeScale,
    ColorProfile colorProfile)
    implements Serializable {
  public ImageOptions {
    requireNonNull(size, "size");
    requireNonNull(resize, "resize");
    requireNonNull(limits, "limits");
    requireNonNull(orientation, "orientation");
    requireNonNull(alpha, "alpha");
    requireNonNull(crop, "crop");
    requireNonNull(aspect, "aspect");
    requireNonNull(decodeScale, "decodeScale");
    requireNonNull(colorProfile, "colorProfile");
  }

  /** The defaults for all but the first three: upright, alpha dropped, the whole image, exact. */
  public ImageOptions(ImageSize size, ResizeMethod resize, ImageLimits limits) {
    this(
        size,
        resize,
        limits,
        ExifOrientation.APPLY,
        AlphaMode.DROP,
        Crop.NONE,
        AspectMode.STRETCH,
        DecodeScale.EXACT,
        ColorProfile.IGNORE);
  }

  /** These options with another orientation mode. */
  public ImageOptions withOrientation(ExifOrientation mode) {
    return new ImageOptions(
        size, resize, limits, mode, alpha, crop, aspect, decodeScale, colorProfile);
  }

  /** These options with another alpha mode. */
  public ImageOptions withAlpha(AlphaMode mode) {
    return new ImageOptions(
        size, resize, limits, orientation, mode, crop, aspect, decodeScale, colorProfile);
  }

  /** These options with another crop. */
  public ImageOptions withCrop(Crop other) {
    return new ImageOptions(
        size, resize, limits, orientation, alpha, other, aspect, decodeScale, colorProfile);
  }

  /** These options with another aspect mode. */
  public ImageOptions withAspect(AspectMode mode) {
    return new ImageOptions(
        size, resize, limits, orientation, alpha, crop, mode, decodeScale, colorProfile);
  }

  /** These options with another decode scale. */
  public ImageOptions withDecodeScale(DecodeScale scale) {
    return new ImageOptions(
        size, resize, limits, orientation, alpha, crop, aspect, scale, colorProfile);
  }

  /** These options with another color profile mode. */
  public ImageOptions withColorProfile(ColorProfile mode) {
    return new ImageOptions(
        size, resize, limits, orientation, alpha, crop, aspect, decodeScale, mode);
  }
}
