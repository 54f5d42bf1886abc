package io.mobilenetspark.train;

import static io.mobilenetspark.train.SmallTraining.CLASSES;
import static io.mobilenetspark.train.SmallTraining.SIDE;
import static io.mobilenetspark.train.SmallTraining.network;
import static io.mobilenetspark.train.SmallTraining.rows;
import static io.mobilenetspark.train.SmallTraining.spec;
import static io.mobilenetspark.train.SmallTraining.state;
import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.model.FrozenModel;
import io.mobilenetspark.model.ModelLoader;
import io.mobilenetspark.model.ModelRequest;
import io.mobilenetspark.model.export.ExportFormat;
import io.mobilenetspark.model.export.ExportHead;
import io.mobilenetspark.model.export.ModelExporter;
import io.mobilenetspark.model.settings.ExecutionPath;
import io.mobilenetspark.runtime.FeatureExtractor;
import io.mobilenetspark.runtime.Precision;
import io.mobilenetspark.testing.Cases;
import io.mobilenetspark.testing.Floats;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;

/** The same numbers, whatever threads, sessions and other models there are. */
class TrainingBitsTest {

  private static final int CALLS = Cases.count(60, 400, 1500);
  private static final int REPEATS = Cases.count(5, 30, 100);

  /**
   * Tasks of one executor run at once. In one session for all, one of a thousand calls gave another
   * loss.
   */
  @Test
  void concurrentTasksGetTheSameBits() throws Exception {
    TrainingNetwork network =
        new TrainingNetwork(
            new ModelLoader(new Configuration()).weights(ModelRequest.of("builtin")),
            new NetworkSpec(
                CLASSES,
                SIDE,
                new TrainedPart.WholeNetwork(),
                new BatchNorm.Training(0.99),
                0,
                0,
                Augmentation.NONE));
    TrainingState state = state(network);
    TrainingSessions sessions = new TrainingSessions(3);
    List<List<TrainingRow>> shares = List.of(rows(3), rows(7).subList(3, 7));
    ExecutorService threads = Executors.newFixedThreadPool(2);
    List<Double> expected = new ArrayList<>();
    for (List<TrainingRow> share : shares) {
      expected.add(loss(sessions, network, state, share));
    }
    for (int call = 0; call < CALLS; call++) {
      List<Future<Double>> losses = new ArrayList<>();
      for (List<TrainingRow> share : shares) { // begun at once, which makes the race likely
        losses.add(threads.submit(() -> loss(sessions, network, state, share)));
      }
      for (int i = 0; i < losses.size(); i++) {
        assertThat(losses.get(i).get()).isEqualTo(expected.get(i));
      }
    }
    threads.shutdown();
    assertThat(sessions.idle()).isEqualTo(2);
    assertThat(sessions.opened()).isEqualTo(2);
  }

  /** Two fits whose steps alternate find their own; the one that is done makes room in the end. */
  @Test
  void networksKeepTheirSessionsUpToABound() {
    TrainingNetwork network = network(spec(0, 0, Augmentation.NONE));
    TrainingSessions sessions = new TrainingSessions(2);
    for (int step = 0; step < 5; step++) {
      sessions.acquire("a", () -> network, 1, Optional.empty()).close();
      sessions.acquire("b", () -> network, 1, Optional.empty()).close();
    }
    assertThat(sessions.opened()).isEqualTo(2);
    sessions.acquire("c", () -> network, 1, Optional.empty()).close();
    assertThat(sessions.idle()).isEqualTo(2);
    sessions.acquire("b", () -> network, 1, Optional.empty()).close(); // used after a
    assertThat(sessions.opened()).isEqualTo(3);
    sessions.acquire("a", () -> network, 1, Optional.empty()).close();
    assertThat(sessions.opened()).isEqualTo(4);
    try (TrainingSessions.Lease one = sessions.acquire("a", () -> network, 1, Optional.empty());
        TrainingSessions.Lease two = sessions.acquire("a", () -> network, 1, Optional.empty())) {
      assertThat(one.session()).isNotSameAs(two.session());
    }
    assertThat(sessions.idle()).isEqualTo(2);
  }

