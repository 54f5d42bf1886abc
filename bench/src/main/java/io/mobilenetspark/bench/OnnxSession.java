package io.mobilenetspark.bench;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;

/** An {@link OnnxModel} in ONNX Runtime, on one thread. */
final class OnnxSession implements AutoCloseable {

  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final OrtSession session;

  OnnxSession(Path model) throws OrtException {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      this.session = environment.createSession(model.toString(), options);
    }
  }

  /**
   * The features of images.
   *
   * @param pixels of all, [images, 3, side, side] in [-1, 1], from position to limit; direct
   */
  float[][] run(FloatBuffer pixels, int images, int side) throws OrtException {
    try (OnnxTensor input =
            OnnxTensor.createTensor(environment, pixels, new long[] {images, 3, side, side});
        OrtSession.Result result = session.run(Map.of(OnnxModel.INPUT, input))) {
      return (float[][]) result.get(0).getValue();
    }
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime can't close its session", e);
    }
  }
}
