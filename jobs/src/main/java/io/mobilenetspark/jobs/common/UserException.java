package io.mobilenetspark.jobs.common;

import static java.util.Objects.requireNonNull;

/** Ends a command with an exit code and one message: the problem, its cause, its cure. */
public final class UserException extends RuntimeException {
  private final ExitCode exitCode;

  private UserException(ExitCode exitCode, String message, Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  private UserException(ExitCode exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  public static UserException usage(String message) {
    return new UserException(ExitCode.USAGE, message);
  }

  public static UserException input(String message) {
    return new UserException(ExitCode.INPUT, message);
  }

  public static UserException input(String message, Throwable cause) {
    return new UserException(ExitCode.INPUT, message, cause);
  }

  public static UserException job(String message) {
    return new UserException(ExitCode.JOB, message);
  }

  public static UserException job(String message, Throwable cause) {
    return new UserException(ExitCode.JOB, message, cause);
  }

  public ExitCode exitCode() {
    return exitCode;
  }

  public String text() {
    return requireNonNull(getMessage(), "message");
  }
}
