/**
 * From the bytes of an image file to the model's input: format, header, limits, decoding, resizing.
 *
 * <p>Bad input never throws here: every image ends in an {@link
 * io.mobilenetspark.image.ImageOutcome}. Knows the JDK, TensorFlow's decoders, ImageIO readers for
 * what those can't read, and a reader of EXIF; nothing of models or Spark.
 */
@NullMarked
package io.mobilenetspark.image;

import org.jspecify.annotations.NullMarked;
