package io.mobilenetspark.train;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The training sessions of this JVM: one a network, shared by all its tasks and kept from step to
 * step. The last one used stays open when nobody uses it; one that is idle when another network
 * comes is closed. Safe for use by many threads.
 */
public final class TrainingSessions {

  private static final TrainingSessions OF_THIS_JVM = new TrainingSessions();

  private final Map<String, Entry> entries = new HashMap<>();

  TrainingSessions() {}

  /** The sessions that all tasks of this JVM share. */
  public static TrainingSessions ofThisJvm() {
    return OF_THIS_JVM;
  }

  private static final class Entry {
    private final TrainingSession session;
    private int users;

    Entry(TrainingSession session) {
      this.session = session;
    }
  }

  /** The right to use a session until {@link #close()}, which may be called more than once. */
  public final class Lease implements AutoCloseable {
    private final Entry entry;
    private boolean isClosed;

    private Lease(Entry entry) {
      this.entry = entry;
    }

    /** The session; not to be used after {@link #close()}. */
    public TrainingSession session() {
      return entry.session;
    }

    @Override
    public void close() {
      synchronized (TrainingSessions.this) {
        if (!isClosed) {
          isClosed = true;
          entry.users--;
        }
      }
    }
  }

  /**
   * The session of a network, opened if it is not open yet; other callers wait meanwhile.
   *
   * @param id the network's {@link TrainingNetwork#id()}
   * @param network gives the network; asked only if there is no session yet
   * @param threads see {@link TrainingSession#open}
   */
  public synchronized Lease acquire(String id, Supplier<TrainingNetwork> network, int threads) {
    Entry entry = entries.get(id);
    if (entry == null) {
      closeIdle();
      entry = new Entry(TrainingSession.open(network.get(), threads));
      entries.put(id, entry);
    }
    entry.users++;
    return new Lease(entry);
  }

  /** How many sessions are open now. */
  public synchronized int open() {
    return entries.size();
  }

  private void closeIdle() {
    entries
        .values()
        .removeIf(
            entry -> {
              if (entry.users == 0) {
                entry.session.close();
              }
              return entry.users == 0;
            });
  }
}
