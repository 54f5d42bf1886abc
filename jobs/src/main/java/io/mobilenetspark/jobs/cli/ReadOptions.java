package io.mobilenetspark.jobs.cli;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.image.AlphaMode;
import io.mobilenetspark.image.AspectMode;
import io.mobilenetspark.image.ColorProfile;
import io.mobilenetspark.image.Crop;
import io.mobilenetspark.image.CropMode;
import io.mobilenetspark.image.DecodeScale;
import io.mobilenetspark.image.ExifOrientation;
import io.mobilenetspark.image.ImageLimits;
import io.mobilenetspark.image.ImageOptions;
import io.mobilenetspark.image.ResizeMethod;
import io.mobilenetspark.jobs.common.UserException;
import picocli.CommandLine.Option;

/** How images become the model's input, and which are refused. */
public final class ReadOptions {

  @Option(
      names = "--resize",
      paramLabel = "METHOD",
      defaultValue = "bilinear",
      description = {
        "How images are resized to that size: bilinear (tf.image.resize), bilinear_tf1 (TensorFlow"
            + " 1's resize_bilinear), bilinear_antialias, area or bicubic. Default: ${DEFAULT-VALUE}"
      })
  private ResizeMethod resize = ResizeMethod.BILINEAR;

  @Option(
      names = "--exif-orientation",
      paramLabel = "MODE",
      defaultValue = "apply",
      description = {
        "apply turns images upright by their EXIF orientation; ignore leaves them as stored, for"
            + " parity with pipelines that don't. Default: ${DEFAULT-VALUE}"
      })
  private ExifOrientation exifOrientation = ExifOrientation.APPLY;

  @Option(
      names = "--alpha",
      paramLabel = "MODE",
      defaultValue = "drop",
      description = {
        "drop ignores an alpha channel, as TensorFlow does; white and black lay the image over that"
            + " colour. Default: ${DEFAULT-VALUE}"
      })
  private AlphaMode alpha = AlphaMode.DROP;

  @Option(
      names = "--crop",
      paramLabel = "MODE",
      defaultValue = "none",
      description = {
        "center keeps only the centre of an image before resizing; none keeps all of it. Default:"
            + " ${DEFAULT-VALUE}"
      })
  private CropMode crop = CropMode.NONE;

  @Option(
      names = "--crop-fraction",
      paramLabel = "FRACTION",
      defaultValue = "" + Crop.DEFAULT_FRACTION,
      description = {
        "Part of each side that --crop center keeps. Default: ${DEFAULT-VALUE}, as TF-Slim's evaluation"
            + " does."
      })
  private double cropFraction = Crop.DEFAULT_FRACTION;

  @Option(
      names = "--aspect",
      paramLabel = "MODE",
      defaultValue = "stretch",
      description = {
        "stretch fills the model's input; pad keeps the aspect ratio between black bars. Default:"
            + " ${DEFAULT-VALUE}"
      })
  private AspectMode aspect = AspectMode.STRETCH;

  @Option(
      names = "--decode-scale",
      paramLabel = "MODE",
      defaultValue = "exact",
      description = {
        "fast decodes large JPEGs at 1/2, 1/4 or 1/8 of their size, which moves their vectors; exact"
            + " does not. Default: ${DEFAULT-VALUE}"
      })
  private DecodeScale decodeScale = DecodeScale.EXACT;

  @Option(
      names = "--color-profile",
      paramLabel = "MODE",
      defaultValue = "ignore",
      description = {
        "srgb converts colours to sRGB by an embedded ICC profile; ignore takes the numbers as"
            + " stored, as TensorFlow does. Default: ${DEFAULT-VALUE}"
      })
  private ColorProfile colorProfile = ColorProfile.IGNORE;

  @Option(
      names = "--max-image-bytes",
      paramLabel = "N",
      defaultValue = "" + ImageLimits.DEFAULT_MAX_BYTES,
      description = "Larger files are not read. Default: ${DEFAULT-VALUE}")
  private long maxImageBytes = ImageLimits.DEFAULT_MAX_BYTES;

  @Option(
      names = "--max-pixels",
      paramLabel = "N",
      defaultValue = "" + ImageLimits.DEFAULT_MAX_PIXELS,
      description = "Images of more pixels are not decoded. Default: ${DEFAULT-VALUE}")
  private long maxPixels = ImageLimits.DEFAULT_MAX_PIXELS;

  @Option(
      names = "--max-side",
      paramLabel = "PIXELS",
      defaultValue = "" + ImageLimits.DEFAULT_MAX_SIDE,
      description = {"Images with a longer side are not decoded. Default: ${DEFAULT-VALUE}"})
  private int maxSide = ImageLimits.DEFAULT_MAX_SIDE;

  @Option(
      names = "--max-frames",
      paramLabel = "N",
      defaultValue = "" + ImageLimits.DEFAULT_MAX_FRAMES,
      description = {
        "Images of more frames or pages are not decoded; of others, the first is. Default:"
            + " ${DEFAULT-VALUE}"
      })
  private int maxFrames = ImageLimits.DEFAULT_MAX_FRAMES;

  /**
   * The options as the library takes them.
   *
   * @param size of the model's input
   */
  public ImageOptions imageOptions(ImageSize size) {
    if (crop == CropMode.NONE && cropFraction != Crop.DEFAULT_FRACTION) {
      throw UserException.usage("--crop-fraction has no effect without --crop center");
    }
    try {
      return new ImageOptions(
          size,
          resize,
          new ImageLimits(maxImageBytes, maxPixels, maxSide, maxFrames),
          exifOrientation,
          alpha,
          crop == CropMode.CENTER ? new Crop(cropFraction) : Crop.NONE,
          aspect,
          decodeScale,
          colorProfile);
    } catch (IllegalArgumentException e) {
      throw UserException.usage(String.valueOf(e.getMessage()));
    }
  }
}
