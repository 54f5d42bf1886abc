package io.mobilenetspark.model;

import io.mobilenetspark.model.checkpoint.WeightTensor;
import io.mobilenetspark.model.mobilenet.MobileNetV1;
import io.mobilenetspark.model.mobilenet.MobileNetV1.Layer;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * An <b>untrained</b> MobileNet V1 with depth multiplier 0.75, for running everything without a
 * download. Its weights are seeded random numbers; its BatchNorm statistics are those of the
 * network's own activations on drawn pictures, so that no layer saturates or dies on photographs.
 *
 * <p>All in plain Java arithmetic, which is exactly the same on every machine, so that the
 * fingerprint is too.
 */
final class BuiltinModel {

  /** The handle. */
  static final String HANDLE = "builtin";

  /** The name in logs and metadata. */
  static final String NAME = "builtin (UNTRAINED MobileNet V1 0.75, seeded random weights)";

  private static final long SEED = 20180222;
  private static final int[] CHANNELS = {
    24, 48, 96, 96, 192, 192, 384, 384, 384, 384, 384, 384, 768, 768
  };
  private static final int PICTURES = 24;
  private static final int SIDE = 64;

  private BuiltinModel() {}

  private static final class Holder {
    private static final MobileNetWeights WEIGHTS = make();
  }

  /** The weights; made once, which takes about a second. */
  static MobileNetWeights weights() {
    return Holder.WEIGHTS;
  }

  private static MobileNetWeights make() {
    Random random = new Random(SEED);
    Map<String, WeightTensor> tensors = new TreeMap<>();
    Activations x = Activations.pictures(random);
    int inputs = 3;
    int block = 0;
    for (Layer layer : MobileNetV1.LAYERS) {
      int outputs = layer.isDepthwise() ? inputs : CHANNELS[block++];
      float[] kernel = randomKernel(random, layer, inputs, outputs);
      x =
          layer.isDepthwise()
              ? x.depthwise(kernel, layer.stride())
              : x.convolve(kernel, layer.kernel(), layer.stride(), outputs);
      float[] mean = x.mean();
      float[] variance = x.variance(mean);
      x.normalizeAndClip(mean, variance);
      tensors.put(layer.weights(), kernelTensor(layer, inputs, outputs, kernel));
      tensors.put(layer.gamma(), vector(filled(outputs, 1)));
      tensors.put(layer.beta(), vector(filled(outputs, 0)));
      tensors.put(layer.movingMean(), vector(mean));
      tensors.put(layer.movingVariance(), vector(variance));
      inputs = outputs;
    }
    return MobileNetWeights.of(HANDLE, tensors);
  }

  /** He et al.'s initialisation: the variance of the sums stays that of the inputs. */
  private static float[] randomKernel(Random random, Layer layer, int inputs, int outputs) {
    int fanIn = layer.kernel() * layer.kernel() * (layer.isDepthwise() ? 1 : inputs);
    double deviation = Math.sqrt(2.0 / fanIn);
    int size = layer.kernel() * layer.kernel() * (layer.isDepthwise() ? inputs : inputs * outputs);
    float[] kernel = new float[size];
    for (int i = 0; i < size; i++) {
      kernel[i] = (float) (random.nextGaussian() * deviation);
    }
    return kernel;
  }

  private static WeightTensor kernelTensor(Layer layer, int inputs, int outputs, float[] kernel) {
    long[] shape = {layer.kernel(), layer.kernel(), inputs, layer.isDepthwise() ? 1 : outputs};
    return new WeightTensor(shape, kernel);
  }

  private static WeightTensor vector(float[] values) {
    return new WeightTensor(new long[] {values.length}, values);
  }

  private static float[] filled(int size, float value) {
    float[] values = new float[size];
    Arrays.fill(values, value);
    return values;
  }

  /** A batch of activations [n, side, side, channels] and the few operations on it. */
  private static final class Activations {
    private final int side;
    private final int channels;
    private final float[] values;

    private Activations(int side, int channels) {
      this.side = side;
      this.channels = channels;
      this.values = new float[PICTURES * side * side * channels];
    }

