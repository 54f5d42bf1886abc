package io.mobilenetspark.clients;

import io.mobilenetspark.testing.Sigkill;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.fs.s3a.S3AFileSystem;
import org.apache.hadoop.util.Progressable;

/** Hadoop's own S3A, whose process is killed by SIGKILL at a call that changes something. */
public final class DyingS3A extends S3AFileSystem {

  /** The system property with the number of that call; nothing is killed without it. */
  static final String DIES_AT = "testing.s3a.dies.at";

  private static final long LAST = Long.getLong(DIES_AT, Long.MAX_VALUE);
  private static final AtomicLong CALLS = new AtomicLong();

  /** How many there were in this process. */
  static long calls() {
    return CALLS.get();
  }

  private static void call() throws IOException {
    if (CALLS.incrementAndGet() == LAST) {
      Sigkill.thisProcess();
    }
  }

  @Override
  public FSDataOutputStream create(
      Path path,
      FsPermission permission,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    call();
    return super.create(path, permission, overwrite, bufferSize, replication, blockSize, progress);
  }

  @Override
  public boolean rename(Path from, Path to) throws IOException {
    call();
    return super.rename(from, to);
  }

  @Override
  public boolean delete(Path path, boolean recursive) throws IOException {
    call();
    return super.delete(path, recursive);
  }
}
