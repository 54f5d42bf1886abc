package io.mobilenetspark.spark.train;

import io.mobilenetspark.train.EpochOrder;
import io.mobilenetspark.train.TrainingRow;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A worker's rows of a training set, such that a step gets at its few in time proportional to them.
 * What is small is on the heap, some 100 bytes a row; pixels are in {@link Pixels}, where a copy
 * that was sent to another process may not find them. Spark closes what it drops from its cache.
 *
 * <p>Safe for use by many threads.
 */
final class Shard implements Serializable, AutoCloseable {
  private static final long serialVersionUID = 1;

  private static final byte[] NO_PIXELS = new byte[0];

  private final long[] indexes; // ascending, and the others in the same order
  private final int[] labels;
  private final float[] weights;
  private final String[] names;
  private final int[] slots; // of pixels
  private final Pixels pixels;
  private transient @Nullable Dealt dealt; // of the epoch that was last asked for

  /** Rows in an epoch's order: their places, ascending, and where they stand in the arrays. */
  private static final class Dealt {
    private final long epoch;
    private final long[] places;
    private final int[] rows;

    Dealt(long epoch, long[] places, int[] rows) {
      this.epoch = epoch;
      this.places = places;
      this.rows = rows;
    }
  }

  private Shard(List<TrainingRow> rows, int[] slots, Pixels pixels) {
    this.indexes = rows.stream().mapToLong(TrainingRow::index).toArray();
    this.labels = rows.stream().mapToInt(TrainingRow::label).toArray();
    this.names = rows.stream().map(TrainingRow::name).toArray(String[]::new);
    this.weights = new float[rows.size()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = rows.get(i).weight();
    }
    this.slots = slots;
    this.pixels = pixels;
  }

  /**
   * Keeps rows in this process.
   *
   * @param rows in any order, with pixels of one size; one at a time is held
   * @throws IOException if the local disk can't take the pixels
   */
  static Shard write(Iterator<TrainingRow> rows) throws IOException {
    List<TrainingRow> kept = new ArrayList<>(); // without pixels
    try (Pixels.Writer writer = new Pixels.Writer()) {
      while (rows.hasNext()) {
        TrainingRow row = rows.next();
        writer.add(row.pixels());
        kept.add(row.withPixels(NO_PIXELS));
      }
      int[] slots =
          IntStream.range(0, kept.size())
              .boxed()
              .sorted(Comparator.comparingLong(slot -> kept.get(slot).index()))
              .mapToInt(Integer::intValue)
              .toArray();
      List<TrainingRow> sorted = Arrays.stream(slots).mapToObj(kept::get).toList();
      return new Shard(sorted, slots, writer.written());
    }
  }

  /** Whether the pixels are in reach of this process. */
  boolean isHere() {
    return pixels.areHere();
  }

  @Override
  public void close() {
    pixels.close();
  }

  int size() {
    return indexes.length;
  }

  /**
   * The rows in the batch of a step, in the order dealt.
   *
   * @param order always the same one
   * @throws IOException if the pixels can't be read
   */
  List<TrainingRow> batch(EpochOrder order, long step) throws IOException {
    Dealt now = dealt(order, order.epochOf(step));
    int from = from(now.places, order.firstPlace(step));
    int to = from(now.places, order.firstPlace(step) + order.batchSize());
    return read(Arrays.copyOfRange(now.rows, from, to));
  }

  /** Where those begin that are not below a place. */
  private static int from(long[] places, long place) {
    int found = Arrays.binarySearch(places, place);
    return found >= 0 ? found : -found - 1;
  }

  private synchronized Dealt dealt(EpochOrder order, long number) {
    Dealt last = dealt;
    if (last == null || last.epoch != number) {
      EpochOrder.Epoch epoch = order.epoch(number);
      long[] places = new long[indexes.length];
      for (int i = 0; i < places.length; i++) {
        places[i] = epoch.place(indexes[i]);
      }
      int[] rows =
          IntStream.range(0, places.length)
              .boxed()
              .sorted(Comparator.comparingLong(row -> places[row]))
              .mapToInt(Integer::intValue)
              .toArray();
      last = new Dealt(number, Arrays.stream(rows).mapToLong(row -> places[row]).toArray(), rows);
      dealt = last;
    }
    return last;
  }

  /**
   * Rows by their numbers.
   *
   * @param from the first, counted from 0
   * @param to behind the last
   * @throws IOException if the pixels can't be read
   */
  List<TrainingRow> rows(int from, int to) throws IOException {
    return read(IntStream.range(from, to).toArray());
  }

  private List<TrainingRow> read(int[] rows) throws IOException {
    List<byte[]> images = pixels.read(Arrays.stream(rows).map(row -> slots[row]).toArray());
    List<TrainingRow> read = new ArrayList<>();
    for (int i = 0; i < rows.length; i++) {
      int row = rows[i];
      read.add(new TrainingRow(indexes[row], images.get(i), labels[row], weights[row], names[row]));
    }
    return read;
  }
}
