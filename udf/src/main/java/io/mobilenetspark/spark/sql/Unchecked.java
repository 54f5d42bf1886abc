package io.mobilenetspark.spark.sql;

/** Throws Spark's checked exceptions where its Scala interfaces declare none, as Scala does. */
final class Unchecked {

  private Unchecked() {}

  /** Never returns; the type is for {@code throw} statements. */
  @SuppressWarnings("unchecked")
  static <E extends Throwable> RuntimeException rethrow(Throwable error) throws E {
    throw (E) error;
  }
}
