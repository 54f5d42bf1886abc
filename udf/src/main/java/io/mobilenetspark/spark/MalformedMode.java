package io.mobilenetspark.spark;

/** What is done with a row whose image can't be read; the names are those of Spark's readers. */
public enum MalformedMode {
  /** The row stays, without a vector, with its status and the reason. */
  PERMISSIVE,
  /** The row is left out, and counted. */
  DROPMALFORMED,
  /** The job fails with the row's reason. */
  FAILFAST
}
