package io.mobilenetspark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.mobilenetspark.model.ModelLoader;
import io.mobilenetspark.model.ModelRequest;
import io.mobilenetspark.train.ParameterLayout.Role;
import io.mobilenetspark.train.ParameterLayout.Slice;
import java.util.Arrays;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;

/** The arithmetic of a step, against its formulas; the golden runs compare it with TensorFlow. */
class UpdaterTest {

  private static final LearningRate RATE = LearningRate.constant(0.1);

  private final TrainingNetwork network =
      new TrainingNetwork(
          new ModelLoader(new Configuration()).weights(ModelRequest.of("builtin")),
          new NetworkSpec(
              3,
              64,
              new TrainedPart.FromLayer("Conv2d_13_depthwise"),
              new BatchNorm.Training(0.9),
              0,
              0,
              Augmentation.NONE));
  private final ParameterLayout layout = network.layout();

  /** A gradient of two rows: twice 0.5 everywhere, and batch statistics of twice 3. */
  private Gradient gradient() {
    float[] values = new float[layout.parameterCount()];
    Arrays.fill(values, 1f);
    float[] statistics = new float[layout.statisticCount()];
    Arrays.fill(statistics, 6f);
    return new Gradient(values, statistics, new Totals(2, 2, 1, 1));
  }

  private TrainingState state(Optimizer optimizer) {
    return network.initialState(Head.zero(network.featureCount(), 3), optimizer);
  }

  private TrainingState after(UpdateRule rule, int steps) {
    Updater updater = new Updater(network, rule);
    TrainingState state = state(rule.optimizer());
    for (int i = 0; i < steps; i++) {
      state = updater.apply(state, gradient()).state();
    }
    return state;
  }

  private Slice first(Role role) {
    return layout.parameters().stream().filter(s -> s.role() == role).findFirst().orElseThrow();
  }

  @Test
  void momentumCarriesOn() {
    UpdateRule rule = UpdateRule.plain(new Optimizer.Sgd(0.9), RATE);
    float[] start = state(rule.optimizer()).parameters();
    float[] end = after(rule, 2).parameters();
    for (int i = 0; i < start.length; i += 997) { // 0.1 * (0.5 + (0.9 * 0.5 + 0.5))
      assertThat(end[i]).isCloseTo(start[i] - 0.145f, within(1e-6f));
    }
  }

  @Test
  void theHeadHasARateOfItsOwn() {
    UpdateRule rule = new UpdateRule(new Optimizer.Sgd(0), RATE, 10, 0, Double.POSITIVE_INFINITY);
    float[] start = state(rule.optimizer()).parameters();
    float[] end = after(rule, 1).parameters();
    int head = first(Role.HEAD_KERNEL).offset();
    int body = first(Role.BATCH_NORM).offset();
    assertThat(start[head] - end[head]).isCloseTo(0.5f, within(1e-6f));
    assertThat(start[body] - end[body]).isCloseTo(0.05f, within(1e-6f));
  }

  @Test
  void l2PullsRegularizedKernelsAlone() {
    UpdateRule rule = new UpdateRule(new Optimizer.Sgd(0), RATE, 1, 0.2, Double.POSITIVE_INFINITY);
    float[] start = state(rule.optimizer()).parameters();
    float[] end = after(rule, 1).parameters();
    for (Slice slice : layout.parameters()) {
      int i = slice.offset();
      float pull = slice.role() == Role.REGULARIZED_KERNEL ? 0.2f * start[i] : 0;
      assertThat(end[i]).as(slice.name()).isCloseTo(start[i] - 0.1f * (0.5f + pull), within(1e-6f));
    }
    double squares = 0;
    Slice kernel = first(Role.REGULARIZED_KERNEL);
    for (int i = kernel.offset(); i < kernel.end(); i++) {
      squares += (double) start[i] * start[i];
    }
    Updater.Step step = new Updater(network, rule).apply(state(rule.optimizer()), gradient());
    assertThat(step.progress().loss()).isCloseTo(0.5 + 0.2 * squares / 2, within(1e-6));
    assertThat(step.progress().accuracy()).isEqualTo(0.5);
  }

