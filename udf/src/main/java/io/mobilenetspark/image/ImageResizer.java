package io.mobilenetspark.image;

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
    Placement place =
        options.get(ImageSettings.ASPECT) == AspectMode.STRETCH
            ? Placement.whole(options.size())
            : Placement.padded(croppedHeight, croppedWidth, options.size());
    try (TInt32 begin = TInt32.vectorOf(crop.start(height), crop.start(width), 0);
        TInt32 size = TInt32.vectorOf(croppedHeight, croppedWidth, 3);
        TInt32 targetSize = TInt32.vectorOf(place.height(), place.width());
        TFloat32 scale =
            TFloat32.vectorOf(
                (float) place.height() / croppedHeight, (float) place.width() / croppedWidth)) {
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
}
