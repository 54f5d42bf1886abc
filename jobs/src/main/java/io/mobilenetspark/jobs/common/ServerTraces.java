package io.mobilenetspark.jobs.common;

import java.util.regex.Pattern;

/** HDFS's name node puts its own stack trace into what it says, which is of no use to users. */
public final class ServerTraces {

  private static final Pattern TRACE = Pattern.compile("(?:\\s*\\n\\s+at [^\\n ]*\\([^\\n]*\\))+");

  private ServerTraces() {}

  /** A message without the lines of stack traces. */
  public static String without(String message) {
    return TRACE.matcher(message).replaceAll("").strip();
  }
}
