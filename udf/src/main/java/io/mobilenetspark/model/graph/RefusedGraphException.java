package io.mobilenetspark.model.graph;

/**
 * A graph may not be run unless its author is trusted; the message states the problem, in the
 * middle of a sentence.
 */
public final class RefusedGraphException extends Exception {
  private static final long serialVersionUID = 1;

  RefusedGraphException(String problem) {
    super(problem);
  }

  /** What is wrong. */
  public String problem() {
    return String.valueOf(getMessage());
  }
}