  @Test
  void clippingKeepsTheDirection() {
    UpdateRule rule = new UpdateRule(new Optimizer.Sgd(0), RATE, 1, 0, 2);
    float[] start = state(rule.optimizer()).parameters();
    float[] end = after(rule, 1).parameters();
    double norm = 0;
    for (int i = 0; i < start.length; i++) {
      norm += Math.pow((start[i] - end[i]) / 0.1, 2);
    }
    assertThat(Math.sqrt(norm)).isCloseTo(2, within(0.02));
  }

  @Test
  void clippingBeginsAtTheLimit() {
    double norm = 0.5 * Math.sqrt(layout.parameterCount());
    float[] untouched = after(UpdateRule.plain(new Optimizer.Sgd(0), RATE), 1).parameters();
    float[] below =
        after(new UpdateRule(new Optimizer.Sgd(0), RATE, 1, 0, 1.01 * norm), 1).parameters();
    float[] above =
        after(new UpdateRule(new Optimizer.Sgd(0), RATE, 1, 0, 0.99 * norm), 1).parameters();
    assertThat(below).isEqualTo(untouched);
    float start = state(new Optimizer.Sgd(0)).parameters()[0];
    assertThat(start - above[0]).isCloseTo(0.99f * (start - untouched[0]), within(1e-6f));
  }

  @Test
  void decoupledDecayShrinksKernelsAlone() {
    Optimizer.AdamW rule = new Optimizer.AdamW(Optimizer.Adam.DEFAULT, 0.5);
    float[] start = state(rule).parameters();
    float[] end = after(UpdateRule.plain(rule, RATE), 1).parameters();
    for (Slice slice : layout.parameters()) {
      int i = slice.offset();
      // Adam's first step is the rate, whatever the gradient's size.
      float decayed = slice.role().isKernel() ? start[i] * (1 - 0.05f) : start[i];
      assertThat(end[i]).as(slice.name()).isCloseTo(decayed - 0.1f, within(1e-5f));
    }
  }

  @Test
  void movingStatisticsFollowTheBatch() {
    UpdateRule rule = UpdateRule.plain(new Optimizer.Sgd(0), RATE);
    float[] start = state(rule.optimizer()).statistics();
    float[] end = after(rule, 1).statistics();
    for (int i = 0; i < start.length; i++) {
      assertThat(end[i]).isCloseTo(0.9f * start[i] + 0.1f * 3, within(1e-5f));
    }
  }

  @Test
  void refusesStepsOnNonFiniteNumbers() {
    Updater updater = new Updater(network, UpdateRule.plain(new Optimizer.Sgd(0), RATE));
    float[] values = new float[layout.parameterCount()];
    values[7] = Float.NaN;
    Gradient broken =
        new Gradient(values, new float[layout.statisticCount()], new Totals(2, 2, 1, 1));
    assertThatThrownBy(() -> updater.apply(state(new Optimizer.Sgd(0)), broken))
        .isInstanceOf(TrainingDivergedException.class)
        .hasMessageContaining("step 0")
        .hasMessageContaining("learning rate of 0.1")
        .hasMessageContaining("Lower the learning rate");
    Gradient weightless =
        new Gradient(
            new float[values.length], new float[layout.statisticCount()], new Totals(2, 0, 0, 1));
    assertThatThrownBy(() -> updater.apply(state(new Optimizer.Sgd(0)), weightless))
        .hasMessageContaining("some row must have a weight above 0");
  }

  @Test
  void keptLayersStay() {
    TrainingState end = after(UpdateRule.plain(new Optimizer.Sgd(0), RATE), 1);
    var before = network.weights();
    var trained = network.weights("trained", end);
    assertThat(trained.get("MobilenetV1/Conv2d_12_pointwise/weights").values())
        .isEqualTo(before.get("MobilenetV1/Conv2d_12_pointwise/weights").values());
    assertThat(trained.get("MobilenetV1/Conv2d_13_pointwise/weights").values())
        .isNotEqualTo(before.get("MobilenetV1/Conv2d_13_pointwise/weights").values());
    assertThat(trained.classCount()).isEqualTo(3);
  }
}
