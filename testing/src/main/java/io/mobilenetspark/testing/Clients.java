package io.mobilenetspark.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import org.junit.jupiter.api.Assumptions;

/**
 * The list of others' programs that tests were run with, and of those that were not there: {@code
 * target/clients.txt}, a line each, whose columns tabs divide. CI begins a new one, and prints it.
 */
public final class Clients {

  private Clients() {}

  /** Says that something passed. */
  public static void passed(String client, String version, String what) {
    add(client, version, what, "passed");
  }

  /**
   * Ends a test, or fails it where the build was told to require the client.
   *
   * @param names what the client needs; see {@link Prerequisites}
   */
  public static void missing(String client, String what, String reason, String... names) {
    skipped(client, what, reason, names);
    Assumptions.abort("NOT TESTED with " + client + ": " + reason);
  }

  /** Says, also in the log, that something was not run; fails likewise. */
  public static void skipped(String client, String what, String reason, String... names) {
    add(client, "-", what, "SKIPPED: " + reason);
    Prerequisites.say(String.format(Locale.ROOT, "with %s: %s (%s)", client, reason, what), names);
  }

  private static void add(String... columns) {
    Path file = SharedData.projectRoot().resolve("target/clients.txt");
    try {
      Files.createDirectories(file.getParent());
      Files.writeString(
          file,
          String.join("\t", columns) + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
