package io.mobilenetspark.jobs.output;

import io.mobilenetspark.jobs.table.RunReport;
import io.mobilenetspark.jobs.table.StoredVectors;
import io.mobilenetspark.jobs.table.VectorKind;
import java.io.Closeable;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** The table that a command writes: there whole, or as it was. */
public sealed interface OutputTable extends Closeable permits VectorTable, TransactionalTable {

  /** Where it is, for people. */
  String place();

  List<String> partitionBy();

  /** Whether there is nothing to do: a table is there and the mode is to leave it. */
  boolean leavesWhatExists();

  /** Whether the run before this one died, and had no time to say why. */
  default boolean followsDeadRun() {
    return false;
  }

  /**
   * Takes the place, before any work.
   *
   * @param input what is read, under whatever name; the output must be apart from its files
   * @throws io.mobilenetspark.jobs.common.UserException if nothing can be written there
   */
  void begin(Dataset<Row> input);

  /**
   * Fails unless the vectors go together with those that stay.
   *
   * @param kind what the new ones are
   * @throws io.mobilenetspark.jobs.common.UserException if they differ in what moves vectors, or in
   *     their columns
   */
  void requireComparable(VectorKind kind);

  /**
   * Writes the table, or what is added to it.
   *
   * @param footer what the table says of its vectors
   */
  void write(Dataset<Row> vectors, Map<String, String> footer);

  /**
   * Ends the writing.
   *
   * @throws io.mobilenetspark.jobs.common.UserException if the table is not in its place
   */
  void commit(RunReport report, SparkSession spark);

  /**
   * Ends the run; leaves nothing of it but what was committed.
   *
   * @return whether the table is in its place
   */
  boolean end();

  @Override
  default void close() {
    var unused = end();
  }

  /** The table as it lies then. */
  StoredVectors stored(SparkSession spark);
}
