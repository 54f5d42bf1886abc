package io.mobilenetspark.image;

import io.mobilenetspark.graph.Runs;
import java.util.Arrays;
import java.util.Locale;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TFInvalidArgumentException;
import org.tensorflow.exceptions.TFOutOfRangeException;
import org.tensorflow.exceptions.TFUnimplementedException;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.buffer.ByteDataBuffer;
import org.tensorflow.types.TString;
import org.tensorflow.types.TUint8;

/** Decodes with TensorFlow's own ops, in native memory. Borrows its session. */
final class TensorFlowDecoder {

  private final Session session;

  TensorFlowDecoder(Session session) {
    this.session = session;
  }

  /**
   * Decodes.
   *
   * @param header the header of these bytes, within the limits
   * @param scale for JPEG, 1, 2, 4 or 8: the part of its sides; 1 for other formats
   */
  DecodedImage decode(ImageHeader header, byte[] bytes, AlphaMode alpha, int scale)
      throws RejectedImageException {
    try {
      return switch (header.format()) {
        case JPEG -> run(JpegMarkers.withoutLeadingGarbage(bytes), ImageGraph.jpeg(scale));
        case PNG -> png(PngChunks.withoutInflatables(bytes), alpha);
        case GIF -> gif(GifBlocks.of(bytes), bytes);
        case BMP -> run(BmpHeader.withoutTrailer(bytes), ImageGraph.DECODED);
        case ICO -> {
          byte[] png = IcoDirectory.largest(bytes).png(bytes);
          yield png(PngChunks.withoutInflatables(png), alpha);
        }
        case WEBP, TIFF, PNM, TGA, PSD, PIXELS ->
            throw new IllegalArgumentException("not for TensorFlow: " + header.format());
      };
    } catch (TFInvalidArgumentException | TFUnimplementedException | TFOutOfRangeException e) {
      throw undecodable(header, bytes, e);
    }
  }

  private DecodedImage png(byte[] bytes, AlphaMode alpha) {
    if (alpha == AlphaMode.DROP) {
      return run(bytes, ImageGraph.DECODED);
    }
    try (DecodedImage rgba = run(bytes, ImageGraph.PNG_WITH_ALPHA)) {
      int width = rgba.width();
      ByteDataBuffer pixels = rgba.rgb().asRawTensor().data();
      DecodedImage blended = DecodedImage.unwritten(rgba.height(), width);
      byte[] from = new byte[4 * width];
      byte[] to = new byte[3 * width];
      try {
        for (int y = 0; y < rgba.height(); y++) {
          pixels.offset((long) y * from.length).read(from);
          AlphaBlend.rgba(alpha, from, to, width);
          blended.writeRow(y, to);
        }
        return blended;
      } catch (RuntimeException | Error e) {
        blended.close();
        throw e;
      }
    }
  }

  private DecodedImage gif(GifBlocks gif, byte[] bytes) {
    DecodedImage frame = run(gif.firstFrameOnly(bytes), ImageGraph.DECODED);
    GifBlocks.Frame place = gif.first();
    if (place == null || place.covers(gif.width(), gif.height())) {
      return frame;
    }
    try (frame) {
      return onCanvas(frame, place, gif.width(), gif.height());
    }
  }

  /** A frame on black, cut off where it leaves the canvas, as TensorFlow does. */
  private static DecodedImage onCanvas(
      DecodedImage frame, GifBlocks.Frame place, int width, int height) {
    DecodedImage canvas = DecodedImage.unwritten(height, width);
    ByteDataBuffer pixels = frame.rgb().asRawTensor().data();
    byte[] row = new byte[3 * width];
    int kept = 3 * Math.max(0, Math.min(frame.width(), width - place.left()));
    for (int y = 0; y < height; y++) {
      int from = y - place.top();
      if (kept > 0 && from >= 0 && from < frame.height()) {
        pixels.offset(3L * from * frame.width()).read(row, 3 * place.left(), kept);
      } else {
        Arrays.fill(row, (byte) 0);
      }
      canvas.writeRow(y, row);
    }
    return canvas;
  }

  private DecodedImage run(byte[] bytes, String op) {
    try (TString content = TString.tensorOfBytes(NdArrays.scalarOfObject(bytes))) {
      Result result =
          session
              .runner()
              .feed(ImageGraph.CONTENT, content)
              .fetch(op)
              .setOptions(Runs.IN_CALLERS_THREAD)
              .run();
      return new DecodedImage((TUint8) result.get(0), result::close);
    }
  }

  private static RejectedImageException undecodable(
      ImageHeader header, byte[] bytes, RuntimeException e) {
    String what = header.describe(bytes.length);
    if (!ImageHeader.isComplete(header.format(), bytes)) {
      return new RejectedImageException(
          ImageStatus.TRUNCATED,
          String.format(Locale.ROOT, "%s that ends before the image does", what));
    }
    return new RejectedImageException(
        ImageStatus.CORRUPT,
        String.format(Locale.ROOT, "%s that can't be decoded: %s", what, firstLine(e)));
  }

  /** TensorFlow's message without the graph node's name that it adds below. */
  private static String firstLine(RuntimeException e) {
    String message = String.valueOf(e.getMessage()).strip();
    int end = message.indexOf('\n');
    String line = end < 0 ? message : message.substring(0, end);
    int node = line.indexOf("[[{{node");
    return (node < 0 ? line : line.substring(0, node)).strip();
  }
}
