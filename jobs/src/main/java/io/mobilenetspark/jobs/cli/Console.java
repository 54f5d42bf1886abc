package io.mobilenetspark.jobs.cli;

import io.mobilenetspark.jobs.cli.CommonOptions.Verbosity;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import picocli.CommandLine;

/** What a command says to people: results on standard output, progress on standard error. */
public final class Console {
  private final PrintWriter out;
  private final PrintWriter err;
  private final Verbosity verbosity;

  public Console(CommandLine command, Verbosity verbosity) {
    this.out = command.getOut();
    this.err = command.getErr();
    this.verbosity = verbosity;
  }

  /**
   * Where messages go. The launcher sends standard error, which native libraries write to, to a
   * file and names another descriptor for what is meant for people.
   */
  public static PrintWriter messages() {
    String path = System.getenv("MOBILENET_SPARK_MESSAGES");
    if (path != null) {
      try {
        return writer(new FileOutputStream(path));
      } catch (IOException e) {
        // Not below the launcher after all: in a cluster's container, for one.
      }
    }
    return writer(System.err);
  }

  /** A writer to a terminal, or to what stands for one. */
  @SuppressForbidden("a terminal's charset is the machine's default")
  public static PrintWriter writer(OutputStream terminal) {
    return new PrintWriter(terminal, true, Charset.defaultCharset());
  }

  public Verbosity verbosity() {
    return verbosity;
  }

  /** A line of the result. */
  public void print(String line) {
    if (verbosity != Verbosity.QUIET) {
      out.println(line);
    }
  }

  /** A line about the progress. */
  public void note(String line) {
    if (verbosity != Verbosity.QUIET) {
      err.println(line);
    }
  }

  /** Replaces the current line of a terminal. */
  public void overwrite(String line) {
    if (verbosity != Verbosity.QUIET) {
      err.print("\r\u001b[K" + line);
      err.flush();
    }
  }

  /**
   * Whether progress may overwrite its own line. The launcher tells; Java can't ask about standard
   * error alone.
   */
  public boolean isTerminal() {
    return "true".equals(System.getenv("MOBILENET_SPARK_TERMINAL"));
  }
}
