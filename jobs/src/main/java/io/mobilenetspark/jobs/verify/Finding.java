package io.mobilenetspark.jobs.verify;

import io.mobilenetspark.jobs.cli.Console;
import io.mobilenetspark.jobs.cli.Style;
import io.mobilenetspark.jobs.common.Terminal;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What a check of a table has found.
 *
 * @param kind what it means
 * @param text for people: the problem, its cause and its cure where it is one
 */
record Finding(Kind kind, String text) {

  enum Kind {
    OK("ok    "),
    FAULT("FAULT "),
    /** What could not be checked, or is good to know. */
    NOTE("note  ");

    private final String label;

    Kind(String label) {
      this.label = label;
    }
  }

  static Finding ok(String text) {
    return new Finding(Kind.OK, text);
  }

  static Finding fault(String text) {
    return new Finding(Kind.FAULT, text);
  }

  static Finding note(String text) {
    return new Finding(Kind.NOTE, text);
  }

  boolean isFault() {
    return kind == Kind.FAULT;
  }

  /** As a person reads it. */
  String line(Console console) {
    return switch (kind) {
          case OK -> console.styled(Style.GOOD, kind.label);
          case FAULT -> console.styled(Style.ERROR, kind.label);
          case NOTE -> kind.label;
        }
        + Terminal.shown(text);
  }

  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("kind", kind.name().toLowerCase(Locale.ROOT));
    json.put("text", text);
    return json;
  }
}
