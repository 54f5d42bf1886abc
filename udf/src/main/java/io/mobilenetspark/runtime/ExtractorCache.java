package io.mobilenetspark.runtime;

import io.mobilenetspark.model.FrozenModel;
import io.mobilenetspark.model.hub.Trust;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The extractors of this JVM: one a model, precision and GPU, shared by all its tasks.
 *
 * <p>An extractor lives while someone holds a {@link Lease} on it. After that it stays open for the
 * next task, until {@value #MAX_IDLE} others have been left idle after it. The number of threads is
 * that of the first request for a model; later ones get the same session. Safe for use by many
 * threads.
 */
public final class ExtractorCache {

  /** Sessions kept open without a user; each holds the weights and TensorFlow's scratch memory. */
  static final int MAX_IDLE = 2;

  private static final ExtractorCache OF_THIS_JVM = new ExtractorCache(SessionFactory.ofThisJvm());

  private final SessionFactory sessions;
  private final Map<Key, Entry> entries = new HashMap<>();
  private long opened;
  private long clock;

  ExtractorCache(SessionFactory sessions) {
    this.sessions = sessions;
  }

  /** The cache that all tasks of this JVM share. */
  public static ExtractorCache ofThisJvm() {
    return OF_THIS_JVM;
  }

  /**
   * The graph itself, not what is said of it: a saved stage can claim any fingerprint, and would
   * get the session of another model, or that one its.
   */
  private record Key(
      String graphSha256,
      Trust trust,
      int height,
      int width,
      int dimension,
      Precision precision,
      Optional<Gpu> gpu) {}

  private static final class Entry {
    private final FeatureExtractor extractor;
    private int users;
    private long idleSince;

    Entry(FeatureExtractor extractor) {
      this.extractor = extractor;
    }
  }

  /** The right to use an extractor until {@link #close()}, which may be called more than once. */
  public final class Lease implements AutoCloseable {
    private final Entry entry;
    private final Kind kind;
    private boolean isClosed;

    private Lease(Entry entry, Kind kind) {
      this.entry = entry;
      this.kind = kind;
    }

    /** The extractor; not to be used after {@link #close()}. */
    public FeatureExtractor extractor() {
      return entry.extractor;
    }

    /** Whether this lease opened the session or found it open. */
    public Kind kind() {
      return kind;
    }

    @Override
    public void close() {
      synchronized (ExtractorCache.this) {
        if (!isClosed) {
          isClosed = true;
          release(entry);
        }
      }
    }
  }

  /** How a lease came by its session. */
  public enum Kind {
    OPENED,
    SHARED
  }

  /**
   * The extractor of a model, opened if it is not open yet; other callers wait meanwhile.
   *
   * @param model the model
   * @param precision the arithmetic
   * @param threads see {@link FeatureExtractor#open}
   * @param gpu the task's
   */
  public synchronized Lease acquire(
      Supplier<FrozenModel> model, Precision precision, int threads, Optional<Gpu> gpu) {
    FrozenModel frozen = model.get();
    Key key =
        new Key(
            frozen.graphSha256(),
            frozen.trust(),
            frozen.imageHeight(),
            frozen.imageWidth(),
            frozen.dimension(),
            precision,
            gpu);
    Entry entry = entries.get(key);
    Kind kind = Kind.SHARED;
    if (entry == null) {
      entry = new Entry(FeatureExtractor.open(frozen, precision, threads, gpu, sessions));
      entries.put(key, entry);
      opened++;
      kind = Kind.OPENED;
    }
    entry.users++;
    return new Lease(entry, kind);
  }

  /** How many sessions were opened in all. */
  public synchronized long opened() {
    return opened;
  }

  /** How many sessions are open now. */
  public synchronized int open() {
    return entries.size();
  }

  /** How many leases are held now: tasks that use a session. */
  public synchronized int leases() {
    return entries.values().stream().mapToInt(entry -> entry.users).sum();
  }

  private void release(Entry entry) {
    entry.users--;
    entry.idleSince = ++clock;
    while (entries.values().stream().filter(other -> other.users == 0).count() > MAX_IDLE) {
      entries.entrySet().stream()
          .filter(other -> other.getValue().users == 0)
          .min((a, b) -> Long.compare(a.getValue().idleSince, b.getValue().idleSince))
          .ifPresent(
              oldest -> {
                entries.remove(oldest.getKey());
                oldest.getValue().extractor.close();
              });
    }
  }
}
