package io.mobilenetspark.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.FloatDataBuffer;
import org.tensorflow.types.TFloat32;

/**
 * A SavedModel as it is, in a session with TensorFlow's own settings, behind the JDK's decoder: no
 * freezing, no folding, no threads set.
 */
final class SavedModelFeaturizer implements Featurizer {

  private final SavedModelBundle bundle;
  private final int side;

  SavedModelFeaturizer(Path model, int side) {
    this.bundle = SavedModelBundle.load(model.toString(), "serve");
    this.side = side;
  }

  @Override
  public float[][] run(List<byte[]> jpegs) throws IOException {
    float[] values = new float[3 * side * side];
    try (TFloat32 images = TFloat32.tensorOf(Shape.of(jpegs.size(), side, side, 3))) {
      FloatDataBuffer pixels = images.asRawTensor().data().asFloats();
      for (int n = 0; n < jpegs.size(); n++) {
        int[] rgb = ImageIoPixels.read(jpegs.get(n), side);
        for (int i = 0; i < rgb.length; i++) {
          for (int channel = 0; channel < 3; channel++) {
            values[3 * i + channel] = ((rgb[i] >> (16 - 8 * channel)) & 0xff) / 255f;
          }
        }
        pixels.offset((long) n * values.length).write(values);
      }
      try (Result result = bundle.function("serving_default").call(Map.of("inputs", images))) {
        TFloat32 features = (TFloat32) result.get(0);
        float[][] vectors = new float[jpegs.size()][(int) features.shape().get(1)];
        FloatDataBuffer from = features.asRawTensor().data().asFloats();
        for (int n = 0; n < vectors.length; n++) {
          from.offset((long) n * vectors[n].length).read(vectors[n]);
        }
        return vectors;
      }
    }
  }

  @Override
  public void close() {
    bundle.close();
  }
}
