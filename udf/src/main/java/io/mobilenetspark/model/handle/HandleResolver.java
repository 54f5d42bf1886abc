package io.mobilenetspark.model.handle;

import io.mobilenetspark.common.PathSyntax;
import io.mobilenetspark.model.settings.ModelSettings;
import io.mobilenetspark.options.Cure;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
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
  private final CacheFiles files;

  /**
   * @param configuration for the file systems
   * @param options for URLs and archives
   */
  public HandleResolver(Configuration configuration, HubOptions options) {
    this(configuration, options, LockTiming.DEFAULT, CacheFiles.NATIVE);
  }

  HandleResolver(
      Configuration configuration, HubOptions options, LockTiming timing, CacheFiles files) {
    this.configuration = configuration;
    this.options = options;
    this.timing = timing;
    this.files = files;
  }

  /**
   * The files of a handle.
   *
   * <ul>
   *   <li>http(s) URL: found in the cache, or fetched into it from the mirror, from Kaggle or by TF
   *       Hub's protocol
   *   <li>path of a tar archive on any Hadoop file system: unpacked into a temporary directory
   *   <li>any other path: as it is; refused if an archive's SHA-256 is expected
   * </ul>
   *
   * @param sha256 of the archive that is expected, in hex; empty for any
   * @throws HandleException if it can't be had; the message and {@link HandleException#cure()} are
   *     for the user
   */
  public ResolvedHandle resolve(String handle, Optional<String> sha256) throws IOException {
    if (Redacted.isRedacted(handle)) {
      throw new HandleException(
          "its user, or values of its query, were left out when it was written down",
          Cure.of("Set the handle again, with them."));
    }
    String lower = handle.strip().toLowerCase(Locale.ROOT);
    if (lower.startsWith("http://") || lower.startsWith("https://")) {
      return new ResolvedHandle(local(fetch(handle, sha256)), Optional.empty());
    }
    Path path = path(handle);
    boolean isArchive = ARCHIVES.stream().anyMatch(lower::endsWith);
    if (isArchive && isFile(path)) {
      return unpack(path, sha256);
    }
    if (sha256.isPresent()) {
      throw new HandleException(
          String.format(
              Locale.ROOT,
              "a SHA-256 of an archive is expected, and this is not one (%s)",
              String.join(", ", ARCHIVES)),
          Cure.of(
              "Pack the module (tar -czf module.tar.gz -C FOLDER .) and pass the archive; or leave out"
                  + " %s.",
              ModelSettings.MODEL_SHA256));
    }
    return new ResolvedHandle(path, Optional.empty());
  }

  /** On the local file system, whichever is the default one. */
  private static Path local(java.nio.file.Path path) {
    return new Path("file", "", path.toAbsolutePath().toString());
  }

  private Path path(String handle) throws HandleException {
    try {
      Path path = new Path(handle);
      return path.getFileSystem(configuration).makeQualified(path);
    } catch (IOException | RuntimeException e) { // such as that of a file system's constructor
      throw new HandleException(
          "its path can't be used: "
              + PathSyntax.misread(handle, e).orElseGet(() -> Redacted.message(e)),
          Cure.of("Check the path and the settings of its file system."),
          Redacted.cause(e));
    }
  }

  private boolean isFile(Path path) throws HandleException {
    try {
      FileSystem fileSystem = path.getFileSystem(configuration);
      return fileSystem.exists(path) && fileSystem.getFileStatus(path).isFile();
    } catch (IOException e) {
      throw new HandleException(
          "its file system can't be reached: " + Redacted.message(e),
          Cure.of("Check the path and the settings of its file system."),
          Redacted.cause(e));
    }
  }

  private java.nio.file.Path fetch(String handle, Optional<String> sha256) throws IOException {
    // Who expects a digest trusts nobody: what others may write, its record beside the module
    // included, proves nothing.
    HubOptions cached = sha256.isPresent() ? options.withStrictCache() : options;
    HubCache cache = new HubCache(cached, timing, files);
    try {
      java.nio.file.Path entry =
          options.network() == HubOptions.NetworkAccess.OFFLINE
              ? cache.find(handle)
              : cache.get(
                  handle, directory -> fill(handle, sha256, cache.entry(handle), directory));
      if (sha256.isPresent()) {
        new ArchiveDigest(entry).require(sha256.get());
      }
      return entry;
    } catch (IOException e) {
      throw new HandleException(
          String.format(
              Locale.ROOT,
              "the cache of modules (%s) can't be used: %s",
              options.cacheDirectory(),
              Redacted.text(e.toString())),
          Cure.of(
              "Check the folder and the space on its disk; or set %s, or %s, to another one.",
              HubOptions.CACHE_VARIABLE, ModelSettings.MODEL_CACHE),
          Redacted.cause(e));
    }
  }

  private String fill(
      String handle,
      Optional<String> expected,
      java.nio.file.Path entry,
      java.nio.file.Path directory)
      throws IOException {
    // Within the directory, whose growth tells other processes that this one is alive.
    java.nio.file.Path archive = directory.resolve(".archive");
    String sha256 =
        new Download(options, ByHand.of(handle, entry)).fetch(Source.of(handle, options), archive);
    if (expected.isPresent()) {
      ArchiveDigest.requireEqual(sha256, expected.get());
    }
    unpack(archive, directory);
    Files.deleteIfExists(archive);
    return sha256;
  }

  private ResolvedHandle unpack(Path archive, Optional<String> sha256) throws IOException {
    java.nio.file.Path temporary = Files.createTempDirectory("module");
    try {
      java.nio.file.Path copy = temporary.resolve("archive");
      java.nio.file.Path module = Files.createDirectory(temporary.resolve("module"));
      FileSystem fileSystem = archive.getFileSystem(configuration);
      FileStatus status = fileSystem.getFileStatus(archive);
      if (status.getLen() > options.maxArchiveBytes()) {
        throw new HandleException(
            String.format(Locale.ROOT, "the archive has %d bytes", status.getLen()),
            Cure.of("The limit is %d.", options.maxArchiveBytes()));
      }
      try (InputStream in = fileSystem.open(archive)) {
        copy(in, copy);
      }
      if (sha256.isPresent()) {
        // Of the copy: nobody can change it between the look and the use.
        ArchiveDigest.requireEqual(ArchiveDigest.of(copy), sha256.get());
      }
      unpack(copy, module);
      Files.delete(copy);
      return new ResolvedHandle(local(module), Optional.of(temporary));
    } catch (IOException e) {
      FileTrees.delete(temporary);
      throw new HandleException(
          "its archive can't be read: " + Redacted.message(e),
          Cure.of("Check the path and the settings of its file system."),
          Redacted.cause(e));
    } catch (RuntimeException e) {
      FileTrees.delete(temporary);
      throw e;
    }
  }

  /** No more than the limit, however the file grows meanwhile. */
  private void copy(InputStream in, java.nio.file.Path file) throws IOException {
    try (OutputStream out = FileTrees.make(file)) {
      byte[] buffer = new byte[1 << 16];
      long bytes = 0;
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        bytes += read;
        if (bytes > options.maxArchiveBytes()) {
          throw new HandleException(
              "the archive grows while it is read",
              Cure.of("The limit is %d bytes.", options.maxArchiveBytes()));
        }
        out.write(buffer, 0, read);
      }
    }
  }

  private void unpack(java.nio.file.Path archive, java.nio.file.Path target)
      throws HandleException {
    try {
      new Archive(archive, options.maxArchiveBytes()).unpackTo(target);
    } catch (IOException e) {
      throw new HandleException(
          "it does not appear to be a valid module: of its archive, " + e.getMessage(),
          Cure.of("Check that the address is a module's and not a web page's; fetch it again."),
          e);
    }
  }
}
