package io.mobilenetspark.jobs.output;

import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.jobs.table.OutputContent;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Puts a table in its place by two renames: the old one away, the new one here. Between them there
 * is nothing for an instant; whoever dies there leaves both, and {@link #settle} finishes it.
 */
final class RenameSwap implements TableSwap {

  private static final String OLD = "old";
  private static final int ATTEMPTS = 5;

  private final FileSystem fileSystem;
  private final Path output;
  private final Path folder;

  /**
   * @param folder of the run, beside the output; the new table is in {@link TableSwap#NEW}
   */
  RenameSwap(FileSystem fileSystem, Path output, Path folder) {
    this.fileSystem = fileSystem;
    this.output = output;
    this.folder = folder;
  }

  @Override
  public Path fresh() {
    return new Path(folder, NEW);
  }

  @Override
  public void commit(List<String> written) throws IOException {
    if (!OutputContent.of(fileSystem, fresh()).names().containsAll(written)) {
      throw RunFolder.lost();
    }
    Path old = new Path(folder, OLD);
    FileStatus replaced = fileSystem.exists(output) ? fileSystem.getFileStatus(output) : null;
    if (replaced != null) {
      likeBefore(replaced);
      DirectoryMoves.move(fileSystem, output, old);
    }
    try {
      moveIn(replaced != null);
    } catch (IOException | RuntimeException e) {
      if (hasComeThrough(e)) {
        return;
      }
      if (replaced != null) {
        putBack(old, e);
      }
      throw e;
    }
  }

  /** A search that makes an index of the old table may make the directory again, more than once. */
  private void moveIn(boolean isReplacing) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        DirectoryMoves.move(fileSystem, fresh(), output);
        return;
      } catch (IOException e) {
        if (!isReplacing
            || attempt == ATTEMPTS
            || !fileSystem.exists(fresh())
            || !clear(fileSystem, output)) {
          throw e;
        }
      }
    }
  }

  /** The directory's rights were somebody's choice. */
  private void likeBefore(FileStatus replaced) {
    try {
      fileSystem.setPermission(fresh(), replaced.getPermission());
      fileSystem.setOwner(fresh(), null, replaced.getGroup());
    } catch (IOException | RuntimeException e) {
      // Not everybody may, nor everywhere.
    }
  }

  private boolean hasComeThrough(Exception failure) {
    try {
      return fileSystem.exists(output) && !fileSystem.exists(fresh());
    } catch (IOException e) {
      failure.addSuppressed(e);
      return false;
    }
  }

  private void putBack(Path old, Exception failure) {
    try {
      boolean unused = clear(fileSystem, output); // or it can't be moved, which is told
      DirectoryMoves.move(fileSystem, old, output);
    } catch (IOException | RuntimeException e) {
      failure.addSuppressed(e); // the next run finishes the swap
    }
  }

  /**
   * Makes room for a table: deletes a directory without files, but for an index, which a search has
   * made between the renames. Of no table, it fits none.
   *
   * @return whether there is nothing
   */
  private static boolean clear(FileSystem fileSystem, Path output) throws IOException {
    OutputContent content = OutputContent.of(fileSystem, output);
    if (content.kind() == OutputContent.Kind.EMPTY && content.leftovers().isEmpty()) {
      fileSystem.delete(new Path(output, OutputContent.INDEX), true);
      DirectoryMoves.deleteIfEmpty(fileSystem, output);
      return true;
    }
    return content.kind() == OutputContent.Kind.ABSENT;
  }

  /**
   * Finishes what a run began that has ended, and deletes its folder.
   *
   * @param folder of that run
   * @throws UserException if somebody else has written the output in the meantime
   */
  static void settle(FileSystem fileSystem, Path output, Path container, Path folder)
      throws IOException {
    Path fresh = new Path(folder, NEW);
    Path old = new Path(folder, OLD);
    boolean isFresh = fileSystem.exists(fresh);
    if (fileSystem.exists(old)) {
      if (clear(fileSystem, output)) {
        DirectoryMoves.move(fileSystem, isFresh ? fresh : old, output);
      } else if (isFresh) {
        throw UserException.input(
            String.format(
                Locale.ROOT,
                "A run died while replacing %s, and something else has written there since. Its"
                    + " table is %s, the one before %s: take what you need of them, then delete"
                    + " %s.",
                output,
                fresh,
                old,
                folder));
      }
    }
    RunFolder.remove(fileSystem, container, folder);
  }
}