    /** Pictures with light, colour, shapes, edges and grain, in [-1, 1]. */
    static Activations pictures(Random random) {
      Activations pictures = new Activations(SIDE, 3);
      for (int n = 0; n < PICTURES; n++) {
        double contrast = 0.2 + 0.8 * random.nextDouble();
        double grain = 0.15 * random.nextDouble();
        for (int c = 0; c < 3; c++) {
          double level = 2 * random.nextDouble() - 1;
          double slopeX = random.nextGaussian() * 0.5;
          double slopeY = random.nextGaussian() * 0.5;
          for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
              double value = level + slopeX * (x * 2.0 / SIDE - 1) + slopeY * (y * 2.0 / SIDE - 1);
              pictures.values[pictures.index(n, y, x, c)] =
                  (float) (value * contrast + grain * random.nextGaussian());
            }
          }
        }
        for (int shape = random.nextInt(12); shape >= 0; shape--) {
          pictures.drawEllipse(n, random, contrast);
        }
      }
      for (int i = 0; i < pictures.values.length; i++) {
        pictures.values[i] = Math.max(-1, Math.min(1, pictures.values[i]));
      }
      return pictures;
    }

    private void drawEllipse(int n, Random random, double contrast) {
      double centreX = random.nextDouble() * SIDE;
      double centreY = random.nextDouble() * SIDE;
      double radiusX = 2 + random.nextDouble() * SIDE / 3;
      double radiusY = 2 + random.nextDouble() * SIDE / 3;
      double[] colour = new double[3];
      for (int c = 0; c < 3; c++) {
        colour[c] = random.nextGaussian() * contrast;
      }
      for (int y = 0; y < SIDE; y++) {
        for (int x = 0; x < SIDE; x++) {
          double dx = (x - centreX) / radiusX;
          double dy = (y - centreY) / radiusY;
          if (dx * dx + dy * dy <= 1) {
            for (int c = 0; c < 3; c++) {
              values[index(n, y, x, c)] += (float) colour[c];
            }
          }
        }
      }
    }

    private int index(int n, int y, int x, int c) {
      return ((n * side + y) * side + x) * channels + c;
    }

    Activations convolve(float[] kernel, int size, int stride, int outputs) {
      Activations result = new Activations(side / stride, outputs);
      forEachTap(
          result,
          size,
          stride,
          (from, to, tap) -> {
            for (int in = 0; in < channels; in++) {
              float value = values[from + in];
              int row = (tap * channels + in) * outputs;
              for (int out = 0; out < outputs; out++) {
                result.values[to + out] += value * kernel[row + out];
              }
            }
          });
      return result;
    }

    Activations depthwise(float[] kernel, int stride) {
      Activations result = new Activations(side / stride, channels);
      forEachTap(
          result,
          3,
          stride,
          (from, to, tap) -> {
            for (int c = 0; c < channels; c++) {
              result.values[to + c] += values[from + c] * kernel[tap * channels + c];
            }
          });
      return result;
    }

    private interface Tap {
      void apply(int from, int to, int tap);
    }

    /** Each pair of an output pixel and an input pixel under its kernel; SAME padding. */
    private void forEachTap(Activations result, int size, int stride, Tap action) {
      int padBefore = (size - stride) / 2;
      for (int n = 0; n < PICTURES; n++) {
        for (int y = 0; y < result.side; y++) {
          for (int x = 0; x < result.side; x++) {
            int to = result.index(n, y, x, 0);
            for (int tap = 0; tap < size * size; tap++) {
              int fromY = y * stride + tap / size - padBefore;
              int fromX = x * stride + tap % size - padBefore;
              if (fromY >= 0 && fromY < side && fromX >= 0 && fromX < side) {
                action.apply(index(n, fromY, fromX, 0), to, tap);
              }
            }
          }
        }
      }
    }

    float[] mean() {
      double[] sums = new double[channels];
      for (int i = 0; i < values.length; i++) {
        sums[i % channels] += values[i];
      }
      return perPixel(sums);
    }

    float[] variance(float[] mean) {
      double[] sums = new double[channels];
      for (int i = 0; i < values.length; i++) {
        double difference = values[i] - mean[i % channels];
        sums[i % channels] += difference * difference;
      }
      return perPixel(sums);
    }

    private float[] perPixel(double[] sums) {
      float[] means = new float[channels];
      int pixels = values.length / channels;
      for (int c = 0; c < channels; c++) {
        means[c] = (float) (sums[c] / pixels);
      }
      return means;
    }

    void normalizeAndClip(float[] mean, float[] variance) {
      for (int i = 0; i < values.length; i++) {
        int c = i % channels;
        double normal = (values[i] - mean[c]) / Math.sqrt(variance[c] + MobileNetV1.EPSILON);
        values[i] = (float) Math.max(0, Math.min(6, normal));
      }
    }
  }
}
