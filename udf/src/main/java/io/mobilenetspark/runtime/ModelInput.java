package io.mobilenetspark.runtime;

import io.mobilenetspark.common.ImageSize;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.ByteDataBuffer;
import org.tensorflow.types.TFloat32;

/**
 * The pixels of a batch of images, in the tensors of the runs that it takes: one of all images, or
 * several of as many images as each run must have. Owns the tensors. For one thread.
 */
final class ModelInput implements AutoCloseable {

  private final ImageSize size;
  private final long imageBytes;
  private final RunSize runSize;
  private final int places;
  private final List<TFloat32> runs = new ArrayList<>();
  private int kept;

  /**
   * @param size of the images
   * @param runSize how many images a run has
   * @param most how many images there may be, at least 1
   */
  ModelInput(ImageSize size, RunSize runSize, int most) {
    this.size = size;
    this.imageBytes = (long) size.rgbValues() * Float.BYTES;
    this.runSize = runSize;
    this.places = runSize.of(most);
  }

  /** The place of the next image; the same one until {@link #keep} is called. */
  ByteDataBuffer next() {
    if (kept == runs.size() * places) {
      runs.add(tensor(places));
    }
    return pixels(runs.get(kept / places)).offset(kept % places * imageBytes);
  }

  /** What is in the place of the next image is an image. */
  void keep() {
    kept++;
  }

  /** The vectors of the images that were kept, one after another. */
  float[] extract(FeatureExtractor extractor) {
    int dimension = extractor.model().dimension();
    float[] features = new float[Math.multiplyExact(kept, dimension)];
    for (int from = 0; from < kept; from += places) {
      int images = Math.min(places, kept - from);
      float[] ofRun = extract(extractor, runs.get(from / places), images);
      System.arraycopy(ofRun, 0, features, from * dimension, images * dimension);
    }
    return features;
  }

  /** The vectors of a run's first images, and perhaps more. */
  private float[] extract(FeatureExtractor extractor, TFloat32 run, int images) {
    int needed = runSize.of(images);
    if (needed == places) {
      for (int i = images; i < places; i++) { // any image: memory may hold what is slow to compute
        pixels(run).copyTo(pixels(run).offset(i * imageBytes), imageBytes);
      }
      return extractor.extract(run);
    }
    try (TFloat32 filled = tensor(needed)) {
      pixels(run).copyTo(pixels(filled), needed * imageBytes);
      return extractor.extract(filled);
    }
  }

  private static ByteDataBuffer pixels(TFloat32 run) {
    return run.asRawTensor().data();
  }

  private TFloat32 tensor(int images) {
    return TFloat32.tensorOf(Shape.of(images, size.height(), size.width(), 3));
  }

  @Override
  public void close() {
    runs.forEach(TFloat32::close);
  }
}
