package io.mobilenetspark.spark;

import io.mobilenetspark.options.Choice;
import io.mobilenetspark.options.Choices;

/** What to do with a row whose image can't be read; the names are those of Spark's readers. */
public enum MalformedMode implements Choice {
  /** The row stays, without a vector, with its status and the reason. */
  PERMISSIVE,
  /** The row is left out, and counted. */
  DROPMALFORMED,
  /** The job fails with the row's reason. */
  FAILFAST;

  /** By their words. */
  public static final Choices<MalformedMode> CHOICES = Choices.of("mode", MalformedMode.class);

  /** In upper case, as Spark writes them. */
  @Override
  public String optionName() {
    return name();
  }
}
