package io.mobilenetspark.spark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobilenetspark.testing.SparkTestSession;
import io.mobilenetspark.train.EpochOrder;
import io.mobilenetspark.train.TrainingRow;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import scala.jdk.javaapi.CollectionConverters;

/** Rows of training sets as workers keep them. */
class ShardsTest {

  private static final int SIDE = 8;

  private final Random random = new Random(5);
  private JavaSparkContext spark;

  @BeforeEach
  void open() {
    SparkSession session = SparkTestSession.get();
    spark = JavaSparkContext.fromSparkContext(session.sparkContext());
  }

  /** With an order of its own for each epoch, against a look at each row. */
  @Test
  void batchesAreThoseOfTheOrder() throws IOException {
    for (int rows : new int[] {24, 25, 101, 480}) {
      EpochOrder order = new EpochOrder(rows, 4, 24, random.nextLong());
      for (int worker = 0; worker < 4; worker++) {
        int number = worker;
        List<TrainingRow> own =
            new ArrayList<>(
                rows(rows).stream().filter(r -> order.workerOf(r.index()) == number).toList());
        Collections.shuffle(own, random);
        Shard shard = Shard.write(own.iterator());
        for (long step = 0; step < 3 * order.stepsPerEpoch(); step++) {
          EpochOrder.Epoch epoch = order.epoch(order.epochOf(step));
          long inEpoch = step % order.stepsPerEpoch();
          List<TrainingRow> expected =
              own.stream()
                  .filter(row -> epoch.place(row.index()) / 24 == inEpoch)
                  .sorted(Comparator.comparingLong(row -> epoch.place(row.index())))
                  .toList();
          assertSame(shard.batch(order, step), expected);
        }
      }
    }
  }

  @Test
  void rowsComeInTheOrderOfTheirNumbers() {
    List<TrainingRow> rows = rows(131);
    try (Shards shards = shards(rows, 3)) {
      assertThat(shards.workers()).isEqualTo(3);
      List<TrainingRow> read = shards.rows().collect();
      assertThat(read.stream().map(TrainingRow::index).toList().subList(0, 40))
          .isSortedAccordingTo(Comparator.naturalOrder());
      assertSame(read.stream().sorted(Comparator.comparingLong(TrainingRow::index)).toList(), rows);
    }
  }

  /** A worker without rows, of a validation set say. */
  @Test
  void aShardMayBeEmpty() throws IOException {
    Shard shard = Shard.write(Collections.emptyIterator());
    assertThat(shard.isHere()).isTrue();
    assertThat(shard.rows(0, 0)).isEmpty();
    try (Shards shards = shards(rows(1), 3)) {
      assertSame(shards.rows().collect(), rows(1));
    }
  }

  /** As on another machine, or after somebody has tidied a local directory. */
  @Test
  void pixelsThatAreGoneAreFetchedAgainOnce() throws Exception {
    List<TrainingRow> rows = rows(60);
    List<File> before = files();
    List<File> written = new ArrayList<>();
    try (Shards shards = shards(rows, 2)) {
      written.addAll(files());
      written.removeAll(before);
      assertThat(written).hasSize(2);
      assertThat(written.stream().mapToLong(File::length).sum()).isEqualTo(60 * 3 * SIDE * SIDE);
      written.forEach(file -> assertThat(file.delete()).isTrue());
      assertSame(sorted(shards), rows);
      List<File> fetched = new ArrayList<>(files());
      fetched.removeAll(before);
      assertThat(fetched).hasSize(2);
      assertSame(sorted(shards), rows);
      assertThat(fetched).as("once, not in each step").allMatch(File::exists);
      List<File> again = new ArrayList<>(files());
      again.removeAll(before);
      assertThat(again).hasSameElementsAs(fetched);

      assertThat(fetched.get(0).delete()).isTrue();
      assertSame(sorted(shards), rows);
      written.addAll(files());
      written.removeAll(before);
    }
    assertGone(written);
  }

  private static List<TrainingRow> sorted(Shards shards) {
    return shards.rows().collect().stream()
        .sorted(Comparator.comparingLong(TrainingRow::index))
        .toList();
  }

  @Test
  void aCopyReadsTheFileWhereThereIsOne() throws Exception {
    List<TrainingRow> rows = rows(20);
    List<File> before = files();
    Shard shard = Shard.write(rows.iterator());
    List<File> written = new ArrayList<>(files());
    written.removeAll(before);
    Shard copy = copy(shard);
    assertThat(copy.isHere()).isTrue();
    assertSame(copy.rows(0, 20), rows);
    assertThat(written).hasSize(1);
    assertThat(written.get(0).delete()).isTrue();
    assertThat(copy.isHere()).isFalse();
    assertThat(shard.isHere()).isFalse();
  }

