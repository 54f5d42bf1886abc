package io.mobilenetspark.jobs.common;

/** What the process ends with. The numbers are documented and stable. */
public enum ExitCode {
  /** Done. */
  OK(0),
  /** The command line is wrong. */
  USAGE(2),
  /** The input or the output can't be used: no such path or column, a wrong type, it exists. */
  INPUT(3),
  /** The model can't be used. */
  MODEL(4),
  /** The job failed, or more rows failed than {@code --max-error-rate} allows. */
  JOB(5);

  private final int code;

  ExitCode(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }
}
