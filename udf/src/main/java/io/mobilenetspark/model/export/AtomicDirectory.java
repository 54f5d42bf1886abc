package io.mobilenetspark.model.export;

import io.mobilenetspark.model.export.ModelExporter.IfExists;
import java.io.Closeable;
import java.io.IOException;
import java.util.UUID;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A directory that appears when it is complete: its files are written into a hidden one beside it,
 * which {@link #commit} renames. Closed without a commit it leaves nothing behind, and what was
 * there before stays. For use by one thread.
 */
public final class AtomicDirectory implements Closeable {

  private final FileSystem fileSystem;
  private final Path target;
  private final Path temporary;

  /**
   * Makes the hidden directory.
   *
   * @param fileSystem of the target; not closed
   * @param target where the directory is to appear; its parents are made
   * @throws IOException if it can't be made
   */
  public AtomicDirectory(FileSystem fileSystem, Path target) throws IOException {
    this.fileSystem = fileSystem;
    this.target = fileSystem.makeQualified(target);
    this.temporary = sibling("tmp");
    fileSystem.mkdirs(temporary);
  }

  /** Where to write the files. */
  public Path path() {
    return temporary;
  }

  /**
   * Puts the directory in its place.
   *
   * @throws IOException if that can't be done; what was there before is then there again, or else
   *     the message says where it is
   */
  public void commit(IfExists ifExists) throws IOException {
    Path old = sibling("old");
    boolean isReplaced = fileSystem.exists(target);
    if (isReplaced && ifExists == IfExists.FAIL) {
      throw new IOException("it was made by somebody else meanwhile");
    }
    if (isReplaced && !fileSystem.rename(target, old)) {
      throw new IOException("the old one can't be moved away");
    }
    if (!fileSystem.rename(temporary, target)) {
      if (isReplaced && !fileSystem.rename(old, target)) {
        throw new IOException("it can't be replaced; the old one is " + old);
      }
      throw new IOException("the complete files can't be renamed from " + temporary);
    }
    if (isReplaced) {
      fileSystem.delete(old, true);
    }
  }

  private Path sibling(String suffix) {
    return new Path(
        target.getParent(), "." + target.getName() + "." + UUID.randomUUID() + "." + suffix);
  }

  /** Deletes what was not committed. */
  @Override
  public void close() throws IOException {
    fileSystem.delete(temporary, true); // nothing, if all went well
  }
}
