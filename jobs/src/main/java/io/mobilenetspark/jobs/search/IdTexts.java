package io.mobilenetspark.jobs.search;

import io.mobilenetspark.jobs.table.StoredVectors;
import io.mobilenetspark.spark.ClassicSpark;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/** Ids of a table as texts that its commands take. Safe for use by many threads. */
final class IdTexts {

  private static final String ID = "id";

  private final ClassicSpark.Evaluator text;

  /**
   * @param type of the ids
   */
  IdTexts(SparkSession spark, DataType type) {
    this.text =
        ClassicSpark.evaluator(
            spark, new StructType().add(ID, type), StoredVectors.text(functions.col(ID), type));
  }

  /**
   * The text.
   *
   * @param id as Spark has it
   */
  synchronized @Nullable String of(@Nullable Object id) {
    Object found = text.of(new GenericInternalRow(new @Nullable Object[] {id}));
    return found == null ? null : found.toString();
  }
}
