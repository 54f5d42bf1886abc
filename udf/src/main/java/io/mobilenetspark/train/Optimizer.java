package io.mobilenetspark.train;

import java.io.Serializable;

/** The rule by which a gradient moves the parameters; each as TensorFlow's kernel computes it. */
public sealed interface Optimizer extends Serializable {

  /** How many numbers a parameter the rule remembers from step to step. */
  int slots();

  /**
   * {@code v = momentum * v + g; w -= rate * v}.
   *
   * @param momentum in [0, 1)
   */
  record Sgd(double momentum) implements Optimizer {
    public Sgd {
      requireUnit("momentum", momentum);
    }

    @Override
    public int slots() {
      return 1;
    }
  }

  /**
   * Adam (Kingma and Ba, 2015), with Keras' place of epsilon.
   *
   * @param beta1 in [0, 1)
   * @param beta2 in [0, 1)
   * @param epsilon above 0
   */
  record Adam(double beta1, double beta2, double epsilon) implements Optimizer {

    /** Keras' defaults. */
    public static final Adam DEFAULT = new Adam(0.9, 0.999, 1e-7);

    public Adam {
      requireUnit("beta1", beta1);
      requireUnit("beta2", beta2);
      if (!(epsilon > 0)) {
        throw new IllegalArgumentException("epsilon must be above 0, not " + epsilon);
      }
    }

    @Override
    public int slots() {
      return 2;
    }
  }

  /**
   * Adam with decoupled weight decay (Loshchilov and Hutter, 2019): {@code w -= rate * weightDecay
   * * w} beside Adam's own step, on kernels; neither on BatchNorm nor on biases.
   *
   * @param adam the rule without the decay
   * @param weightDecay at least 0
   */
  record AdamW(Adam adam, double weightDecay) implements Optimizer {
    public AdamW {
      if (!(weightDecay >= 0)) {
        throw new IllegalArgumentException("the weight decay must be at least 0: " + weightDecay);
      }
    }

    @Override
    public int slots() {
      return adam.slots();
    }
  }

  private static void requireUnit(String name, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new IllegalArgumentException(name + " must be in [0, 1), not " + value);
    }
  }
}
