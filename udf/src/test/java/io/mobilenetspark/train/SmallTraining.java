package io.mobilenetspark.train;

import io.mobilenetspark.model.ModelLoader;
import io.mobilenetspark.model.ModelRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;

/** A classifier of four classes on small pictures of noise. */
final class SmallTraining {

  static final int SIDE = 64;
  static final int CLASSES = 4;

  static NetworkSpec spec(double smoothing, double dropout, Augmentation augmentation) {
    return new NetworkSpec(
        CLASSES,
        SIDE,
        new TrainedPart.HeadOnly(),
        new BatchNorm.Frozen(),
        smoothing,
        dropout,
        augmentation);
  }

  static TrainingNetwork network(NetworkSpec spec) {
    return new TrainingNetwork(
        new ModelLoader(new Configuration()).weights(ModelRequest.of("builtin")), spec);
  }

  static TrainingState state(TrainingNetwork network) {
    Random random = new Random(3);
    float[] kernel = new float[network.featureCount() * CLASSES];
    for (int i = 0; i < kernel.length; i++) {
      kernel[i] = (float) (0.1 * random.nextGaussian());
    }
    return network.initialState(new Head(kernel, new float[CLASSES]), new Optimizer.Sgd(0));
  }

  static List<TrainingRow> rows(int count) {
    List<TrainingRow> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] pixels = new byte[SIDE * SIDE * 3];
      new Random(i).nextBytes(pixels);
      rows.add(new TrainingRow(i, pixels, i % CLASSES, 1));
    }
    return rows;
  }

  private SmallTraining() {}
}
