package io.mobilenetspark.jobs;

import io.mobilenetspark.testing.Installed;
import java.io.PrintWriter;
import java.io.StringWriter;

/** Runs commands as users do, and reads what they wrote. */
public final class Commands extends Installed {

  private Commands() {}

  /** Runs a command in this JVM, in its one Spark session: local[4]. */
  public static Outcome run(String... args) {
    session();
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code = Main.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
    return new Outcome(code, out.toString(), err.toString());
  }
}
