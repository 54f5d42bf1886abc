package io.mobilenetspark.jobs;

import static java.util.Objects.requireNonNull;

/** Ends a command with an exit code and one message: the problem, its cause, its cure. */
final class UserException extends RuntimeException {
  private final ExitCode exitCode;

  private UserException(ExitCode exitCode, String message, Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  private UserException(ExitCode exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  static UserException usage(String message) {
    return new UserException(ExitCode.USAGE, message);
  }

  static UserException input(String message) {
    return new UserException(ExitCode.INPUT, message);
  }

  static UserException input(String message, Throwable cause) {
    return new UserException(ExitCode.INPUT, message, cause);
  }

  static UserException job(String message) {
    return new UserException(ExitCode.JOB, message);
  }

  static UserException job(String message, Throwable cause) {
    return new UserException(ExitCode.JOB, message, cause);
  }

  ExitCode exitCode() {
    return exitCode;
  }

  String text() {
    return requireNonNull(getMessage(), "message");
  }
}
