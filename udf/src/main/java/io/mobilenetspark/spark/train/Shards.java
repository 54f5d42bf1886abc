package io.mobilenetspark.spark.train;

import io.mobilenetspark.train.TrainingRow;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.Dependency;
import org.apache.spark.OneToOneDependency;
import org.apache.spark.Partition;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.rdd.RDD;
import org.apache.spark.storage.StorageLevel;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag$;

/**
 * The rows of a training set, a {@link Shard} a worker. Spark keeps what is small of a shard, and
 * with it where its tasks best run. A task that runs elsewhere all the same, or after an executor
 * was lost, fetches its rows from the shuffle that dealt them out, once a process. Used on the
 * driver, by one thread.
 */
final class Shards implements AutoCloseable {

  /** Rows that are on the heap at a time where all of them are gone through. */
  private static final int GROUP = 32;

  private final JavaRDD<TrainingRow> dealt;
  private final JavaRDD<Shard> kept;
  private final Broadcast<FetchedShards> fetched;

  private Shards(JavaRDD<TrainingRow> dealt, JavaRDD<Shard> kept) {
    this.dealt = dealt;
    this.kept = kept;
    this.fetched = context().broadcast(new FetchedShards());
  }

  /**
   * Writes them to the executors' local disks.
   *
   * @param dealt the rows, a partition a worker
   */
  static Shards keep(JavaRDD<TrainingRow> dealt) {
    JavaRDD<Shard> kept =
        dealt
            .mapPartitions(rows -> List.of(Shard.write(rows)).iterator())
            .persist(StorageLevel.MEMORY_ONLY()); // anywhere else a shard has no pixels
    try {
      kept.count();
      return new Shards(dealt, kept);
    } catch (Throwable e) {
      kept.unpersist(); // what there is of them
      throw e;
    }
  }

  /** What a task makes of its worker's shard. */
  interface Use<T> extends Serializable {
    Iterator<T> of(Shard shard) throws IOException;
  }

  /** A partition a worker. */
  <T> JavaRDD<T> map(Use<T> use) {
    return new Used<>(kept.rdd(), dealt.rdd(), fetched, use).toJavaRDD();
  }

  /** All rows, those of a worker in the order of their numbers. */
  JavaRDD<TrainingRow> rows() {
    return map(Shards::rows);
  }

  /** A shard's rows in the order of their numbers, few of them on the heap. */
  static Iterator<TrainingRow> rows(Shard shard) {
    return new Iterator<>() {
      private int next;
      private Iterator<TrainingRow> group = List.<TrainingRow>of().iterator();

      @Override
      public boolean hasNext() {
        return group.hasNext() || next < shard.size();
      }

      @Override
      public TrainingRow next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        if (!group.hasNext()) {
          killTaskIfInterrupted();
          int to = Math.min(shard.size(), next + GROUP);
          try {
            group = shard.rows(next, to).iterator();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          next = to;
        }
        return group.next();
      }
    };
  }

  /** Between groups of rows, in a task: one whose job was cancelled ends here. */
  static void killTaskIfInterrupted() {
    TaskContext task = TaskContext.get();
    if (task != null) {
      task.killTaskIfInterrupted();
    }
  }

  JavaSparkContext context() {
    return JavaSparkContext.fromSparkContext(kept.context());
  }

  int workers() {
    return kept.getNumPartitions();
  }

  @Override
  public void close() {
    kept.unpersist();
    fetched.unpersist(); // not destroyed: rows dealt out anew may have to be fetched through it
    fetched.value().close(); // what unpersist leaves: the driver's, which is local mode's
  }

  private static final class Used<T> extends RDD<T> {
    private static final long serialVersionUID = 1;

    private final RDD<Shard> shards;
    private final RDD<TrainingRow> dealt;
    private final Broadcast<FetchedShards> fetched;
    private final Use<T> use;

    Used(RDD<Shard> shards, RDD<TrainingRow> dealt, Broadcast<FetchedShards> fetched, Use<T> use) {
      super(
          shards.sparkContext(),
          dependencies(shards, dealt),
          ClassTag$.MODULE$.apply(Object.class));
      this.shards = shards;
      this.dealt = dealt;
      this.fetched = fetched;
      this.use = use;
    }

    private static Seq<Dependency<?>> dependencies(RDD<Shard> shards, RDD<TrainingRow> dealt) {
      return CollectionConverters.asScala(
              List.<Dependency<?>>of(
                  new OneToOneDependency<>(shards), new OneToOneDependency<>(dealt)))
          .toSeq();
    }

    @Override
    public Partition[] getPartitions() {
      return shards.partitions();
    }

    @Override
    public scala.collection.Iterator<T> compute(Partition part, TaskContext task) {
      try {
        Shard shard = shards.iterator(part, task).next();
        if (!shard.isHere()) {
          shard =
              fetched
                  .value()
                  .of(part.index(), () -> CollectionConverters.asJava(dealt.iterator(part, task)));
        }
        return CollectionConverters.asScala(use.of(shard));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
