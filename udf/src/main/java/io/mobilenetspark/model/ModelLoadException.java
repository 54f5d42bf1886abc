package io.mobilenetspark.model;

/**
 * A model can't be used. The message is for the person who named the model: the model, the problem,
 * and what to do about it.
 */
public final class ModelLoadException extends RuntimeException {

  public ModelLoadException(String message) {
    super(message);
  }

  public ModelLoadException(String message, Throwable cause) {
    super(message, cause);
  }
}
