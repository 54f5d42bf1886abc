package io.mobilenetspark.image;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.graph.Runs;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.buffer.ByteDataBuffer;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/** Turns decoded images, and crops and resizes them with TensorFlow's ops. Borrows its session. */
final class ImageResizer {

  private final Session session;

  ImageResizer(Session session) {
    this.session = session;
  }

  /**
   * Writes model input.
   *
   * @param target gets {@code options.size().rgbValues()} floats
   */
  void resize(
      DecodedImage image, Orientation orientation, ImageOptions options, ByteDataBuffer target) {
    if (orientation == Orientation.UPRIGHT) {
      resizeUpright(image.rgb(), options, target);
      return;
    }
    try (DecodedImage upright = UprightPixels.of(image, orientation)) {
      resizeUpright(upright.rgb(), options, target);
    }
  }

  private void resizeUpright(TUint8 image, ImageOptions options, ByteDataBuffer target) {
    Crop crop = options.crop();
    int height = (int) image.shape().get(0);
    int width = (int) image.shape().get(1);
    int croppedHeight = crop.length(height);
    int croppedWidth = crop.length(width);
    Placement place = Placement.of(croppedHeight, croppedWidth, options);
    try (TInt32 begin = TInt32.vectorOf(crop.start(height), crop.start(width), 0);
        TInt32 size = TInt32.vectorOf(croppedHeight, croppedWidth, 3);
        TInt32 targetSize = TInt32.vectorOf(place.height, place.width);
        TFloat32 scale =
            TFloat32.vectorOf(
                (float) place.height / croppedHeight, (float) place.width / croppedWidth)) {
      Session.Runner runner =
          session
              .runner()
              .feed(ImageGraph.PIXELS, image)
              .feed(ImageGraph.CROP_BEGIN, begin)
              .feed(ImageGraph.CROP_SIZE, size)
              .feed(ImageGraph.SIZE, targetSize);
      if (options.get(ImageSettings.RESIZE) == ResizeMethod.BILINEAR_ANTIALIAS) {
        runner.feed(ImageGraph.SCALE, scale);
      }
      try (Result resized =
          runner
              .fetch(ImageGraph.resized(options.get(ImageSettings.RESIZE)))
              .setOptions(Runs.IN_CALLERS_THREAD)
              .run()) {
        place.copy(resized.get(0).asRawTensor().data(), options.size(), target);
      }
    }
  }

  /**
   * Where a resized image lies in the model's input.
   *
   * @param y rows above it
   * @param x columns to its left
   * @param height its rows
   * @param width its columns
   */
  private record Placement(int y, int x, int height, int width) {

    static Placement of(int height, int width, ImageOptions options) {
      ImageSize size = options.size();
      if (options.get(ImageSettings.ASPECT) == AspectMode.STRETCH) {
        return new Placement(0, 0, size.height(), size.width());
      }
      // In floats, step by step, as resize_with_pad: its rounding decides on a row more or less.
      float ratio = Math.max((float) width / size.width(), (float) height / size.height());
      float resizedHeight = height / ratio;
      float resizedWidth = width / ratio;
      int y = Math.max(0, (int) Math.floor((size.height() - resizedHeight) / 2));
      int x = Math.max(0, (int) Math.floor((size.width() - resizedWidth) / 2));
      // At least a row, where resize_with_pad fails.
      return new Placement(y, x, Math.max(1, (int) resizedHeight), Math.max(1, (int) resizedWidth));
    }

    void copy(ByteDataBuffer resized, ImageSize size, ByteDataBuffer target) {
      if (height == size.height() && width == size.width()) {
        resized.copyTo(target, (long) size.rgbValues() * Float.BYTES);
        return;
      }
      long pixelBytes = 3L * Float.BYTES;
      byte[] black = new byte[Math.toIntExact(size.width() * pixelBytes)];
      for (int row = 0; row < size.height(); row++) {
        target.offset(row * (long) black.length).write(black);
        if (row >= y && row < y + height) {
          resized
              .slice((long) (row - y) * width * pixelBytes, width * pixelBytes)
              .copyTo(
                  target.offset(row * (long) black.length + x * pixelBytes), width * pixelBytes);
        }
      }
    }
  }
}
