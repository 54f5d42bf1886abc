package io.mobilenetspark.jobs.audit;

import static java.util.Objects.requireNonNullElse;

import java.util.Comparator;
import java.util.Locale;

/** What can be wrong with an image. The words are written to tables and are stable. */
enum FindingKind implements Comparator<Finding> {
  NEAR_DUPLICATE("rows that look like another row"),
  LEAK("rows that look like a row of another split"),
  SUSPECT_LABEL("rows whose neighbours have another label"),
  OUTLIER("rows that are unlike all others"),
  DARK("dark images"),
  BRIGHT("bright images"),
  BLURRED("blurred images"),
  TINY("tiny images"),
  ODD_ASPECT("long, narrow images"),
  UNREADABLE("rows without a vector, or whose image can't be read");

  private final String meaning;

  FindingKind(String meaning) {
    this.meaning = meaning;
  }

  /** The word in the table. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The worst first; duplicates by their groups. */
  @Override
  public int compare(Finding one, Finding other) {
    int byKind =
        switch (this) {
          case NEAR_DUPLICATE, LEAK, UNREADABLE ->
              Integer.compare(
                  requireNonNullElse(one.group(), 0), requireNonNullElse(other.group(), 0));
          case SUSPECT_LABEL, OUTLIER, BRIGHT, ODD_ASPECT ->
              Double.compare(score(other), score(one));
          case DARK, BLURRED, TINY -> Double.compare(score(one), score(other));
        };
    return byKind != 0 ? byKind : Integer.compare(one.row(), other.row());
  }

  private static double score(Finding finding) {
    return requireNonNullElse(finding.score(), 0.0);
  }

  /** For people, in the plural. */
  String meaning() {
    return meaning;
  }
}
