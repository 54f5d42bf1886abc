package io.mobilenetspark.testing;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.model.MobileNetWeights;
import io.mobilenetspark.model.ModelLoader;
import io.mobilenetspark.model.checkpoint.WeightTensor;
import io.mobilenetspark.model.export.ExportFacts;
import io.mobilenetspark.model.export.ExportFormat;
import io.mobilenetspark.model.export.ExportHead;
import io.mobilenetspark.model.export.ModelExporter;
import io.mobilenetspark.model.mobilenet.MobileNetV1;
import io.mobilenetspark.model.mobilenet.MobileNetV1.Layer;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;

/** MobileNets V1 of any depth multiplier with random weights; narrow ones load in no time. */
public final class TinyNetwork {

  private static final int[] CHANNELS = {
    32, 64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024
  };

  private TinyNetwork() {}

  /**
   * Makes one.
   *
   * @param multiplier as TF-Slim has it; no layer has fewer than 8 channels
   * @param classes of the classifier; 0 for none
   */
  public static MobileNetWeights of(double multiplier, int classes, long seed) {
    Random random = new Random(seed);
    Map<String, WeightTensor> tensors = new TreeMap<>();
    int inputs = 3;
    int block = 0;
    for (Layer layer : MobileNetV1.LAYERS) {
      int outputs =
          layer.isDepthwise() ? inputs : Math.max((int) (CHANNELS[block++] * multiplier), 8);
      long[] kernel = {layer.kernel(), layer.kernel(), inputs, layer.isDepthwise() ? 1 : outputs};
      int fanIn = layer.kernel() * layer.kernel() * (layer.isDepthwise() ? 1 : inputs);
      tensors.put(layer.weights(), random(random, 0, Math.sqrt(2.0 / fanIn), kernel));
      tensors.put(layer.gamma(), random(random, 1, 0.1, outputs));
      tensors.put(layer.beta(), random(random, 0.5, 0.1, outputs));
      tensors.put(layer.movingMean(), random(random, 0, 0.1, outputs));
      tensors.put(layer.movingVariance(), random(random, 1, 0.05, outputs));
      inputs = outputs;
    }
    if (classes > 0) {
      tensors.put(MobileNetV1.LOGITS_WEIGHTS, random(random, 0, 0.1, 1, 1, inputs, classes));
      tensors.put(MobileNetV1.LOGITS_BIASES, random(random, 0, 0.1, classes));
    }
    return MobileNetWeights.of("tiny", tensors);
  }

  /** Exports one of few channels, as {@link Witnesses} ask for it. */
  public static void export(Path directory, String format, int seed) {
    new ModelExporter(new Configuration())
        .export(
            of(0.01, 0, seed),
            new ExportFacts(ImageSize.square(ModelLoader.DEFAULT_IMAGE_SIDE), 0.997, 4e-5),
            ExportFormat.valueOf(format.toUpperCase(Locale.ROOT)),
            ExportHead.AUTO,
            directory.toString(),
            ModelExporter.IfExists.ERRORIFEXISTS);
  }

  private static WeightTensor random(Random random, double mean, double deviation, long... shape) {
    int size = 1;
    for (long dimension : shape) {
      size *= Math.toIntExact(dimension);
    }
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) (mean + deviation * random.nextGaussian());
    }
    return new WeightTensor(shape, values);
  }
}
