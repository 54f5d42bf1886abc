package io.mobilenetspark.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Comparator;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/**
 * A {@link FaultyFileSystem} as an object store is one: to rename a folder is to copy its files one
 * by one, in the order of their names, and a file whose writer dies is left torn.
 */
public final class CopyingFileSystem extends FaultyFileSystem {

  @Override
  public boolean rename(Path from, Path to) throws IOException {
    call("rename", to);
    if (!getFileStatus(from).isDirectory()) {
      copy(from, to);
      return delete(from, false);
    }
    mkdirs(to);
    FileStatus[] children = listStatus(from);
    Arrays.sort(children, Comparator.comparing(child -> child.getPath().getName()));
    for (FileStatus child : children) {
      rename(child.getPath(), new Path(to, child.getPath().getName()));
    }
    return delete(from, true);
  }

  private void copy(Path from, Path to) throws IOException {
    try (InputStream in = open(from);
        OutputStream out = create(to, true)) {
      in.transferTo(out);
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
    FSDataOutputStream whole =
        super.create(path, permission, overwrite, bufferSize, replication, blockSize, progress);
    return new FSDataOutputStream(
        new OutputStream() {
          private boolean isClosed;

          @Override
          public void write(int value) throws IOException {
            whole.write(value);
          }

          @Override
          public void write(byte[] from, int offset, int length) throws IOException {
            whole.write(from, offset, length);
          }

          @Override
          public void close() throws IOException {
            if (isClosed) {
              return;
            }
            isClosed = true;
            whole.close();
            call("close", path, () -> tear(path));
          }
        },
        null);
  }

  private void tear(Path path) throws IOException {
    java.nio.file.Path file = java.nio.file.Path.of(down(path).toUri().getPath());
    byte[] bytes = java.nio.file.Files.readAllBytes(file);
    java.nio.file.Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
  }
}
