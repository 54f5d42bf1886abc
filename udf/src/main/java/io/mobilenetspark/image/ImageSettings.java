package io.mobilenetspark.image;

import io.mobilenetspark.options.Range;
import io.mobilenetspark.options.Setting;
import io.mobilenetspark.options.ValueType;
import java.util.List;
import java.util.stream.Stream;

/** What can be set of how images become a model's input. */
public final class ImageSettings {

  /** How an image is brought to the model's size. */
  public static final Setting<ResizeMethod> RESIZE =
      Setting.of(
              "resize",
              ValueType.words(ResizeMethod.CHOICES),
              "how images are resized to the model's input: bilinear (tf.image.resize),"
                  + " bilinear_tf1 (TensorFlow 1's resize_bilinear), bilinear_antialias, area or"
                  + " bicubic")
          .withDefault(ResizeMethod.BILINEAR)
          .withLabel("METHOD");

  /** Whether EXIF's orientation is applied. */
  public static final Setting<ExifOrientation> EXIF_ORIENTATION =
      Setting.of(
              "exifOrientation",
              ValueType.words(ExifOrientation.CHOICES),
              "whether images are turned upright by their EXIF orientation (apply), or left as"
                  + " stored, for parity with pipelines that leave them (ignore)")
          .withDefault(ExifOrientation.APPLY)
          .withLabel("MODE");

  /** How an alpha channel is handled. */
  public static final Setting<AlphaMode> ALPHA =
      Setting.of(
              "alpha",
              ValueType.words(AlphaMode.CHOICES),
              "what becomes of an alpha channel: drop ignores it, as TensorFlow does; white and"
                  + " black lay the image over that colour")
          .withDefault(AlphaMode.DROP)
          .withLabel("MODE");

  /** The part that is kept before resizing. */
  public static final Setting<Double> CROP_FRACTION =
      Setting.of(
              "cropFraction",
              ValueType.real(Range.above(0, 1)),
              "part of each side, about the centre, that is kept before resizing; 1 keeps the whole"
                  + " image, and TF-Slim's evaluation keeps 0.875")
          .withDefault(1.0)
          .withLabel("FRACTION");

  /** How the aspect ratio is handled. */
  public static final Setting<AspectMode> ASPECT =
      Setting.of(
              "aspect",
              ValueType.words(AspectMode.CHOICES),
              "what becomes of the aspect ratio: stretch fills the model's input, pad keeps the"
                  + " ratio between black bars")
          .withDefault(AspectMode.STRETCH)
          .withLabel("MODE");

  /** Whether large JPEGs may be decoded smaller. */
  public static final Setting<DecodeScale> DECODE_SCALE =
      Setting.of(
              "decodeScale",
              ValueType.words(DecodeScale.CHOICES),
              "the size at which JPEGs are decoded: exact is their own; fast is 1/2, 1/4 or 1/8 of"
                  + " it for large ones, which moves their vectors")
          .withDefault(DecodeScale.EXACT)
          .withLabel("MODE");

  /** Whether colors are converted to sRGB. */
  public static final Setting<ColorProfile> COLOR_PROFILE =
      Setting.of(
              "colorProfile",
              ValueType.words(ColorProfile.CHOICES),
              "whether colours are converted to sRGB by an embedded ICC profile (srgb), or taken as"
                  + " stored, as TensorFlow takes them (ignore)")
          .withDefault(ColorProfile.IGNORE)
          .withLabel("MODE");

  /** Most encoded bytes. */
  public static final Setting<Long> MAX_IMAGE_BYTES =
      Setting.of("maxImageBytes", ValueType.big(1), "images of more bytes are not read")
          .withDefault(ImageLimits.DEFAULT_MAX_BYTES);

  /** Most pixels. */
  public static final Setting<Long> MAX_PIXELS =
      Setting.of("maxPixels", ValueType.big(1), "images of more pixels are not decoded")
          .withDefault(ImageLimits.DEFAULT_MAX_PIXELS);

  /** Longest side. */
  public static final Setting<Integer> MAX_SIDE =
      Setting.of(
              "maxSide",
              ValueType.whole(1, Integer.MAX_VALUE),
              "images with a longer side, in pixels, are not decoded")
          .withDefault(ImageLimits.DEFAULT_MAX_SIDE)
          .withLabel("PIXELS");

  /** Most frames or pages. */
  public static final Setting<Integer> MAX_FRAMES =
      Setting.of(
              "maxFrames",
              ValueType.whole(1, Integer.MAX_VALUE),
              "images of more frames or pages are not decoded; of others, the first is")
          .withDefault(ImageLimits.DEFAULT_MAX_FRAMES);

  /** Longest time of one core. */
  public static final Setting<Double> MAX_DECODE_SECONDS =
      Setting.of(
              "maxDecodeSeconds",
              ValueType.real(Range.POSITIVE),
              "images that would keep one core busy for longer are not decoded; the limit grows in"
                  + " proportion when more pixels are allowed than by default")
          .withDefault(2.0)
          .withLabel("SECONDS");

  /** Whether the pixels are measured, beside being embedded: for commands that write tables. */
  public static final Setting<Boolean> IMAGE_STATS =
      Setting.of(
              "imageStats",
              ValueType.flag(),
              "add a column image_stats with the brightness and the sharpness of each image, so that"
                  + " audit finds dark, bright and blurred ones without reading them again")
          .withDefault(false);

  /** Those that move the vectors, in the order in which a table tells of them. */
  public static final List<Setting<?>> THAT_MOVE_VECTORS =
      List.of(RESIZE, EXIF_ORIENTATION, ALPHA, CROP_FRACTION, ASPECT, DECODE_SCALE, COLOR_PROFILE);

  /** Those that refuse an image before it is decoded. */
  static final List<Setting<?>> LIMITS =
      List.of(MAX_IMAGE_BYTES, MAX_PIXELS, MAX_SIDE, MAX_FRAMES, MAX_DECODE_SECONDS);

  /** All that move a vector or refuse an image. */
  public static final List<Setting<?>> ALL =
      Stream.concat(THAT_MOVE_VECTORS.stream(), LIMITS.stream()).toList();

  private ImageSettings() {}
}
