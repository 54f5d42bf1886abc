package io.mobilenetspark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

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
import java.util.Random;
import java.util.SplittableRandom;
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

/** What the graph does with rows, labels and random numbers. */
class TrainingSessionTest {

  private static final int SIDE = 64;
  private static final int CLASSES = 4;
  private static final int CALLS = Cases.count(60, 400, 1500);
  private static final int REPEATS = Cases.count(5, 30, 100);

  private static NetworkSpec spec(double smoothing, double dropout, Augmentation augmentation) {
    return new NetworkSpec(
        CLASSES,
        SIDE,
        new TrainedPart.HeadOnly(),
        new BatchNorm.Frozen(),
        smoothing,
        dropout,
        augmentation);
  }

  private static TrainingNetwork network(NetworkSpec spec) {
    return new TrainingNetwork(
        new ModelLoader(new Configuration()).weights(ModelRequest.of("builtin")), spec);
  }

  private static TrainingState state(TrainingNetwork network) {
    Random random = new Random(3);
    float[] kernel = new float[network.featureCount() * CLASSES];
    for (int i = 0; i < kernel.length; i++) {
      kernel[i] = (float) (0.1 * random.nextGaussian());
    }
    return network.initialState(new Head(kernel, new float[CLASSES]), new Optimizer.Sgd(0));
  }

