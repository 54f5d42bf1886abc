package io.mobilenetspark.train;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** The ops that change images as {@link Augmentation.Draw}s say. */
final class AugmentationGraph {

  /** [n, 4]: top, left, bottom, right, as shares of the image. */
  static final String BOXES = "augmentation/boxes";

  /** [n, 3]: brightness, contrast, saturation. */
  static final String COLOURS = "augmentation/colours";

  static final String OUTPUT = "augmentation/images";

  /** ITU-R BT.601's weights of red, green and blue, as {@code tf.image.rgb_to_grayscale} has. */
  private static final float[] LUMA = {0.2989f, 0.5870f, 0.1140f};

  private AugmentationGraph() {}

  /** From [n, side, side, 3] in [0, 1] to the same. */
  static Operand<TFloat32> addTo(Ops ops, Operand<TFloat32> images, int side) {
    Ops tf = ops.withSubScope("augmentation");
    Placeholder<TFloat32> boxes = input(tf, "boxes", 4);
    Placeholder<TFloat32> colours = input(tf, "colours", 3);
    Operand<TInt32> indices =
        tf.range(
            tf.constant(0),
            tf.squeeze(
                tf.slice(tf.shape(boxes), tf.constant(new int[] {0}), tf.constant(new int[] {1}))),
            tf.constant(1));
    Operand<TFloat32> x =
        tf.image.cropAndResize(images, boxes, indices, tf.constant(new int[] {side, side}));
    x = tf.math.add(x, colour(tf, colours, 0));
    Operand<TFloat32> mean = tf.math.mean(x, tf.constant(new int[] {1, 2}), Mean.keepDims(true));
    x = blend(tf, x, mean, colour(tf, colours, 1));
    Operand<TFloat32> gray =
        tf.math.mul(
            tf.math.mean(
                tf.math.mul(x, tf.constant(LUMA)), tf.constant(new int[] {3}), Mean.keepDims(true)),
            tf.constant(3f));
    x = blend(tf, x, gray, colour(tf, colours, 2));
    return tf.withName("images").clipByValue(x, tf.constant(0f), tf.constant(1f));
  }

  private static Placeholder<TFloat32> input(Ops tf, String name, int width) {
    return tf.withName(name)
        .placeholder(TFloat32.class, Placeholder.shape(Shape.of(Shape.UNKNOWN_SIZE, width)));
  }

  private static Operand<TFloat32> colour(Ops tf, Operand<TFloat32> colours, int column) {
    Operand<TFloat32> values =
        tf.slice(colours, tf.constant(new int[] {0, column}), tf.constant(new int[] {-1, 1}));
    return tf.reshape(values, tf.constant(new int[] {-1, 1, 1, 1}));
  }

  /** {@code base + (x - base) * factor}. */
  private static Operand<TFloat32> blend(
      Ops tf, Operand<TFloat32> x, Operand<TFloat32> base, Operand<TFloat32> factor) {
    return tf.math.add(base, tf.math.mul(tf.math.sub(x, base), factor));
  }
}
