package io.mobilenetspark.train;

import io.mobilenetspark.common.Quantity;
import java.io.Serializable;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Which rows make up which batch. Follows from the seed, the epoch and the rows' numbers alone, so
 * that every worker knows its rows without being told, and a run on two workers takes the same
 * batches as on one.
 *
 * <p>Row {@code r} belongs to deck {@code r mod decks}. Every epoch each deck is shuffled, and the
 * cards are dealt from the decks in turn: any {@code batchSize} cards in a row come from all decks
 * alike. Workers that hold whole decks, {@code decks / workers} each, so have equal shares. Rows
 * that don't fill a last batch sit the epoch out. Immutable; safe for use by many threads.
 */
public final class EpochOrder implements Serializable {
  private static final long serialVersionUID = 1;

  /** Decks if the number of workers divides it: the same batches for 1, 2, 3, 4, 6, 8, ... */
  private static final int USUAL_DECKS = 48;

  private final long rows;
  private final int workers;
  private final int decks;
  private final int batchSize;
  private final long seed;

  /**
   * @param rows rows in the training set, numbered from 0
   * @param workers how many share the work, at least 1
   * @param batchSize rows of a batch, over all workers
   * @param seed the run's
   * @throws IllegalArgumentException if there are fewer rows than a batch has, or fewer rows in a
   *     batch than workers; the message says what to change
   */
  public EpochOrder(long rows, int workers, int batchSize, long seed) {
    if (workers < 1 || batchSize < 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "there must be at least 1 worker and 1 row in a batch, not %d and %d",
              workers,
              batchSize));
    }
    if (batchSize > rows) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "The batch size is %d, but the training set has %s. Set the batch size to at most %d, or"
                  + " add images.",
              batchSize,
              Quantity.of(rows, "row"),
              rows));
    }
    if (batchSize < workers) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "A batch of %s can't be shared by %s. Set the batch size to at least %d, or"
                  + " the number of workers to at most %d.",
              Quantity.of(batchSize, "row"),
              Quantity.of(workers, "worker"),
              workers,
              batchSize));
    }
    this.rows = rows;
    this.workers = workers;
    this.decks = USUAL_DECKS % workers == 0 ? USUAL_DECKS : workers;
    this.batchSize = batchSize;
    this.seed = seed;
  }

  /** The same for another number of workers. */
  public EpochOrder withWorkers(int number) {
    return new EpochOrder(rows, number, batchSize, seed);
  }

  /** Rows of a batch, over all workers. */
  public int batchSize() {
    return batchSize;
  }

  /** How many share the work. */
  public int workers() {
    return workers;
  }

  /** Steps of one epoch. */
  public long stepsPerEpoch() {
    return rows / batchSize;
  }

  /** The epoch that a step is in, from 0. */
  public long epochOf(long step) {
    return step / stepsPerEpoch();
  }

  /**
   * The place in its epoch, see {@link Epoch#place}, of the first row in a step's batch; the others
   * follow it.
   */
  public long firstPlace(long step) {
    return step % stepsPerEpoch() * batchSize;
  }

  /** The worker that holds a row, from 0. */
  public int workerOf(long row) {
    return (int) (row % decks % workers);
  }

  /** The seed for what is random in a step beside the order. */
  public long stepSeed(long step) {
    return RunSeed.mix(seed, -1 - epochOf(step));
  }

  /** The order of one epoch. */
  public Epoch epoch(long epoch) {
    return new Epoch(epoch);
  }

  /** The order of one epoch; holds 4 bytes for each row of the decks that were asked for. */
  public final class Epoch {
    private final long epoch;
    private final int[][] dealt = new int[decks][];

    private Epoch(long epoch) {
      this.epoch = epoch;
    }

    /** A row's place among all rows of the epoch, from 0 and below the number of rows. */
    public long place(long row) {
      int deck = (int) (row % decks);
      int[] order = dealt[deck];
      if (order == null) {
        order = shuffled(deck);
        dealt[deck] = order;
      }
      return (long) order[(int) (row / decks)] * decks + deck;
    }

    private int[] shuffled(int deck) {
      int size = Math.toIntExact((rows - deck + decks - 1) / decks);
      int[] order = new int[size];
      SplittableRandom random = new SplittableRandom(RunSeed.mix(RunSeed.mix(seed, epoch), deck));
      for (int i = 0; i < size; i++) { // Fisher and Yates, inside out
        int j = random.nextInt(i + 1);
        order[i] = order[j];
        order[j] = i;
      }
      return order;
    }
  }
}
