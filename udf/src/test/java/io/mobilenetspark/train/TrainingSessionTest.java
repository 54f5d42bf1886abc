package io.mobilenetspark.train;

import static io.mobilenetspark.train.SmallTraining.CLASSES;
import static io.mobilenetspark.train.SmallTraining.SIDE;
import static io.mobilenetspark.train.SmallTraining.network;
import static io.mobilenetspark.train.SmallTraining.rows;
import static io.mobilenetspark.train.SmallTraining.spec;
import static io.mobilenetspark.train.SmallTraining.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What the graph does with rows, labels and random numbers. */
class TrainingSessionTest {
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
}
