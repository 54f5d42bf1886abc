package io.mobilenetspark.spark.train;

import static java.util.Objects.requireNonNull;

import io.mobilenetspark.common.Sha256;
import io.mobilenetspark.spark.DecodedImages;
import io.mobilenetspark.train.RunSeed;
import io.mobilenetspark.train.TrainingRow;
import java.io.Serializable;
import java.nio.ByteBuffer;

/**
 * A row, not numbered yet.
 *
 * @param key a hash of image, label and weight
 * @param isMarked whether the table keeps it for validation
 * @param isValidation whether it is kept for validation, for whatever reason
 */
record KeyedRow(long key, TrainingRow row, boolean isMarked, boolean isValidation)
    implements Serializable {

  /** Of an image that could be read, with columns {@link TrainingSet#CARRIED}. */
  static KeyedRow of(DecodedImages.Image image, long seed, ValidationSplit split) {
    byte[] pixels = requireNonNull(image.pixels());
    int label = (int) image.carried().getDouble(0);
    float weight = (float) image.carried().getDouble(1);
    long hash = hash(pixels);
    long key = RunSeed.mix(RunSeed.mix(hash, label), Float.floatToIntBits(weight));
    boolean isMarked = image.carried().getBoolean(2);
    return new KeyedRow(
        key,
        new TrainingRow(0, pixels, label, weight, image.carried().getUTF8String(3).toString()),
        isMarked,
        isMarked || split.keeps(label, draw(seed, split.drawnFrom(hash, key))));
  }

  /** What is random of a row, from 0 and below 1. */
  static double draw(long seed, long hash) {
    return (RunSeed.mix(seed, hash) >>> 11) * 0x1p-53;
  }

  static long hash(byte[] pixels) {
    return ByteBuffer.wrap(Sha256.digest().digest(pixels)).getLong();
  }

  /** Of what the table has of it; the split of the others follows from the settings. */
  long fingerprint() {
    return RunSeed.mix(RunSeed.mix(key, row.label()), isMarked ? 1 : 0);
  }
}