  /** With two threads ops run in another order each time; the numbers must not. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void sameBitsEveryTime(int threads) {
    for (BatchNorm batchNorm : List.of(new BatchNorm.Frozen(), new BatchNorm.Training(0.99))) {
      TrainingNetwork network =
          new TrainingNetwork(
              new ModelLoader(new Configuration()).weights(ModelRequest.of("builtin")),
              new NetworkSpec(
                  CLASSES,
                  SIDE,
                  new TrainedPart.WholeNetwork(),
                  batchNorm,
                  0,
                  0,
                  Augmentation.NONE));
      TrainingState state = state(network);
      List<TrainingRow> rows = rows(8);
      try (TrainingSession session = TrainingSession.open(network, threads)) {
        Gradient gradient = session.gradient(state, rows, 0);
        double loss = session.evaluate(state, rows).meanLoss();
        for (int call = 0; call < REPEATS; call++) {
          Gradient again = session.gradient(state, rows, 0);
          assertThat(Arrays.equals(again.values(), gradient.values())).isTrue();
          assertThat(Arrays.equals(again.statistics(), gradient.statistics())).isTrue();
          assertThat(session.evaluate(state, rows).meanLoss()).isEqualTo(loss);
        }
      }
    }
  }

  private static double loss(
      TrainingSessions sessions,
      TrainingNetwork network,
      TrainingState state,
      List<TrainingRow> rows) {
    try (TrainingSessions.Lease lease =
        sessions.acquire(network.id(), () -> network, 1, Optional.empty())) {
      return lease.session().evaluate(state, rows).meanLoss();
    }
  }

  /**
   * TensorFlow keeps what it has prepared for a convolution by thread and shape, and does not tell
   * constant weights from others: a model in a thread that trained got other bits, and a training
   * after a model.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aModelAndATrainingInOneThreadKeepTheirBits(int threads, @TempDir Path temporary)
      throws Exception {
    String module = temporary.resolve("module").toString();
    ModelLoader loader = new ModelLoader(new Configuration());
    new ModelExporter(new Configuration())
        .export(
            loader,
            ModelRequest.of("builtin").withImageSize(SIDE, SIDE),
            ExportFormat.TF2,
            ExportHead.AUTO,
            module,
            ModelExporter.IfExists.ERRORIFEXISTS);
    FrozenModel model = loader.load(ModelRequest.of(module).withPath(ExecutionPath.GENERAL));
    TrainingNetwork network =
        network(
            new NetworkSpec(
                CLASSES,
                SIDE,
                new TrainedPart.WholeNetwork(),
                new BatchNorm.Frozen(),
                0,
                0,
                Augmentation.NONE));
    TrainingState state = state(network);
    List<TrainingRow> one = rows(1);
    try (FeatureExtractor extractor = FeatureExtractor.open(model, Precision.FLOAT32, threads);
        TrainingSession session = TrainingSession.open(network, threads)) {
      Callable<float[]> embed = () -> extract(extractor, one.get(0));
      Callable<float[]> train = () -> session.features(state, one)[0];
      float[] embedded = inNewThread(embed).get(0);
      float[] trained = inNewThread(train).get(0);

      List<float[]> trainedFirst = inNewThread(train, embed);
      Floats.assertSameBits(trainedFirst.get(1), embedded);
      List<float[]> embeddedFirst = inNewThread(embed, train);
      Floats.assertSameBits(embeddedFirst.get(1), trained);
    }
  }

  /** A layer that is not trained is constant, and has the shape of one that is. */
  @Test
  void onePictureHasTheSameBitsInAPartlyTrainedNetwork() {
    TrainingNetwork network =
        network(
            new NetworkSpec(
                CLASSES,
                SIDE,
                new TrainedPart.FromLayer("Conv2d_9_depthwise"),
                new BatchNorm.Frozen(),
                0,
                0,
                Augmentation.NONE));
    TrainingState state = state(network);
    List<TrainingRow> one = rows(1);
    float[] features = {};
    float[] gradient = {};
    for (int i = 0; i < REPEATS; i++) {
      try (TrainingSession session = TrainingSession.open(network, 2)) {
        for (int j = 0; j < 3; j++) {
          float[] itsGradient = session.gradient(state, one, 1).values();
          float[] itsFeatures = session.features(state, one)[0];
          if (i + j > 0) {
            Floats.assertSameBits(itsGradient, gradient);
            Floats.assertSameBits(itsFeatures, features);
          }
          gradient = itsGradient;
          features = itsFeatures;
        }
      }
    }
  }

  private static float[] extract(FeatureExtractor extractor, TrainingRow row) {
    float[] pixels = new float[SIDE * SIDE * 3];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (row.pixels()[i] & 0xff) / 255f;
    }
    try (TFloat32 batch = TFloat32.tensorOf(Shape.of(1, SIDE, SIDE, 3), DataBuffers.of(pixels))) {
      return extractor.extract(batch);
    }
  }

  @SafeVarargs
  private static List<float[]> inNewThread(Callable<float[]>... calls) throws Exception {
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      List<float[]> results = new ArrayList<>();
      for (Callable<float[]> call : calls) {
        results.add(thread.submit(call).get());
      }
      return results;
    } finally {
      thread.shutdownNow();
    }
  }
}
