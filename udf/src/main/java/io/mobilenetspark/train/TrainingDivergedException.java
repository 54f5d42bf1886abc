package io.mobilenetspark.train;

import java.util.Locale;

/** The loss or the gradient is not finite; the state before the step is unharmed. */
public final class TrainingDivergedException extends RuntimeException {

  /**
   * The same, of a worker's steps.
   *
   * @param message of the exception there
   */
  public TrainingDivergedException(String message) {
    super(message);
  }

  TrainingDivergedException(long step, double learningRate, double loss, double gradientNorm) {
    super(
        String.format(
            Locale.ROOT,
            "Training diverged at step %d: the loss is %s and the gradient's norm %s at a learning rate"
                + " of %s. Lower the learning rate (a tenth of it, say), warm it up over more steps,"
                + " or clip the gradient's norm (to 1, say).",
            step,
            loss,
            gradientNorm,
            learningRate));
  }
}