  @Test
  void filesGoWithTheirShards() throws Exception {
    List<File> before = files();
    List<File> written;
    try (Shards shards = shards(rows(60), 2)) {
      assertThat(shards.rows().count()).isEqualTo(60);
      written = new ArrayList<>(files());
      written.removeAll(before); // of which some may go meanwhile
      assertThat(written).hasSize(2);
    }
    assertGone(written);
  }

  /** Soon, whether there is reason to collect garbage or not. */
  private static void assertGone(List<File> files) throws InterruptedException {
    for (int i = 0; i < 50 && files.stream().anyMatch(File::exists); i++) {
      Thread.sleep(100);
    }
    assertThat(files).noneMatch(File::exists);
  }

  /** Of whom nobody waits for any more. */
  @Test
  void aPassEndsAsItsJobIsCancelled() throws Exception {
    try (Shards shards = shards(rows(600), 1)) {
      AtomicLong seen = SEEN;
      seen.set(0);
      JavaFutureAction<Void> pass =
          shards
              .rows()
              .foreachAsync(
                  row -> {
                    SEEN.incrementAndGet();
                    Thread.sleep(20);
                  });
      while (seen.get() == 0) {
        Thread.sleep(10);
      }
      pass.cancel(true);
      for (long before = -1; before != seen.get(); Thread.sleep(1000)) {
        before = seen.get();
      }
      assertThat(seen.get()).isLessThan(300);
    }
  }

  @Test
  void rowsThatHaveGoneAreNoticed() {
    JavaRDD<KeyedRow> rows = spark.parallelize(List.of(0L, 1L, 2L), 1).map(ShardsTest::keyed);
    assertThat(RowNumbers.of(rows, 2).collect()).hasSize(3);
    CALLS.set(0);
    JavaRDD<KeyedRow> fewer =
        rows.mapPartitions(
            all -> {
              if (CALLS.getAndIncrement() > 0) { // after that in which keys are sorted
                all.next();
              }
              return all;
            });
    assertThatThrownBy(() -> RowNumbers.of(fewer, 1).collect())
        .hasMessageContaining("other rows than a moment ago");
  }

  private static KeyedRow keyed(long key) {
    return new KeyedRow(key, new TrainingRow(0, new byte[3], 0, 1), false, false);
  }

  private static final AtomicLong SEEN = new AtomicLong();
  private static final AtomicLong CALLS = new AtomicLong();

  @Test
  void oneSizeOnly() {
    List<TrainingRow> rows =
        List.of(new TrainingRow(0, new byte[12], 0, 1), new TrainingRow(1, new byte[13], 0, 1));
    assertThatThrownBy(() -> Shard.write(rows.iterator()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("13 bytes")
        .hasMessageContaining("12");
  }

  private Shards shards(List<TrainingRow> rows, int workers) {
    List<TrainingRow> mixed = new ArrayList<>(rows);
    Collections.shuffle(mixed, random);
    JavaRDD<TrainingRow> dealt =
        spark
            .parallelize(mixed, 4)
            .mapToPair(row -> new scala.Tuple2<>((int) (row.index() % workers), row))
            .partitionBy(new org.apache.spark.HashPartitioner(workers))
            .values();
    return Shards.keep(dealt);
  }

  private static List<TrainingRow> rows(int count) {
    List<TrainingRow> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] pixels = new byte[3 * SIDE * SIDE];
      new Random(i).nextBytes(pixels);
      rows.add(new TrainingRow(i, pixels, i % 7, 1 + i / 3f, i % 2 == 0 ? "" : "name " + i));
    }
    return rows;
  }

  private static void assertSame(List<TrainingRow> read, List<TrainingRow> expected) {
    assertThat(read).usingRecursiveFieldByFieldElementComparator().isEqualTo(expected);
  }

  private static Shard copy(Shard shard) throws IOException, ClassNotFoundException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(shard);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return (Shard) in.readObject();
    }
  }

  /** Temporary blocks of this session. */
  private static List<File> files() {
    return CollectionConverters.asJava(
            SparkEnv.get().blockManager().diskBlockManager().getAllFiles())
        .stream()
        .filter(file -> file.getName().startsWith("temp_local_"))
        .toList();
  }
}
