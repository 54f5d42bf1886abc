package io.mobilenetspark.testing;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/**
 * The local disk under another scheme, that fails from a call on: every call, those that clean up
 * included, as a machine does that loses its network; or whose process is killed at a call.
 */
public class FaultyFileSystem extends FileSystem {

  private static final List<String> CALLS = Collections.synchronizedList(new ArrayList<>());
  private static volatile long failsFrom = Long.MAX_VALUE;
  private static volatile boolean isDeadly;

  private final RawLocalFileSystem disk = new RawLocalFileSystem();
  private URI uri = URI.create("ofs://faulty");

  /** Counts from 1 again; the call of this number fails, and all after it. */
  public static void failFrom(long number) {
    CALLS.clear();
    isDeadly = false;
    failsFrom = number;
  }

  /** Counts from 1 again; the call of this number kills this process, by SIGKILL. */
  public static void dieAt(long number) {
    failFrom(number);
    isDeadly = true;
  }

  /** The calls since {@link #failFrom}, in order. */
  public static List<String> calls() {
    return List.copyOf(CALLS);
  }

  /** What a call that does not come to its end leaves. */
  interface Wreck {
    void leave() throws IOException;
  }

  /** Counts a call, and fails if it is its turn. */
  final void call(String name, Path path) throws IOException {
    call(name, path, () -> {});
  }

  /** The same of a call that leaves something. */
  final void call(String name, Path path, Wreck wreck) throws IOException {
    CALLS.add(name + " " + path.getName());
    if (CALLS.size() < failsFrom) {
      return;
    }
    wreck.leave();
    if (isDeadly) {
      Sigkill.thisProcess();
    }
    throw new IOException("this file system fails: " + name + " " + path);
  }

  @Override
  public void initialize(URI name, Configuration conf) throws IOException {
    super.initialize(name, conf);
    uri = URI.create(name.getScheme() + "://" + name.getAuthority());
    disk.initialize(URI.create("file:///"), conf);
  }

  @Override
  public URI getUri() {
    return uri;
  }

  /** Where a file is on the disk. */
  final Path down(Path path) {
    return new Path("file", "", makeQualified(path).toUri().getPath());
  }

  private FileStatus up(FileStatus status) {
    Path path = new Path(uri.getScheme(), uri.getAuthority(), status.getPath().toUri().getPath());
    return new FileStatus(
        status.getLen(),
        status.isDirectory(),
        status.getReplication(),
        status.getBlockSize(),
        status.getModificationTime(),
        path);
  }

  @Override
  public FSDataInputStream open(Path path, int bufferSize) throws IOException {
    call("open", path);
    return disk.open(down(path), bufferSize);
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
    call("create", path);
    return disk.create(down(path), overwrite, bufferSize, replication, blockSize, progress);
  }

  @Override
  public FSDataOutputStream append(Path path, int bufferSize, Progressable progress) {
    throw new UnsupportedOperationException("append");
  }

  @Override
  public boolean rename(Path from, Path to) throws IOException {
    call("rename", to);
    return disk.rename(down(from), down(to));
  }

  @Override
  public boolean delete(Path path, boolean recursive) throws IOException {
    call("delete", path);
    return disk.delete(down(path), recursive);
  }

  @Override
  public FileStatus[] listStatus(Path path) throws IOException {
    call("listStatus", path);
    FileStatus[] children = disk.listStatus(down(path));
    for (int i = 0; i < children.length; i++) {
      children[i] = up(children[i]);
    }
    return children;
  }

  @Override
  public void setWorkingDirectory(Path path) {}

  @Override
  public Path getWorkingDirectory() {
    return new Path(uri.getScheme(), uri.getAuthority(), "/");
  }

  @Override
  public boolean mkdirs(Path path, FsPermission permission) throws IOException {
    call("mkdirs", path);
    return disk.mkdirs(down(path));
  }

  @Override
  public FileStatus getFileStatus(Path path) throws IOException {
    call("getFileStatus", path);
    return up(disk.getFileStatus(down(path)));
  }
}
