package io.mobilenetspark.image;

import io.mobilenetspark.graph.GraphOps;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.image.DecodeImage;
import org.tensorflow.op.image.DecodeJpeg;
import org.tensorflow.op.image.DecodePng;
import org.tensorflow.op.image.ResizeBicubic;
import org.tensorflow.op.image.ResizeBilinear;
import org.tensorflow.op.image.ScaleAndTranslate;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TString;
import org.tensorflow.types.TUint8;

/**
 * The TensorFlow ops that {@link ImageReader} runs. They live beside the model in one graph, so
 * that an executor needs one session only.
 */
public final class ImageGraph {

  private static final String SCOPE = "image";

  static final String CONTENT = SCOPE + "/content";
  static final String DECODED = SCOPE + "/decoded";
  static final String PNG_WITH_ALPHA = SCOPE + "/png_with_alpha";
  static final String PIXELS = SCOPE + "/pixels";
  static final String CROP_BEGIN = SCOPE + "/crop_begin";
  static final String CROP_SIZE = SCOPE + "/crop_size";
  static final String SIZE = SCOPE + "/size";
  static final String SCALE = SCOPE + "/scale";

  /** TensorFlow's {@code convert_image_dtype} multiplies by this float; it does not divide. */
  private static final float BYTE_TO_UNIT = 1f / 255f;

  private ImageGraph() {}

  /** The name of the op that decodes a JPEG to 1/scale of its sides; scale is 1, 2, 4 or 8. */
  static String jpeg(int scale) {
    return SCOPE + "/jpeg_" + scale;
  }

  /** The name of the op that gives float32 [1, height, width, 3] in [0, 1]. */
  static String resized(ResizeMethod method) {
    return SCOPE + "/" + method.optionName();
  }

  /** Adds the ops, all named {@code image/...}, to a graph that has none of that name yet. */
  public static void addTo(Graph graph) {
    Ops tf = GraphOps.of(graph).withSubScope(SCOPE);
    Placeholder<TString> content =
        tf.withName("content").placeholder(TString.class, Placeholder.shape(Shape.scalar()));
    addDecoders(tf, content);

    Placeholder<TUint8> pixels =
        tf.withName("pixels")
            .placeholder(
                TUint8.class,
                Placeholder.shape(Shape.of(Shape.UNKNOWN_SIZE, Shape.UNKNOWN_SIZE, 3)));
    Placeholder<TInt32> size =
        tf.withName("size").placeholder(TInt32.class, Placeholder.shape(Shape.of(2)));
    Placeholder<TFloat32> scale =
        tf.withName("scale").placeholder(TFloat32.class, Placeholder.shape(Shape.of(2)));
    Placeholder<TInt32> cropBegin =
        tf.withName("crop_begin").placeholder(TInt32.class, Placeholder.shape(Shape.of(3)));
    Placeholder<TInt32> cropSize =
        tf.withName("crop_size").placeholder(TInt32.class, Placeholder.shape(Shape.of(3)));
    Operand<TUint8> cropped = tf.slice(pixels, cropBegin, cropSize);
    Operand<TUint8> image = tf.withName("batch_of_one").expandDims(cropped, tf.constant(0));
    for (ResizeMethod method : ResizeMethod.values()) {
      Operand<TFloat32> resized = resize(tf, method, image, size, scale);
      tf.withName(method.optionName()).math.mul(resized, tf.constant(BYTE_TO_UNIT));
    }
  }

  private static void addDecoders(Ops tf, Operand<TString> content) {
    tf.withName("decoded")
        .image
        .decodeImage(
            content, TUint8.class, DecodeImage.channels(3L), DecodeImage.expandAnimations(false));
    tf.withName("png_with_alpha").image.decodePng(content, TUint8.class, DecodePng.channels(4L));
    for (long scale = 1; scale <= 8; scale *= 2) {
      tf.withName("jpeg_" + scale)
          .image
          .decodeJpeg(content, DecodeJpeg.channels(3L), DecodeJpeg.ratio(scale));
    }
  }

  private static Operand<TFloat32> resize(
      Ops tf,
      ResizeMethod method,
      Operand<TUint8> image,
      Operand<TInt32> size,
      Operand<TFloat32> scale) {
    return switch (method) {
      case BILINEAR -> tf.image.resizeBilinear(image, size, ResizeBilinear.halfPixelCenters(true));
      case BILINEAR_TF1 -> tf.image.resizeBilinear(image, size);
      // Of bytes: the op makes floats of a row at a time, where tf.image.resize makes an image of
      // them first, of four times the memory. The values are the same.
      case BILINEAR_ANTIALIAS ->
          tf.image.scaleAndTranslate(
              image,
              size,
              scale,
              tf.constant(new float[] {0, 0}),
              ScaleAndTranslate.kernelType("triangle"),
              ScaleAndTranslate.antialias(true));
      case AREA -> tf.image.resizeArea(image, size);
      case BICUBIC -> tf.image.resizeBicubic(image, size, ResizeBicubic.halfPixelCenters(true));
    };
  }
}
