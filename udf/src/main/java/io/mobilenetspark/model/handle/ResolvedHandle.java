package io.mobilenetspark.model.handle;

import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;
import org.apache.hadoop.fs.Path;

/** A module's files. Close it when they have been read: unpacked archives are deleted then. */
public final class ResolvedHandle implements Closeable {

  private final Path path;
  private final Optional<java.nio.file.Path> temporary;

  ResolvedHandle(Path path, Optional<java.nio.file.Path> temporary) {
    this.path = path;
    this.temporary = temporary;
  }

  /** A module's directory, or a checkpoint's prefix. It need not be there. */
  public Path path() {
    return path;
  }

  @Override
  public void close() throws IOException {
    if (temporary.isPresent()) {
      FileTrees.delete(temporary.get());
    }
  }
}