  private static List<TrainingRow> rows(int count) {
    List<TrainingRow> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] pixels = new byte[SIDE * SIDE * 3];
      new Random(i).nextBytes(pixels);
      rows.add(new TrainingRow(i, pixels, i % CLASSES, 1));
    }
    return rows;
  }

  @Test
  void smoothedLabelsMixTheLossesOfAllClasses() {
    TrainingNetwork plain = network(spec(0, 0, Augmentation.NONE));
    TrainingNetwork smooth = network(spec(0.2, 0, Augmentation.NONE));
    TrainingState state = state(plain);
    TrainingRow row = rows(1).get(0);
    try (TrainingSession hard = TrainingSession.open(plain, 1);
        TrainingSession soft = TrainingSession.open(smooth, 1)) {
      double mean = 0;
      for (int label = 0; label < CLASSES; label++) {
        TrainingRow labelled = new TrainingRow(0, row.pixels(), label, 1);
        mean += hard.evaluate(state, List.of(labelled)).meanLoss() / CLASSES;
      }
      double own = hard.evaluate(state, List.of(row)).meanLoss();
      assertThat(soft.evaluate(state, List.of(row)).meanLoss())
          .isCloseTo(0.8 * own + 0.2 * mean, within(1e-5))
          .isNotCloseTo(own, within(1e-3));
    }
  }

  /**
   * By hand: a head of zeros with biases ln 2, 0, 0, -100 finds the classes' probabilities to be
   * 1/2, 1/4, 1/4 and 0, whatever the picture. Rows of weight 2, 3, 1 and 0 and of losses ln 2, ln
   * 4, ln 2 and ln 4 have the mean loss (2 ln 2 + 3 ln 4 + ln 2) / 6 = 1.5 ln 2. The biases'
   * gradient is (3 * (-1/2, 1/4, 1/4, 0) + 3 * (1/2, -3/4, 1/4, 0)) / 6 = (0, -1/4, 1/4, 0).
   */
  @Test
  void aBatchsLossIsTheMeanByTheRowsWeights() {
    TrainingNetwork network = network(spec(0, 0, Augmentation.NONE));
    Head head =
        new Head(
            new float[network.featureCount() * CLASSES],
            new float[] {(float) Math.log(2), 0, 0, -100});
    Optimizer sgd = new Optimizer.Sgd(0);
    TrainingState state = network.initialState(head, sgd);
    List<byte[]> pixels = rows(4).stream().map(TrainingRow::pixels).toList();
    List<TrainingRow> rows =
        List.of(
            new TrainingRow(0, pixels.get(0), 0, 2),
            new TrainingRow(1, pixels.get(1), 1, 3),
            new TrainingRow(2, pixels.get(2), 0, 1),
            new TrainingRow(3, pixels.get(3), 2, 0));
    UpdateRule rule = UpdateRule.plain(sgd, LearningRate.constant(0.4));
    try (TrainingSession session = TrainingSession.open(network, 1)) {
      Gradient ofTwoWorkers =
          session
              .gradient(state, rows.subList(0, 1), 9)
              .add(session.gradient(state, rows.subList(1, 4), 9));
      Updater.Step step = new Updater(network, rule).apply(state, ofTwoWorkers);
      assertThat(step.progress().loss()).isCloseTo(1.0397207708, within(1e-6));
      assertThat(network.head(step.state()).biases())
          .containsExactly(
              new float[] {0.6931472f, 0.1f, -0.1f, -100},
              org.assertj.core.data.Offset.offset(1e-6f));
      Totals totals = session.evaluate(state, rows);
      assertThat(totals.meanLoss()).isCloseTo(1.0397207708, within(1e-6));
      assertThat(totals.accuracy()).as("each row counts the same").isEqualTo(0.5);
    }
  }

  @Test
  void featuresAndHeadGiveTheLossThatTheGraphGives() {
    TrainingNetwork network = network(spec(0, 0, Augmentation.NONE));
    TrainingState state = state(network);
    try (TrainingSession session = TrainingSession.open(network, 1)) {
      float[] features = session.features(state, rows(3))[2];
      double[] wide = new double[features.length];
      for (int i = 0; i < wide.length; i++) {
        wide[i] = features[i];
      }
      double[] logits = network.head(state).logits(wide);
      double sum = 0;
      for (double logit : logits) {
        sum += Math.exp(logit);
      }
      assertThat(session.evaluate(state, rows(3).subList(2, 3)).meanLoss())
          .isCloseTo(Math.log(sum) - logits[2], within(1e-4));
    }
  }

  @Test
  void whatIsRandomDependsOnSeedAndRowAlone() {
    TrainingNetwork network = network(spec(0, 0.5, new Augmentation(0.5, 0.5, 0.3)));
    TrainingState state = state(network);
    List<TrainingRow> rows = rows(4);
    try (TrainingSession session = TrainingSession.open(network, 1)) {
      Gradient whole = session.gradient(state, rows, 9);
      assertThat(session.gradient(state, rows, 9).values()).isEqualTo(whole.values());
      assertThat(session.gradient(state, rows, 10).values()).isNotEqualTo(whole.values());
      Gradient halves =
          session
              .gradient(state, rows.subList(0, 2), 9)
              .add(session.gradient(state, rows.subList(2, 4), 9));
      double difference = 0;
      double size = 0;
      for (int i = 0; i < whole.values().length; i++) {
        difference += Math.pow(whole.values()[i] - halves.values()[i], 2);
        size += Math.pow(whole.values()[i], 2);
      }
      assertThat(Math.sqrt(difference / size)).isLessThan(1e-5);
      assertThat(halves.totals().rows()).isEqualTo(4);
    }
  }

  /** With a head of zeros the gradient of its kernel is in proportion to the features it got. */
  @Test
  void dropoutKeepsTheExpectation() {
    TrainingNetwork plain = network(spec(0, 0, Augmentation.NONE));
    TrainingNetwork dropping = network(spec(0, 0.75, Augmentation.NONE));
    TrainingState state =
        plain.initialState(Head.zero(plain.featureCount(), CLASSES), new Optimizer.Sgd(0));
    try (TrainingSession all = TrainingSession.open(plain, 1);
        TrainingSession some = TrainingSession.open(dropping, 1)) {
      float[] whole = all.gradient(state, rows(1), 9).values();
      float[] part = some.gradient(state, rows(1), 9).values();
      int used = 0;
      int kept = 0;
      for (int i = 0; i < plain.featureCount() * CLASSES; i += CLASSES) {
        if (Math.abs(whole[i]) > 1e-3) {
          used++;
          kept += part[i] == 0 ? 0 : 1;
          assertThat(part[i]).isCloseTo(part[i] == 0 ? 0 : 4 * whole[i], within(1e-5f));
        }
      }
      assertThat(used).isGreaterThan(100);
      assertThat((double) kept / used).isCloseTo(0.25, within(0.1));
    }
  }

  @Test
  void weightsOfRowsScaleTheirGradients() {
    TrainingNetwork network = network(spec(0, 0, Augmentation.NONE));
    TrainingState state = state(network);
    TrainingRow row = rows(1).get(0);
    TrainingRow heavy = new TrainingRow(0, row.pixels(), row.label(), 3);
    TrainingRow nothing = new TrainingRow(1, rows(2).get(1).pixels(), 1, 0);
    try (TrainingSession session = TrainingSession.open(network, 1)) {
      float[] once = session.gradient(state, List.of(row), 0).values();
      float[] thrice = session.gradient(state, List.of(heavy, nothing), 0).values();
      for (int i = 0; i < once.length; i += 13) {
        assertThat(thrice[i]).isCloseTo(3 * once[i], within(1e-4f * Math.abs(once[i]) + 1e-6f));
      }
    }
  }

  @Test
  void flippedImagesAreMirrored() {
    TrainingNetwork network = network(spec(0, 0, new Augmentation(1, 1, 0)));
    List<TrainingRow> rows = rows(2);
    try (TrainingSession session = TrainingSession.open(network, 1)) {
      float[] changed = session.augmented(rows, 5);
      byte[] pixels = rows.get(1).pixels();
      int offset = SIDE * SIDE * 3;
      for (int y = 0; y < SIDE; y += 7) {
        for (int x = 0; x < SIDE; x += 5) {
          for (int c = 0; c < 3; c++) {
            float original = (pixels[(y * SIDE + SIDE - 1 - x) * 3 + c] & 0xff) / 255f;
            assertThat(changed[offset + (y * SIDE + x) * 3 + c]).isCloseTo(original, within(1e-4f));
          }
        }
      }
    }
  }

  /** Red rises from left to right, green from top to bottom: their values say where a pixel was. */
  @Test
  void cropsAreTheBoxesThatWereDrawn() {
    Augmentation augmentation = new Augmentation(0.5, 0.3, 0);
    byte[] ramps = new byte[SIDE * SIDE * 3];
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        ramps[(y * SIDE + x) * 3] = (byte) Math.round(255.0 * x / (SIDE - 1));
        ramps[(y * SIDE + x) * 3 + 1] = (byte) Math.round(255.0 * y / (SIDE - 1));
      }
    }
    List<TrainingRow> rows = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      rows.add(new TrainingRow(i, ramps, 0, 1));
    }
    try (TrainingSession session = TrainingSession.open(network(spec(0, 0, augmentation)), 1)) {
      float[] changed = session.augmented(rows, 5);
      for (int i = 0; i < rows.size(); i++) {
        Augmentation.Draw draw = augmentation.draw(new SplittableRandom(RunSeed.mix(5, i)));
        assertThat(draw.bottom() - draw.top()).isBetween(0.4f, 1f);
        for (int at = 0; at < SIDE; at += 9) {
          float part = at / (SIDE - 1f);
          int pixel = ((i * SIDE + at) * SIDE + at) * 3;
          assertThat(changed[pixel])
              .isCloseTo(draw.left() + part * (draw.right() - draw.left()), within(0.004f));
          assertThat(changed[pixel + 1])
              .isCloseTo(draw.top() + part * (draw.bottom() - draw.top()), within(0.004f));
        }
      }
    }
  }

  /** Brightness is added, contrast is around the channel's mean, saturation around the gray. */
  @Test
  void coloursChangeAsDrawn() {
    Augmentation augmentation = new Augmentation(0, 1, 0.3);
    TrainingRow row = rows(3).get(2);
    int size = SIDE * SIDE * 3;
    try (TrainingSession session = TrainingSession.open(network(spec(0, 0, augmentation)), 1)) {
      float[] changed = session.augmented(List.of(row), 5);
      Augmentation.Draw draw = augmentation.draw(new SplittableRandom(RunSeed.mix(5, row.index())));
      double[] x = new double[size];
      double[] mean = new double[3];
      for (int i = 0; i < size; i++) {
        x[i] = (row.pixels()[i] & 0xff) / 255.0 + draw.brightness();
        mean[i % 3] += x[i] / (SIDE * SIDE);
      }
      for (int i = 0; i < size; i++) {
        x[i] = mean[i % 3] + (x[i] - mean[i % 3]) * draw.contrast();
      }
      for (int i = 0; i < size; i++) {
        int p = i - i % 3;
        double gray = 0.2989 * x[p] + 0.5870 * x[p + 1] + 0.1140 * x[p + 2];
        double expected = gray + (x[i] - gray) * draw.saturation();
        assertThat((double) changed[i]).isCloseTo(Math.max(0, Math.min(1, expected)), within(1e-4));
      }
    }
  }

  @Test
  void croppedAndColouredImagesStayInRangeAndDiffer() {
    TrainingNetwork network = network(spec(0, 0, new Augmentation(0, 0.3, 0.4)));
    List<TrainingRow> rows = rows(3);
    try (TrainingSession session = TrainingSession.open(network, 1)) {
      float[] once = session.augmented(rows, 5);
      assertThat(session.augmented(rows, 5)).isEqualTo(once);
      assertThat(session.augmented(rows, 6)).isNotEqualTo(once);
      for (float value : once) {
        assertThat(value).isBetween(0f, 1f);
      }
    }
  }

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
