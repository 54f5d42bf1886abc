package io.mobilenetspark.spark.ml;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.image.AlphaMode;
import io.mobilenetspark.image.AspectMode;
import io.mobilenetspark.image.ColorProfile;
import io.mobilenetspark.image.Crop;
import io.mobilenetspark.image.DecodeScale;
import io.mobilenetspark.image.ExifOrientation;
import io.mobilenetspark.image.ImageLimits;
import io.mobilenetspark.image.ImageOptions;
import io.mobilenetspark.image.ResizeMethod;
import java.io.Serializable;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;

/** A stage's parameters of how images become model input. */
final class ImageParams implements Serializable {
  private static final long serialVersionUID = 1;

  final Param<String> resizeMethod;
  final Param<String> exifOrientation;
  final Param<String> alpha;
  final DoubleParam cropFraction;
  final Param<String> aspect;
  final Param<String> decodeScale;
  final Param<String> colorProfile;
  final LongParam maxBytes;
  final LongParam maxPixels;
  final IntParam maxSide;
  final IntParam maxFrames;

  /** Makes the parameters of a stage and sets their defaults. */
  ImageParams(Params stage) {
    resizeMethod =
        new Param<>(
            stage,
            "resizeMethod",
            "how images are resized to the model's input: bilinear (tf.image.resize), bilinear_tf1"
                + " (TensorFlow 1), bilinear_antialias, area or bicubic",
            StageParams.word("resizeMethod", ResizeMethod.CHOICES::parse));
    exifOrientation =
        new Param<>(
            stage,
            "exifOrientation",
            "apply turns images upright by their EXIF orientation; ignore leaves them as stored",
            StageParams.word("exifOrientation", ExifOrientation.CHOICES::parse));
    alpha =
        new Param<>(
            stage,
            "alpha",
            "drop ignores an alpha channel; white and black lay the image over that colour",
            StageParams.word("alpha", AlphaMode.CHOICES::parse));
    cropFraction =
        new DoubleParam(
            stage,
            "cropFraction",
            "part of each side, about the centre, that is kept before resizing; 1 keeps the whole"
                + " image, TF-Slim's evaluation keeps 0.875",
            StageParams.checked("cropFraction", value -> new Crop((Double) value)));
    aspect =
        new Param<>(
            stage,
            "aspect",
            "stretch fills the model's input; pad keeps the aspect ratio between black bars",
            StageParams.word("aspect", AspectMode.CHOICES::parse));
    decodeScale =
        new Param<>(
            stage,
            "decodeScale",
            "fast decodes large JPEGs at 1/2, 1/4 or 1/8, which moves their vectors; exact does not",
            StageParams.word("decodeScale", DecodeScale.CHOICES::parse));
    colorProfile =
        new Param<>(
            stage,
            "colorProfile",
            "srgb converts colours to sRGB by an embedded ICC profile; ignore takes them as stored",
            StageParams.word("colorProfile", ColorProfile.CHOICES::parse));
    maxBytes =
        new LongParam(
            stage,
            "maxBytes",
            "images of more bytes are not read",
            StageParams.within("maxBytes", 1, Long.MAX_VALUE));
    maxPixels =
        new LongParam(
            stage,
            "maxPixels",
            "images of more pixels are not decoded",
            StageParams.within("maxPixels", 1, Long.MAX_VALUE));
    maxSide =
        new IntParam(
            stage,
            "maxSide",
            "images with a longer side, in pixels, are not decoded",
            StageParams.within("maxSide", 1, Integer.MAX_VALUE));
    maxFrames =
        new IntParam(
            stage,
            "maxFrames",
            "images of more frames or pages are not decoded; of others, the first is",
            StageParams.within("maxFrames", 1, Integer.MAX_VALUE));
    stage.setDefault(resizeMethod, ResizeMethod.BILINEAR.optionName());
    stage.setDefault(exifOrientation, ExifOrientation.APPLY.optionName());
    stage.setDefault(alpha, AlphaMode.DROP.optionName());
    stage.setDefault(cropFraction, Crop.NONE.fraction());
    stage.setDefault(aspect, AspectMode.STRETCH.optionName());
    stage.setDefault(decodeScale, DecodeScale.EXACT.optionName());
    stage.setDefault(colorProfile, ColorProfile.IGNORE.optionName());
    stage.setDefault(maxBytes, ImageLimits.DEFAULT_MAX_BYTES);
    stage.setDefault(maxPixels, ImageLimits.DEFAULT_MAX_PIXELS);
    stage.setDefault(maxSide, ImageLimits.DEFAULT_MAX_SIDE);
    stage.setDefault(maxFrames, ImageLimits.DEFAULT_MAX_FRAMES);
  }

  /**
   * The parameters' values as the library takes them.
   *
   * @param size of the model's input
   */
  ImageOptions options(Params stage, ImageSize size) {
    return new ImageOptions(
        size,
        ResizeMethod.CHOICES.parse(stage.getOrDefault(resizeMethod)),
        new ImageLimits(
            (Long) stage.getOrDefault(maxBytes),
            (Long) stage.getOrDefault(maxPixels),
            (Integer) stage.getOrDefault(maxSide),
            (Integer) stage.getOrDefault(maxFrames)),
        ExifOrientation.CHOICES.parse(stage.getOrDefault(exifOrientation)),
        AlphaMode.CHOICES.parse(stage.getOrDefault(alpha)),
        new Crop((Double) stage.getOrDefault(cropFraction)),
        AspectMode.CHOICES.parse(stage.getOrDefault(aspect)),
        DecodeScale.CHOICES.parse(stage.getOrDefault(decodeScale)),
        ColorProfile.CHOICES.parse(stage.getOrDefault(colorProfile)));
  }
}
