package io.mobilenetspark.model.checkpoint;

import java.io.Closeable;
import java.io.IOException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.tensorflow.proto.BundleEntryProto;

/** The data files of a checkpoint, each opened once at most. For one thread. */
final class Shards implements Closeable {

  private final FileSystem fileSystem;
  private final Path prefix;
  private final int count;
  private final Map<Integer, Shard> open = new HashMap<>();

  Shards(FileSystem fileSystem, Path prefix, int count) {
    this.fileSystem = fileSystem;
    this.prefix = prefix;
    this.count = count;
  }

  private record Shard(FSDataInputStream in, long length) {}

  /** The bytes of an entry. Allocates no more than the file holds. */
  byte[] read(BundleEntryProto entry) throws IOException {
    Shard shard = shard(entry.getShardId());
    long size = entry.getSize();
    if (size < 0
        || size > Integer.MAX_VALUE - 8
        || entry.getOffset() < 0
        || entry.getOffset() > shard.length - size) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "%d bytes at %d lie outside its file of %d bytes",
              size,
              entry.getOffset(),
              shard.length));
    }
    byte[] bytes = new byte[(int) size];
    shard.in.readFully(entry.getOffset(), bytes);
    return bytes;
  }

  /** Bytes of all data files. */
  long totalBytes() throws IOException {
    long total = 0;
    for (int i = 0; i < count; i++) {
      total += shard(i).length;
    }
    return total;
  }

  private Shard shard(int id) throws IOException {
    Shard shard = open.get(id);
    if (shard == null) {
      if (id < 0 || id >= count) {
        throw new IOException(
            String.format(Locale.ROOT, "it is said to be in data file %d of %d", id, count));
      }
      Path file = prefix.suffix(String.format(Locale.ROOT, ".data-%05d-of-%05d", id, count));
      long length = fileSystem.getFileStatus(file).getLen();
      shard = new Shard(fileSystem.open(file), length);
      open.put(id, shard);
    }
    return shard;
  }

  @Override
  public void close() throws IOException {
    IOException failure = null;
    for (Shard shard : open.values()) {
      try {
        shard.in.close();
      } catch (IOException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
