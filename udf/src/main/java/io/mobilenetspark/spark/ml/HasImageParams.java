package io.mobilenetspark.spark.ml;

import io.mobilenetspark.common.PublicApi;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;

/**
 * How images become model input; what {@link io.mobilenetspark.image.ImageOptions} says of each
 * applies. A value that can't be used is refused when it is set.
 *
 * @param <S> the stage, which the setters return
 */
@PublicApi
public interface HasImageParams<S extends Params> extends Params {

  /** The parameters themselves; for the stages of this package. */
  ImageParams imageParams();

  /**
   * {@code bilinear} (default), {@code bilinear_tf1}, {@code bilinear_antialias}, {@code area} or
   * {@code bicubic}.
   */
  default Param<String> resizeMethod() {
    return imageParams().resizeMethod;
  }

  /** The value of {@link #resizeMethod()}. */
  default String getResizeMethod() {
    return getOrDefault(resizeMethod());
  }

  /** Sets {@link #resizeMethod()}. */
  default S setResizeMethod(String value) {
    return StageParams.set(this, resizeMethod(), value);
  }

  /** {@code apply} (default) or {@code ignore}. */
  default Param<String> exifOrientation() {
    return imageParams().exifOrientation;
  }

  /** The value of {@link #exifOrientation()}. */
  default String getExifOrientation() {
    return getOrDefault(exifOrientation());
  }

  /** Sets {@link #exifOrientation()}. */
  default S setExifOrientation(String value) {
    return StageParams.set(this, exifOrientation(), value);
  }

  /** {@code drop} (default), {@code white} or {@code black}. */
  default Param<String> alpha() {
    return imageParams().alpha;
  }

  /** The value of {@link #alpha()}. */
  default String getAlpha() {
    return getOrDefault(alpha());
  }

  /** Sets {@link #alpha()}. */
  default S setAlpha(String value) {
    return StageParams.set(this, alpha(), value);
  }

  /** The part of each side that is kept, greater than 0, at most 1 (default, the whole image). */
  default DoubleParam cropFraction() {
    return imageParams().cropFraction;
  }

  /** The value of {@link #cropFraction()}. */
  default double getCropFraction() {
    return (Double) getOrDefault(cropFraction());
  }

  /** Sets {@link #cropFraction()}. */
  default S setCropFraction(double value) {
    return StageParams.set(this, cropFraction(), value);
  }

  /** {@code stretch} (default) or {@code pad}. */
  default Param<String> aspect() {
    return imageParams().aspect;
  }

  /** The value of {@link #aspect()}. */
  default String getAspect() {
    return getOrDefault(aspect());
  }

  /** Sets {@link #aspect()}. */
  default S setAspect(String value) {
    return StageParams.set(this, aspect(), value);
  }

  /** {@code exact} (default) or {@code fast}. */
  default Param<String> decodeScale() {
    return imageParams().decodeScale;
  }

  /** The value of {@link #decodeScale()}. */
  default String getDecodeScale() {
    return getOrDefault(decodeScale());
  }

  /** Sets {@link #decodeScale()}. */
  default S setDecodeScale(String value) {
    return StageParams.set(this, decodeScale(), value);
  }

  /** How an embedded ICC color profile is handled, default {@code ignore}. */
  default Param<String> colorProfile() {
    return imageParams().colorProfile;
  }

  /** The value of {@link #colorProfile()}. */
  default String getColorProfile() {
    return getOrDefault(colorProfile());
  }

  /** Sets {@link #colorProfile()}. */
  default S setColorProfile(String value) {
    return StageParams.set(this, colorProfile(), value);
  }

  /** Most encoded bytes of an image; 256 MiB by default. */
  default LongParam maxBytes() {
    return imageParams().maxBytes;
  }

  /** The value of {@link #maxBytes()}. */
  default long getMaxBytes() {
    return (Long) getOrDefault(maxBytes());
  }

  /** Sets {@link #maxBytes()}. */
  default S setMaxBytes(long value) {
    return StageParams.set(this, maxBytes(), value);
  }

  /** Most pixels of an image; 89,478,485 by default. */
  default LongParam maxPixels() {
    return imageParams().maxPixels;
  }

  /** The value of {@link #maxPixels()}. */
  default long getMaxPixels() {
    return (Long) getOrDefault(maxPixels());
  }

  /** Sets {@link #maxPixels()}. */
  default S setMaxPixels(long value) {
    return StageParams.set(this, maxPixels(), value);
  }

  /** Longest side of an image in pixels; 65,535 by default. */
  default IntParam maxSide() {
    return imageParams().maxSide;
  }

  /** The value of {@link #maxSide()}. */
  default int getMaxSide() {
    return (Integer) getOrDefault(maxSide());
  }

  /** Sets {@link #maxSide()}. */
  default S setMaxSide(int value) {
    return StageParams.set(this, maxSide(), value);
  }

  /** Most frames or pages of an image; 10,000 by default. */
  default IntParam maxFrames() {
    return imageParams().maxFrames;
  }

  /** The value of {@link #maxFrames()}. */
  default int getMaxFrames() {
    return (Integer) getOrDefault(maxFrames());
  }

  /** Sets {@link #maxFrames()}. */
  default S setMaxFrames(int value) {
    return StageParams.set(this, maxFrames(), value);
  }
}
