package io.mobilenetspark.jobs.search;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.SoftReference;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;

/**
 * The parts of indexes that this JVM has read. A file of an index never changes, so that its path
 * names what is in it. Kept for as long as the heap has room; each is read once at a time.
 */
final class Shards {

  private static final Map<String, Slot> SLOTS = new ConcurrentHashMap<>();

  private Shards() {}

  private static final class Slot {
    private SoftReference<@Nullable Shard> kept = new SoftReference<>(null);

    synchronized Shard get(String path, int dimension, Configuration hadoop)
        throws UnreadablePartException {
      Shard shard = kept.get();
      if (shard == null) {
        shard = read(new Path(path), dimension, hadoop);
        kept = new SoftReference<>(shard);
      }
      return shard;
    }
  }

  /**
   * A part of an index.
   *
   * @param path qualified
   * @throws UnreadablePartException if it can't be read, or is damaged
   */
  static Shard get(String path, int dimension, Configuration hadoop)
      throws UnreadablePartException {
    return SLOTS.computeIfAbsent(path, any -> new Slot()).get(path, dimension, hadoop);
  }

  private static Shard read(Path path, int dimension, Configuration hadoop)
      throws UnreadablePartException {
    try {
      FileSystem fileSystem = path.getFileSystem(hadoop);
      long length = fileSystem.getFileStatus(path).getLen();
      try (InputStream in = fileSystem.open(path)) {
        return Shard.read(in, length, dimension);
      }
    } catch (IOException e) {
      throw new UnreadablePartException(
          String.format(Locale.ROOT, "%s can't be read: %s", path.getName(), e.getMessage()), e);
    }
  }
}
