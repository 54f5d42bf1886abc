package io.mobilenetspark.train;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;

/**
 * The training sessions of this JVM, kept from step to step: as many as tasks run at once, each
 * used by one task at a time. The sessions of a network stay open until another network comes. Safe
 * for use by many threads.
 *
 * <p>Not one session for all: TensorFlow's CPU kernels of BatchNorm in inference keep state between
 * their lines. Two threads in one session got other losses in one of a thousand calls, two threads
 * in sessions of their own in none of 34,000.
 */
public final class TrainingSessions {

  private static final TrainingSessions OF_THIS_JVM = new TrainingSessions();

  private final Deque<TrainingSession> idle = new ArrayDeque<>();
  private String current = "";

  TrainingSessions() {}

  /** The sessions that the tasks of this JVM use in turns. */
  public static TrainingSessions ofThisJvm() {
    return OF_THIS_JVM;
  }

  /** The right to use a session, alone, until {@link #close()}, which may be called repeatedly. */
  public final class Lease implements AutoCloseable {
    private final String id;
    private final TrainingSession session;
    private boolean isClosed;

    private Lease(String id, TrainingSession session) {
      this.id = id;
      this.session = session;
    }

    /** The session; not to be used after {@link #close()}. */
    public TrainingSession session() {
      return session;
    }

    @Override
    public void close() {
      synchronized (TrainingSessions.this) {
        if (isClosed) {
          return;
        }
        isClosed = true;
        if (id.equals(current)) {
          idle.push(session);
          return;
        }
      }
      session.close(); // another network has come meanwhile
    }
  }

  /**
   * A session of a network: an idle one, or else a new one.
   *
   * @param id the network's {@link TrainingNetwork#id()}
   * @param network gives the network; asked only if there is no idle session
   * @param threads see {@link TrainingSession#open}
   */
  public Lease acquire(String id, Supplier<TrainingNetwork> network, int threads) {
    synchronized (this) {
      if (!id.equals(current)) {
        idle.forEach(TrainingSession::close);
        idle.clear();
        current = id;
      }
      TrainingSession free = idle.poll();
      if (free != null) {
        return new Lease(id, free);
      }
    }
    return new Lease(id, TrainingSession.open(network.get(), threads));
  }

  /** How many sessions are open and not in use. */
  public synchronized int idle() {
    return idle.size();
  }
}
