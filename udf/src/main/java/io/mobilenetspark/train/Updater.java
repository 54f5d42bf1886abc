package io.mobilenetspark.train;

import static java.util.Objects.requireNonNull;

import io.mobilenetspark.train.ParameterLayout.Slice;
import java.util.Locale;

/**
 * Turns a state and a gradient into the next state, in plain Java arithmetic: the driver and every
 * worker get the same bits from the same numbers. Immutable; safe for use by many threads.
 */
public final class Updater {

  private final ParameterLayout layout;
  private final UpdateRule rule;
  private final double batchNormMomentum;

  /**
   * @param network what is trained
   * @param rule how
   */
  public Updater(TrainingNetwork network, UpdateRule rule) {
    this.layout = network.layout();
    this.rule = requireNonNull(rule, "rule");
    this.batchNormMomentum =
        network.spec().batchNorm() instanceof BatchNorm.Training training ? training.momentum() : 1;
  }

  /**
   * What a step's batch was about.
   *
   * @param step the step's number, from 0
   * @param loss mean cross-entropy of the batch plus the L2 terms, before the step
   * @param accuracy share of the batch's rows classified as labelled, before the step
   * @param learningRate the rate of the step
   * @param gradientNorm L2 norm of the whole gradient, before clipping
   */
  public record Progress(
      long step, double loss, double accuracy, double learningRate, double gradientNorm) {}

  /** The next state, and what the batch was about. */
  public record Step(TrainingState state, Progress progress) {}

  /**
   * Takes one step.
   *
   * @param state the state before; stays as it is
   * @param gradient of the whole batch
   * @throws TrainingDivergedException if the loss or the gradient is not a finite number
   */
  public Step apply(TrainingState state, Gradient gradient) {
    if (!(gradient.totals().weight() > 0)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "the batch of step %d has %d rows of total weight %s; some row must have a weight above 0",
              state.step(),
              gradient.totals().rows(),
              gradient.totals().weight()));
    }
    double rate = rule.learningRate().at(state.step());
    float[] parameters = state.parameters().clone();
    float[] mean = meanGradient(parameters, gradient);
    double loss = gradient.totals().meanLoss() + regularization(parameters);
    double norm = norm(mean);
    if (!Double.isFinite(loss) || !Double.isFinite(norm)) {
      throw new TrainingDivergedException(state.step(), rate, loss, norm);
    }
    clip(mean, norm);
    float[][] slots = new float[state.slots().length][];
    for (int i = 0; i < slots.length; i++) {
      slots[i] = state.slots()[i].clone();
    }
    for (Slice slice : layout.parameters()) {
      double sliceRate = slice.role().isHead() ? rate * rule.headRateFactor() : rate;
      move(slice, state.step(), sliceRate, parameters, mean, slots);
    }
    TrainingState next =
        new TrainingState(state.step() + 1, parameters, statistics(state, gradient), slots);
    return new Step(
        next, new Progress(state.step(), loss, gradient.totals().accuracy(), rate, norm));
  }

  /** The gradient of the mean loss with the L2 terms. */
  float[] meanGradient(float[] parameters, Gradient gradient) {
    float[] mean = gradient.values().clone();
    float scale = (float) (1 / gradient.totals().weight());
    for (Slice slice : layout.parameters()) {
      float l2 = slice.role() == ParameterLayout.Role.REGULARIZED_KERNEL ? (float) rule.l2() : 0;
      for (int i = slice.offset(); i < slice.end(); i++) {
        mean[i] = mean[i] * scale + l2 * parameters[i];
      }
    }
    return mean;
  }

  /** The modules' own term: {@code l2 * sum(w^2) / 2} of each regularised kernel. */
  public double regularization(float[] parameters) {
    if (rule.l2() == 0) {
      return 0;
    }
    double sum = 0;
    for (Slice slice : layout.parameters()) {
      if (slice.role() == ParameterLayout.Role.REGULARIZED_KERNEL) {
        for (int i = slice.offset(); i < slice.end(); i++) {
          sum += (double) parameters[i] * parameters[i];
        }
      }
    }
    return rule.l2() * sum / 2;
  }

  private static double norm(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += (double) value * value;
    }
    return Math.sqrt(sum);
  }

  private void clip(float[] gradient, double norm) {
    if (norm > rule.maxGradientNorm()) {
      float factor = (float) (rule.maxGradientNorm() / norm);
      for (int i = 0; i < gradient.length; i++) {
        gradient[i] *= factor;
      }
    }
  }

  private void move(
      Slice slice, long step, double rate, float[] w, float[] gradient, float[][] slots) {
    if (rule.optimizer() instanceof Optimizer.Sgd sgd) {
      sgd(slice, (float) rate, (float) sgd.momentum(), w, gradient, slots[0]);
    } else if (rule.optimizer() instanceof Optimizer.Adam adam) {
      adam(slice, step, rate, adam, w, gradient, slots);
    } else if (rule.optimizer() instanceof Optimizer.AdamW adamW) {
      if (slice.role().isKernel()) {
        float decay = (float) (rate * adamW.weightDecay());
        for (int i = slice.offset(); i < slice.end(); i++) {
          w[i] -= decay * w[i];
        }
      }
      adam(slice, step, rate, adamW.adam(), w, gradient, slots);
    }
  }

  private static void sgd(
      Slice slice, float rate, float momentum, float[] w, float[] gradient, float[] velocity) {
    for (int i = slice.offset(); i < slice.end(); i++) {
      velocity[i] = momentum * velocity[i] + gradient[i];
      w[i] -= rate * velocity[i];
    }
  }

  /** As TensorFlow's ApplyAdam. */
  private static void adam(
      Slice slice,
      long step,
      double rate,
      Optimizer.Adam adam,
      float[] w,
      float[] gradient,
      float[][] slots) {
    double t = step + 1.0;
    float alpha =
        (float) (rate * Math.sqrt(1 - Math.pow(adam.beta2(), t)) / (1 - Math.pow(adam.beta1(), t)));
    float rest1 = (float) (1 - adam.beta1());
    float rest2 = (float) (1 - adam.beta2());
    float epsilon = (float) adam.epsilon();
    float[] m = slots[0];
    float[] v = slots[1];
    for (int i = slice.offset(); i < slice.end(); i++) {
      m[i] += (gradient[i] - m[i]) * rest1;
      v[i] += (gradient[i] * gradient[i] - v[i]) * rest2;
      w[i] -= m[i] * alpha / ((float) Math.sqrt(v[i]) + epsilon);
    }
  }

  private float[] statistics(TrainingState state, Gradient gradient) {
    float[] moving = state.statistics().clone();
    float rest = (float) (1 - batchNormMomentum);
    float[] sums = gradient.statistics();
    for (int i = 0; i < moving.length; i++) {
      moving[i] -= (moving[i] - sums[i] / gradient.totals().rows()) * rest;
    }
    return moving;
  }
}
