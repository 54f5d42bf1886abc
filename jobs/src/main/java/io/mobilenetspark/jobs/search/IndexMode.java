package io.mobilenetspark.jobs.search;

import io.mobilenetspark.options.Choice;
import io.mobilenetspark.options.Choices;

/** Whether neighbours are looked for by an index of the table. */
public enum IndexMode implements Choice {
  /** Each row is compared. */
  NONE,
  /** By the index, if there is one that fits the table. */
  USE,
  /** By the index, which is made first unless there is one that fits the table. */
  BUILD;

  public static final Choices<IndexMode> CHOICES = Choices.of("use of an index", IndexMode.class);
}
