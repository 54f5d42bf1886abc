package io.mobilenetspark.model.export;

import io.mobilenetspark.model.export.ModelExporter.IfExists;
import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.Predicate;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A directory that appears when it is complete: its files are written into a hidden one beside it,
 * which {@link #commit} renames. Closed without a commit it leaves nothing behind, and what was
 * there before stays. A process that dies in the instant between the two renames of a replacement
 * leaves nothing in the place; {@link #settle} finishes what it began. For use by one thread.
 */
public final class AtomicDirectory implements Closeable {

  private static final String NEW = "tmp";
  private static final String OLD = "old";
  private static final String CHECKSUM = ".crc";
  private static final int UUID_LENGTH = 36;

  private final FileSystem fileSystem;
  private final Path target;
  private final String id = UUID.randomUUID().toString();
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
    this.temporary = sibling(this.target, id, NEW);
    fileSystem.mkdirs(temporary);
    try {
      fileSystem.deleteOnExit(temporary); // if the process is told to stop before close
    } catch (IOException | RuntimeException e) {
      fileSystem.delete(temporary, true);
      throw e;
    }
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
    Path old = sibling(target, id, OLD);
    boolean isReplaced = fileSystem.exists(target);
    if (isReplaced && ifExists == IfExists.ERRORIFEXISTS) {
      throw new IOException("something else has created it in the meantime");
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

  /**
   * Finishes a replacement whose process died: the new directory takes the place if nothing is
   * there, and the old one goes.
   *
   * @param target the place
   * @throws IOException if that can't be done
   */
  public static void settle(FileSystem fileSystem, Path target) throws IOException {
    Path place = fileSystem.makeQualified(target);
    for (String id : replacements(fileSystem, place)) {
      Path old = sibling(place, id, OLD);
      Path fresh = sibling(place, id, NEW); // complete, or the old one would not have been moved
      if (!fileSystem.exists(place)) {
        fileSystem.rename(fileSystem.exists(fresh) ? fresh : old, place);
      }
      if (fileSystem.exists(place)) {
        fileSystem.delete(old, true);
        fileSystem.delete(fresh, true);
      }
    }
  }

  /**
   * What would be lost with the directory, for those who replace only what they wrote.
   *
   * @param target the place; it may be absent
   * @param isOurs whether a file or directory of this name is the caller's
   * @return the other names in it, in order; its own name if it is a file
   * @throws IOException if it can't be listed
   */
  public static List<String> others(FileSystem fileSystem, Path target, Predicate<String> isOurs)
      throws IOException {
    try {
      if (fileSystem.getFileStatus(target).isFile()) {
        return List.of(target.getName());
      }
      return Arrays.stream(fileSystem.listStatus(target))
          .map(child -> child.getPath().getName())
          .filter(name -> !isOurs.test(name) && !isChecksum(name, isOurs))
          .sorted()
          .toList();
    } catch (FileNotFoundException e) {
      return List.of();
    }
  }

  /** Hadoop's local file system keeps one beside each file. */
  private static boolean isChecksum(String name, Predicate<String> isOurs) {
    return name.startsWith(".")
        && name.endsWith(CHECKSUM)
        && isOurs.test(name.substring(1, name.length() - CHECKSUM.length()));
  }

  private static List<String> replacements(FileSystem fileSystem, Path place) throws IOException {
    String before = "." + place.getName() + ".";
    List<String> ids = new ArrayList<>();
    if (place.isRoot()) {
      return ids; // there is no place beside it
    }
    try {
      for (FileStatus status : fileSystem.listStatus(place.getParent())) {
        String name = status.getPath().getName();
        int length = name.length() - before.length() - OLD.length() - 1;
        if (length == UUID_LENGTH && name.startsWith(before) && name.endsWith("." + OLD)) {
          ids.add(name.substring(before.length(), before.length() + length));
        }
      }
    } catch (FileNotFoundException e) {
      return ids; // its parents are still to be made
    }
    return ids;
  }

  /** Not {@code new Path(parent, name)}, which takes what is before a colon for a scheme. */
  private static Path sibling(Path target, String id, String suffix) {
    String parent = String.valueOf(target.getParent());
    return new Path(
        String.format(
            Locale.ROOT,
            "%s/.%s.%s.%s",
            parent.endsWith("/") ? parent.substring(0, parent.length() - 1) : parent,
            target.getName(),
            id,
            suffix));
  }

  /** Deletes what was not committed. */
  @Override
  public void close() throws IOException {
    fileSystem.cancelDeleteOnExit(temporary);
    fileSystem.delete(temporary, true); // nothing, if all went well
  }
}
