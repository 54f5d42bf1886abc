package io.mobilenetspark.model.handle;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Turns handles into files. Immutable; safe for use by many threads. */
public final class HandleResolver {

  private static final List<String> ARCHIVES =
      List.of(".tar.gz", ".tgz", ".tar", ".tar.bz2", ".tar.xz");

  private final Configuration configuration;
  private final HubOptions options;
  private final LockTiming timing;

  /**
   * @param configuration for the file systems
   * @param options for URLs and archives
   */
  public HandleResolver(Configuration configuration, HubOptions options) {
    this(configuration, options, LockTiming.DEFAULT);
  }

  HandleResolver(Configuration configuration, HubOptions options, LockTiming timing) {
    this.configuration = configuration;
    this.options = options;
    this.timing = timing;
  }

  /**
   * The files of a handle.
   *
   * <ul>
   *   <li>http(s) URL: fetched by TF Hub's protocol into the cache, or found there
   *   <li>path of a tar archive on any Hadoop file system: unpacked into a temporary directory
   *   <li>any other path: as it is
   * </ul>
   *
   * @throws HandleException if it can't be had; the message and {@link HandleException#cure()} are
   *     for the user
   */
  public ResolvedHandle resolve(String handle) throws IOException {
    String lower = handle.strip().toLowerCase(Locale.ROOT);
    if (lower.startsWith("http://") || lower.startsWith("https://")) {
      return new ResolvedHandle(local(fetch(handle)), Optional.empty());
    }
    Path path = path(handle);
    boolean isArchive = ARCHIVES.stream().anyMatch(lower::endsWith);
    return isArchive && isFile(path)
        ? unpack(handle, path)
        : new ResolvedHandle(path, Optional.empty());
  }

  /** On the local file system, whichever is the default one. */
  private static Path local(java.nio.file.Path path) {
    return new Path("file", "", path.toAbsolutePath().toString());
  }

  private Path path(String handle) throws HandleException {
    try {
      Path path = new Path(handle);
      return path.getFileSystem(configuration).makeQualified(path);
    } catch (IOException | IllegalArgumentException e) {
      throw new HandleException(
          "its path can't be used: " + e.getMessage(),
          "Check the path and the settings of its file system.",
          e);
    }
  }

  private boolean isFile(Path path) throws HandleException {
    try {
      FileSystem fileSystem = path.getFileSystem(configuration);
      return fileSystem.exists(path) && fileSystem.getFileStatus(path).isFile();
    } catch (IOException e) {
      throw new HandleException(
          "its file system can't be reached: " + e.getMessage(),
          "Check the path and the settings of its file system.",
          e);
    }
  }

  private java.nio.file.Path fetch(String handle) throws IOException {
    URI uri = Download.archiveUri(handle);
    HubCache cache = new HubCache(options.cacheDirectory(), timing);
    if (options.network() == HubOptions.Network.OFFLINE) {
      java.nio.file.Path entry = cache.entry(handle);
      if (!HubCache.isFilled(entry)) {
        throw new HandleException(
            String.format(
                Locale.ROOT, "it is not in the cache (%s), and nothing may be fetched", entry),
            String.format(
                Locale.ROOT,
                "Leave out --offline once, or set %s to a cache that has it.",
                HubOptions.CACHE_VARIABLE));
      }
      return entry;
    }
    return cache.get(handle, directory -> fill(handle, uri, directory));
  }

  private void fill(String handle, URI uri, java.nio.file.Path directory) throws IOException {
    // Within the directory, whose growth tells other processes that this one is alive.
    java.nio.file.Path archive = directory.resolve(".archive");
    new Download(options).fetch(uri, archive);
    unpack(handle, archive, directory);
    Files.deleteIfExists(archive);
  }

  private ResolvedHandle unpack(String handle, Path archive) throws IOException {
    java.nio.file.Path temporary = Files.createTempDirectory("module");
    try {
      java.nio.file.Path copy = temporary.resolve("archive");
      java.nio.file.Path module = Files.createDirectory(temporary.resolve("module"));
      FileSystem fileSystem = archive.getFileSystem(configuration);
      FileStatus status = fileSystem.getFileStatus(archive);
      if (status.getLen() > options.maxArchiveBytes()) {
        throw new HandleException(
            String.format(Locale.ROOT, "the archive has %d bytes", status.getLen()),
            String.format(Locale.ROOT, "The limit is %d.", options.maxArchiveBytes()));
      }
      try (InputStream in = fileSystem.open(archive)) {
        Files.copy(in, copy);
      }
      unpack(handle, copy, module);
      Files.delete(copy);
      return new ResolvedHandle(local(module), Optional.of(temporary));
    } catch (IOException | RuntimeException e) {
      HubCache.deleteTree(temporary);
      throw e;
    }
  }

  private void unpack(String handle, java.nio.file.Path archive, java.nio.file.Path target)
      throws HandleException {
    try {
      new Archive(archive, options.maxArchiveBytes()).unpackTo(target);
    } catch (IOException e) {
      throw new HandleException(
          String.format(
              Locale.ROOT,
              "%s does not appear to be a valid module: of its archive, %s",
              handle,
              e.getMessage()),
          "Check that the address is a module's and not a web page's; fetch it again.",
          e);
    }
  }
}
