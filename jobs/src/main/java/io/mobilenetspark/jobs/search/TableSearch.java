package io.mobilenetspark.jobs.search;

import io.mobilenetspark.jobs.common.ExitCode;
import io.mobilenetspark.jobs.common.JobFailure;
import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.jobs.web.SearchedTable;
import io.mobilenetspark.spark.ClassicSpark;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.spark.sql.SparkSession;

/** A table that is searched for hours, and may be replaced or grow meanwhile. */
final class TableSearch implements SearchedTable {

  /** Looking at a table lists it, which a store of many directories takes seconds for. */
  private static final Duration LOOK = Duration.ofSeconds(2);

  private final SparkSession spark;
  private final Supplier<OpenTable> opener;
  private final ReentrantLock opening = new ReentrantLock();
  private volatile OpenTable open;
  private volatile long lookedAt = System.nanoTime();

  /**
   * @param open the table as it lies
   * @param opener opens it again when it has changed
   */
  TableSearch(SparkSession spark, OpenTable open, Supplier<OpenTable> opener) {
    this.spark = spark;
    this.open = open;
    this.opener = opener;
  }

  /** One looks whether it has changed, and opens it again; others go on with the old one. */
  private OpenTable current() {
    if (System.nanoTime() - lookedAt > LOOK.toNanos() && opening.tryLock()) {
      try {
        renew();
      } finally {
        opening.unlock();
      }
    }
    return open;
  }

  /** The table as it is now. */
  private OpenTable latest() {
    opening.lock();
    try {
      renew();
      return open;
    } finally {
      opening.unlock();
    }
  }

  private void renew() {
    if (!open.isCurrent()) {
      try {
        open = opener.get();
      } catch (UserException e) { // while it is replaced there may be none
        throw new UnavailableException(e.text(), e);
      }
    }
    lookedAt = System.nanoTime();
  }

  /**
   * Threads of the server have no session of their own, whose settings name columns. What fails
   * because the table's files have gone is tried once more with those that took their place.
   */
  private <T> T with(Function<OpenTable, T> work) {
    return ClassicSpark.within(
        spark,
        () -> {
          OpenTable table = current();
          try {
            return work.apply(table);
          } catch (Exception e) { // Spark throws checked exceptions out of methods without them
            RuntimeException failure = e instanceof RuntimeException r ? r : JobFailure.of(e);
            boolean isOfRequest =
                failure instanceof UserException user && user.exitCode() != ExitCode.JOB;
            OpenTable now = isOfRequest ? table : latest();
            if (now == table) {
              throw failure;
            }
            return work.apply(now);
          }
        });
  }

  @Override
  public Facts facts() {
    return with(OpenTable::facts);
  }

  @Override
  public Optional<Answer> ofRow(String id, int k) {
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
