package io.mobilenetspark.testing;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import org.opentest4j.AssertionFailedError;

/**
 * What tests need beside a JDK and Maven. Where it is missing a test says {@code NOT TESTED} on the
 * console and is skipped; where the system property {@code test.require} names it, a list divided
 * by commas, the test fails. Names are those of Python's modules, {@code data} for the reference
 * data, {@code prlimit} for the limit of memory and {@code chromium} for the browser and its
 * driver.
 */
public final class Prerequisites {

  private static final Set<String> SAID = new HashSet<>();

  private Prerequisites() {}

  /**
   * Ends a test whose prerequisites are missing.
   *
   * @param reason what is not tested, and why
   * @param names all that it needs
   */
  public static void missing(String reason, String... names) {
    say(reason, names);
    Assumptions.abort("NOT TESTED " + reason);
  }

  /** Says so, once, where a test goes on without; fails where it may not. */
  static synchronized void say(String reason, String... names) {
    if (required().containsAll(List.of(names))) {
      throw new AssertionFailedError(
          String.join(", ", names) + " is required here, by -Dtest.require: " + reason);
    }
    if (SAID.add(reason)) {
      System.out.println("NOT TESTED " + reason); // a skipped test's reason is only in its report
    }
  }

  private static List<String> required() {
    return Arrays.asList(System.getProperty("test.require", "").split(" *, *", -1));
  }
}
