package io.mobilenetspark.train;

import io.mobilenetspark.runtime.Gpu;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The training sessions of this JVM, kept from step to step: of each network as many as tasks of it
 * run at once, each used by one task at a time. Fits that run at once, those of a search over
 * settings, so find their own again. Each idle one holds native memory; there are at most {@link
 * #maxIdle()}, and the network that was asked for the longest ago loses one first. Safe for use by
 * many threads.
 *
 * <p>Not one session for all: TensorFlow's CPU kernels of BatchNorm in inference keep state between
 * their lines. Two threads in one session got other losses in one of a thousand calls, two threads
 * in sessions of their own in none of 34,000.
 */
public final class TrainingSessions {

  /** Two fits at once on any machine; four on one of two cores. */
  private static final int LEAST_MAX_IDLE = 8;

  private static final TrainingSessions OF_THIS_JVM =
      new TrainingSessions(
          Math.max(LEAST_MAX_IDLE, 2 * Runtime.getRuntime().availableProcessors()));

  private final int maxIdle;
  private final Map<Key, Deque<TrainingSession>> idle = // in the order of use
      new LinkedHashMap<>(16, 0.75f, true);
  private int idleCount;
  private long opened;

  /**
   * @param maxIdle the most sessions that are open and not in use
   */
  TrainingSessions(int maxIdle) {
    this.maxIdle = maxIdle;
  }

  /** The sessions that the tasks of this JVM use in turns. */
  public static TrainingSessions ofThisJvm() {
    return OF_THIS_JVM;
  }

  private record Key(String id, Optional<Gpu> gpu) {}

  /** The right to use a session, alone, until {@link #close()}, which may be called repeatedly. */
  public final class Lease implements AutoCloseable {
    private final Key key;
    private final TrainingSession session;
    private boolean isClosed;

    private Lease(Key key, TrainingSession session) {
      this.key = key;
      this.session = session;
    }

    /** The session; not to be used after {@link #close()}. */
    public TrainingSession session() {
      return session;
    }

    @Override
    public void close() {
      List<TrainingSession> evicted;
      synchronized (TrainingSessions.this) {
        if (isClosed) {
          return;
        }
        isClosed = true;
        idle.computeIfAbsent(key, ignored -> new ArrayDeque<>()).push(session);
        idleCount++;
        evicted = evict();
      }
      evicted.forEach(TrainingSession::close); // takes a while; others need not wait
    }
  }

  private List<TrainingSession> evict() {
    List<TrainingSession> evicted = new ArrayList<>();
    Iterator<Deque<TrainingSession>> networks = idle.values().iterator();
    while (idleCount > maxIdle) {
      Deque<TrainingSession> oldest = networks.next();
      while (idleCount > maxIdle && !oldest.isEmpty()) {
        evicted.add(oldest.removeLast());
        idleCount--;
      }
      if (oldest.isEmpty()) {
        networks.remove();
      }
    }
    return evicted;
  }

  /**
   * A session of a network: an idle one, or else a new one.
   *
   * @param id the network's {@link TrainingNetwork#id()}
   * @param network gives the network; asked only if there is no idle session
   * @param threads see {@link TrainingSession#open}
   * @param gpu the task's
   */
  public Lease acquire(
      String id, Supplier<TrainingNetwork> network, int threads, Optional<Gpu> gpu) {
    Key key = new Key(id, gpu);
    synchronized (this) {
      Deque<TrainingSession> free = idle.get(key);
      TrainingSession session = free == null ? null : free.poll();
      if (session != null) {
        idleCount--;
        return new Lease(key, session);
      }
      opened++;
    }
    return new Lease(key, TrainingSession.open(network.get(), threads, gpu));
  }

  /** The most sessions that are open and not in use. */
  public int maxIdle() {
    return maxIdle;
  }

  /** How many sessions are open and not in use. */
  public synchronized int idle() {
    return idleCount;
  }

  /** How many sessions were opened since the JVM started. */
  public synchronized long opened() {
    return opened;
  }
}
