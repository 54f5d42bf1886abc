package io.mobilenetspark.jobs.verify;

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

  @Override
  public String toString() {
    return kind.label + text;
  }
}
