package io.mobilenetspark.jobs.embed;

import io.mobilenetspark.jobs.cli.Console;
import io.mobilenetspark.jobs.common.UserException;
import java.util.HashSet;
import java.util.Set;

/** What is done when rows would be removed because a place that they are from has none. */
sealed interface WhenEmptied {

  /**
   * Whether the table is to stay as it is for that reason.
   *
   * @param why a place has no rows, and what to do about it
   * @throws UserException if that is an error
   */
  boolean leaves(String why);

  /** An error. */
  record Fail() implements WhenEmptied {
    @Override
    public boolean leaves(String why) {
      throw UserException.input(why);
    }
  }

  /** The table stays as it is: its input may just be being written. Each reason is told once. */
  final class Leave implements WhenEmptied {
    private final Console console;
    private final Set<String> told = new HashSet<>();

    Leave(Console console) {
      this.console = console;
    }

    @Override
    public boolean leaves(String why) {
      if (told.add(why)) {
        console.note(why + " Until then the table stays as it is.");
      }
      return true;
    }
  }
}
