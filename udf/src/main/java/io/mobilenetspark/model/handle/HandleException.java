package io.mobilenetspark.model.handle;

import java.io.IOException;

/** A handle can't be turned into files. */
public final class HandleException extends IOException {

  private final String problem;
  private final String cure;

  /**
   * @param problem what is wrong, in the middle of a sentence
   * @param cure what to do, as one or more sentences
   */
  public HandleException(String problem, String cure) {
    super(problem);
    this.problem = problem;
    this.cure = cure;
  }

  HandleException(String problem, String cure, Throwable cause) {
    super(problem, cause);
    this.problem = problem;
    this.cure = cure;
  }

  /** What is wrong, in the middle of a sentence. */
  public String problem() {
    return problem;
  }

  /** What to do about it, as one or more sentences. */
  public String cure() {
    return cure;
  }
}
