package io.mobilenetspark.model.handle;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The cache of downloaded modules, shared with Python's tensorflow_hub: the same names of
 * directories and lock files, the same order of steps. Safe for use by many threads and processes.
 *
 * @see <a
 *     href="https://github.com/tensorflow/hub/blob/v0.12.0/tensorflow_hub/resolver.py">atomic_download</a>
 */
final class HubCache {

  private final Path directory;
  private final LockTiming timing;

  HubCache(Path directory, LockTiming timing) {
    this.directory = directory;
    this.timing = timing;
  }

  /** Fills a new, empty directory with a module. */
  @FunctionalInterface
  interface Filler {
    void fill(Path emptyDirectory) throws IOException;
  }

  /** Where a handle's module is or would be: named by the SHA-1 of the handle as it was written. */
  Path entry(String handle) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-1").digest(handle.getBytes(StandardCharsets.UTF_8));
      return directory.resolve(HexFormat.of().formatHex(digest));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-1", e);
    }
  }

  /** Whether a handle's module is there. An empty directory is a download that never came about. */
  static boolean isFilled(Path entry) throws IOException {
    if (!Files.isDirectory(entry)) {
      return false;
    }
    try (Stream<Path> files = Files.list(entry)) {
      return files.findAny().isPresent();
    }
  }

  /**
   * A handle's module, fetched by this process or, while this one waits, by another.
   *
   * @param filler called at most once; if it fails, nothing of it stays
   * @return the module's directory
   */
  Path get(String handle, Filler filler) throws IOException {
    Path entry = entry(handle);
    Files.createDirectories(directory);
    while (!isFilled(entry)) {
      Path lock = sibling(entry, ".lock");
      String content =
          String.format(Locale.ROOT, "%s.%d.%s", hostName(), ProcessHandle.current().pid(), hex());
      if (tryLock(lock, content)) {
        Path temporary = sibling(entry, "." + hexOf(content) + ".tmp");
        try {
          if (!isFilled(entry)) {
            fill(handle, entry, temporary, filler);
          }
        } finally {
          deleteTree(temporary);
          if (content.equals(contentOf(lock))) {
            Files.deleteIfExists(lock);
          }
        }
      } else {
        awaitOther(entry, lock);
      }
    }
    return entry;
  }

  private void fill(String handle, Path entry, Path temporary, Filler filler) throws IOException {
    Files.createDirectory(temporary);
    filler.fill(temporary);
    Files.writeString(
        sibling(entry, ".descriptor.txt"),
        String.format(
            Locale.ROOT,
            "Module: %s%nDownload Time: %s%nDownloader Hostname: %s (PID:%d)",
            handle,
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT)
                .format(ZonedDateTime.now(ZoneId.systemDefault())),
            hostName(),
            ProcessHandle.current().pid()));
    Files.deleteIfExists(entry); // an empty one; a filled one was used before we came here
    try {
      Files.move(temporary, entry, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileAlreadyExistsException | DirectoryNotEmptyException e) {
      if (!isFilled(entry)) { // else another process, which took our lock for abandoned, was faster
        throw e;
      }
    }
  }

  /** Creates the lock with its content in one step, unless it is there. */
  private static boolean tryLock(Path lock, String content) throws IOException {
    Path temporary = lock.resolveSibling(lock.getFileName() + ".tmp" + hex());
    try {
      Files.writeString(temporary, content, StandardOpenOption.CREATE_NEW);
      Files.createLink(lock, temporary);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    } catch (UnsupportedOperationException e) {
      // No hard links here. The lock is then without its content for a moment, which others bear.
      try {
        Files.writeString(lock, content, StandardOpenOption.CREATE_NEW);
        return true;
      } catch (FileAlreadyExistsException taken) {
        return false;
      }
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** Waits until the other process is done or shows no sign of life. */
  private void awaitOther(Path entry, Path lock) throws IOException {
    String content = contentOf(lock);
    long size = sizeOf(sibling(entry, "." + hexOf(content) + ".tmp"));
    long lastChange = System.nanoTime();
    while (Files.exists(lock) && !isFilled(entry)) {
      sleep();
      String contentNow = contentOf(lock);
      long sizeNow = sizeOf(sibling(entry, "." + hexOf(contentNow) + ".tmp"));
      if (!contentNow.equals(content) || sizeNow != size) {
        content = contentNow;
        size = sizeNow;
        lastChange = System.nanoTime();
      } else if (System.nanoTime() - lastChange >= timing.abandoned().toNanos()) {
        Files.deleteIfExists(lock);
        return;
      }
    }
  }

  private void sleep() throws HandleException {
    try {
      Thread.sleep(timing.poll().toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HandleException(
          "waiting for another process's download was interrupted", "Start again.", e);
    }
  }

  private static String contentOf(Path lock) throws IOException {
    try {
      return Files.readString(lock);
    } catch (NoSuchFileException e) {
      return "";
    }
  }

  /** The last part of a lock's content names the holder's temporary directory. */
  private static String hexOf(String lockContent) {
    return lockContent.substring(lockContent.lastIndexOf('.') + 1);
  }

  private static Path sibling(Path entry, String suffix) {
    return entry.resolveSibling(entry.getFileName() + suffix);
  }

  private static String hex() {
    return UUID.randomUUID().toString().replace("-", "");
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }

  /** Bytes of all files below; 0 if there is no such directory. Files may vanish meanwhile. */
  private static long sizeOf(Path tree) throws IOException {
    if (!Files.isDirectory(tree)) {
      return 0;
    }
    long size = 0;
    for (Path file : below(tree)) {
      size += file.toFile().length(); // 0 of one that has gone
    }
    return size;
  }

  static void deleteTree(Path tree) throws IOException {
    if (Files.exists(tree)) {
      List<Path> files = below(tree);
      files.sort(Comparator.reverseOrder());
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
    }
  }

  private static List<Path> below(Path tree) throws IOException {
    try (Stream<Path> files = Files.walk(tree)) {
      return new ArrayList<>(files.toList());
    } catch (UncheckedIOException e) {
      return new ArrayList<>(); // the directory went away while it was walked
    }
  }
}
