package io.mobilenetspark.bench;

import ai.onnxruntime.OrtException;
import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.image.ImageInput;
import io.mobilenetspark.image.ImageLimits;
import io.mobilenetspark.image.ImageOptions;
import io.mobilenetspark.image.ImageOutcome;
import io.mobilenetspark.image.ResizeMethod;
import io.mobilenetspark.runtime.ImageSession;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/** ONNX Runtime behind a decoder. */
final class OnnxFeaturizer implements Featurizer {

  /** Reads a JPEG into [3, side, side] in [-1, 1], of a position on. */
  private interface Decoder extends AutoCloseable {
    void read(byte[] jpeg, FloatBuffer pixels, int position) throws IOException;

    @Override
    default void close() {}
  }

  private final OnnxSession session;
  private final Decoder decoder;
  private final int side;

  private OnnxFeaturizer(Path model, Decoder decoder, int side) throws OrtException {
    this.session = new OnnxSession(model);
    this.decoder = decoder;
    this.side = side;
  }

  static OnnxFeaturizer withImageIo(Path model, int side) throws OrtException {
    return new OnnxFeaturizer(
        model,
        (jpeg, pixels, position) -> {
          int[] rgb = ImageIoPixels.read(jpeg, side);
          for (int i = 0; i < rgb.length; i++) {
            for (int channel = 0; channel < 3; channel++) {
              int value = (rgb[i] >> (16 - 8 * channel)) & 0xff;
              pixels.put(position + channel * rgb.length + i, value / 127.5f - 1);
            }
          }
        },
        side);
  }

  static OnnxFeaturizer withOurDecoder(Path model, int side) throws OrtException {
    return new OnnxFeaturizer(model, new OurDecoder(side), side);
  }

  @Override
  public float[][] run(List<byte[]> jpegs) throws IOException, OrtException {
    int image = 3 * side * side;
    FloatBuffer pixels =
        ByteBuffer.allocateDirect(jpegs.size() * image * Float.BYTES)
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    for (int i = 0; i < jpegs.size(); i++) {
      decoder.read(jpegs.get(i), pixels, i * image);
    }
    return session.run(pixels, jpegs.size(), side);
  }

  @Override
  public void close() {
    decoder.close();
    session.close();
  }

  private static final class OurDecoder implements Decoder {
    private final ImageSession session = ImageSession.open(1);
    private final ImageOptions options;
    private final TFloat32 image;
    private final float[] rgb;

    OurDecoder(int side) {
      this.options =
          new ImageOptions(ImageSize.square(side), ResizeMethod.BILINEAR, ImageLimits.DEFAULT);
      this.image = TFloat32.tensorOf(Shape.of(side, side, 3));
      this.rgb = new float[3 * side * side];
    }

    @Override
    public void read(byte[] jpeg, FloatBuffer pixels, int position) throws IOException {
      ImageOutcome outcome =
          session.images().read(new ImageInput.Encoded(jpeg), options, image.asRawTensor().data());
      if (!(outcome instanceof ImageOutcome.Read)) {
        throw new IOException(outcome.toString());
      }
      image.asRawTensor().data().asFloats().read(rgb);
      int plane = rgb.length / 3;
      for (int i = 0; i < plane; i++) {
        for (int channel = 0; channel < 3; channel++) {
          pixels.put(position + channel * plane + i, 2 * rgb[3 * i + channel] - 1);
        }
      }
    }

    @Override
    public void close() {
      image.close();
      session.close();
    }
  }
}
