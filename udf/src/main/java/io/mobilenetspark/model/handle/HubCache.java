package io.mobilenetspark.model.handle;

import io.mobilenetspark.model.settings.ModelSettings;
import io.mobilenetspark.options.Cure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The cache of downloaded modules, shared with Python's tensorflow_hub: the same names of
 * directories and lock files, the same order of steps. Safe for use by many threads and processes;
 * each of its files may vanish between two looks.
 *
 * @see <a
 *     href="https://github.com/tensorflow/hub/blob/v0.12.0/tensorflow_hub/resolver.py">atomic_download</a>
 */
final class HubCache {

  /** The last part of a lock's content, which names its holder's directory. */
  private static final Pattern HEX = Pattern.compile("[0-9a-f]{1,64}$");

  private final Path directory;
  private final CacheGuard guard;
  private final LockTiming timing;
  private final CacheFiles files;

  HubCache(HubOptions options, LockTiming timing, CacheFiles files) {
    this.directory = options.cacheDirectory();
    this.guard = new CacheGuard(options.cacheDirectory(), options.cacheChoice());
    this.timing = timing;
    this.files = files;
  }

  /** Fills a new, empty directory with a module. */
  @FunctionalInterface
  interface Filler {
    /** Returns the SHA-256 of the archive that the module came from, in hex. */
    String fill(Path emptyDirectory) throws IOException;
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
  private static boolean isFilled(Path entry) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(entry)) {
      return files.iterator().hasNext();
    } catch (NoSuchFileException | NotDirectoryException e) {
      return false;
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  /**
   * A handle's module, if it is there.
   *
   * @throws HandleException if it is not, or others could have put it there
   */
  Path find(String handle) throws IOException {
    Path entry = entry(handle);
    if (!isFilled(entry)) {
      throw new HandleException(
          String.format(
              Locale.ROOT, "it is not in the cache (%s), and nothing may be fetched", entry),
          Cure.of(
              "Leave out %s once, or set %s to a cache that has it.",
              ModelSettings.OFFLINE, HubOptions.CACHE_VARIABLE));
    }
    guard.check();
    guard.checkEntry(entry);
    return entry;
  }

  /**
   * A handle's module, fetched by this process or, while this one waits, by another.
   *
   * @param filler called at most once; if it fails, nothing of it stays
   * @return the module's directory
   * @throws HandleException if others could have put it there
   */
  Path get(String handle, Filler filler) throws IOException {
    Path entry = entry(handle);
    guard.open();
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
          FileTrees.delete(temporary);
          if (content.equals(contentOf(lock))) {
            Files.deleteIfExists(lock);
          }
        }
      } else {
        awaitOther(entry, lock);
      }
      guard.open(); // it may have been deleted as a whole
    }
    guard.checkEntry(entry);
    return entry;
  }

  private void fill(String handle, Path entry, Path temporary, Filler filler) throws IOException {
    FileTrees.makeDirectory(temporary);
    String sha256 = filler.fill(temporary);
    guard.close(temporary);
    FileTrees.write(
        sibling(entry, ".descriptor.txt"),
        String.format(
            Locale.ROOT,
            "Module: %s%nDownload Time: %s%nDownloader Hostname: %s (PID:%d)",
            Redacted.handle(handle),
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
                .format(ZonedDateTime.now(ZoneOffset.UTC)),
            hostName(),
            ProcessHandle.current().pid()));
    new ArchiveDigest(entry).write(sha256, temporary);
    try {
      Files.deleteIfExists(entry); // an empty one; a filled one was used before we came here
      files.rename(temporary, entry);
    } catch (AtomicMoveNotSupportedException | UnsupportedOperationException e) {
      // Copied file by file, others would take the first files for the module.
      throw new HandleException(
          String.format(
              Locale.ROOT,
              "the file system of the cache (%s) can't rename a folder in one step",
              directory),
          Cure.of(
              "Set %s, or %s, to a folder on another one.",
              HubOptions.CACHE_VARIABLE, ModelSettings.MODEL_CACHE),
          e);
    } catch (FileSystemException e) {
      if (!isFilled(entry)) { // else another process, which took our lock for abandoned, was faster
        throw e;
      }
    }
  }

  /** Creates the lock with its content in one step, unless it is there. */
  private boolean tryLock(Path lock, String content) throws IOException {
    Path temporary = lock.resolveSibling(lock.getFileName() + ".tmp" + hex());
    try {
      Files.writeString(temporary, content, StandardOpenOption.CREATE_NEW);
      files.link(lock, temporary);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    } catch (NoSuchFileException e) {
      guard.open(); // deleted as a whole
      return false;
    } catch (FileSystemException | UnsupportedOperationException e) {
      // No hard links (FAT, SMB, some FUSE), which Linux calls "operation not permitted". The lock
      // is then without its content for a moment, which others bear.
      return tryLockWithoutLink(lock, content);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static boolean tryLockWithoutLink(Path lock, String content) throws IOException {
    try {
      Files.writeString(lock, content, StandardOpenOption.CREATE_NEW);
      return true;
    } catch (FileAlreadyExistsException taken) {
      return false;
    }
  }

  /** Waits until the other process is done or shows no sign of life. */
  private void awaitOther(Path entry, Path lock) throws IOException {
    String content = contentOf(lock);
    long size = sizeOf(entry, content);
    long lastChange = System.nanoTime();
    while (Files.exists(lock, LinkOption.NOFOLLOW_LINKS) && !isFilled(entry)) {
      sleep();
      String contentNow = contentOf(lock);
      long sizeNow = sizeOf(entry, contentNow);
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

  /** Bytes that a lock's holder has downloaded. */
  private static long sizeOf(Path entry, String lockContent) throws IOException {
    String hex = hexOf(lockContent);
    return hex.isEmpty() ? 0 : FileTrees.sizeOf(sibling(entry, "." + hex + ".tmp"));
  }

  private void sleep() throws HandleException {
    try {
      Thread.sleep(timing.poll().toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HandleException(
          "waiting for another process's download was interrupted", Cure.of("Start again."), e);
    }
  }

  private static String contentOf(Path lock) throws IOException {
    try {
      return FileTrees.readSmall(lock);
    } catch (NoSuchFileException e) {
      return "";
    }
  }

  private static String hexOf(String lockContent) {
    Matcher hex = HEX.matcher(lockContent);
    return hex.find() ? hex.group() : "";
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
}
