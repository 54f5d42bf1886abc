package io.mobilenetspark.jobs.search;

import io.mobilenetspark.jobs.web.SearchedTable;
import io.mobilenetspark.spark.ClassicSpark;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.spark.sql.SparkSession;

/** A table that is searched for hours, and may be replaced or grow meanwhile. */
final class TableSearch implements SearchedTable {

  private final SparkSession spark;
  private final Supplier<OpenTable> opener;
  private OpenTable open;

  /**
   * @param open the table as it lies
   * @param opener opens it again when it has changed
   */
  TableSearch(SparkSession spark, OpenTable open, Supplier<OpenTable> opener) {
    this.spark = spark;
    this.open = open;
    this.opener = opener;
  }

  private synchronized OpenTable current() {
    if (!open.isCurrent()) {
      open = opener.get();
    }
    return open;
  }

  /** Threads of the server have no session of their own, whose settings name columns. */
  private <T> T with(Function<OpenTable, T> work) {
    return ClassicSpark.within(spark, () -> work.apply(current()));
  }

  @Override
  public Facts facts() {
    return with(OpenTable::facts);
  }

  @Override
  public Answer ofRow(String id, int k) {
    return with(table -> table.ofRow(id, k));
  }

  @Override
  public Answer ofImage(byte[] file, int k) {
    return with(table -> table.ofImage(file, k));
  }

  @Override
  public Optional<byte[]> thumbnail(String id) {
    return with(table -> table.thumbnail(id));
  }
}
