package io.mobilenetspark.model.handle;

import static java.util.Objects.requireNonNull;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * How modules are fetched. Start from {@link #fromEnvironment} and change what differs.
 *
 * @param cacheDirectory where modules are kept; shared with Python's tensorflow_hub
 * @param network whether anything may be fetched
 * @param connectTimeout for each connection
 * @param stallTimeout after this long without a byte, a download is given up
 * @param proxies through which servers are reached
 * @param maxArchiveBytes of an archive's contents, unpacked
 * @param sha256 expected SHA-256 of the archive, in hex
 * @param progress takes a line every few seconds of a download
 */
public record HubOptions(
    Path cacheDirectory,
    Network network,
    Duration connectTimeout,
    Duration stallTimeout,
    Proxies proxies,
    long maxArchiveBytes,
    Optional<String> sha256,
    Consumer<String> progress) {

  /** Environment variable with the cache's directory, as tensorflow_hub has it. */
  public static final String CACHE_VARIABLE = "TFHUB_CACHE_DIR";

  /** Two gigabytes; the largest image modules have half of one. */
  public static final long DEFAULT_MAX_ARCHIVE_BYTES = 2L << 30;

  private static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration DEFAULT_STALL_TIMEOUT = Duration.ofSeconds(60);

  /** Whether the network may be used. */
  public enum Network {
    ONLINE,
    /** Only what is in the cache. */
    OFFLINE
  }

  public HubOptions {
    requireNonNull(cacheDirectory, "cacheDirectory");
    requireNonNull(network, "network");
    requireNonNull(connectTimeout, "connectTimeout");
    requireNonNull(stallTimeout, "stallTimeout");
    requireNonNull(proxies, "proxies");
    requireNonNull(sha256, "sha256");
    requireNonNull(progress, "progress");
    if (maxArchiveBytes < 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "maxArchiveBytes is %d; it must be at least 1", maxArchiveBytes));
    }
    if (sha256.isPresent() && !sha256.get().matches("[0-9a-fA-F]{64}")) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "'%s' is not a SHA-256: 64 hexadecimal digits", sha256.get()));
    }
  }

  /**
   * What the environment says: {@code TFHUB_CACHE_DIR}, else {@code tfhub_modules} in the folder
   * for temporary files; {@code https_proxy} or {@code HTTPS_PROXY}. Empty variables count as
   * unset.
   *
   * @param environment such as {@link System#getenv()}
   */
  public static HubOptions fromEnvironment(Map<String, String> environment) {
    String cache = environment.getOrDefault(CACHE_VARIABLE, "");
    return new HubOptions(
        cache.isEmpty() ? temporaryDirectory(environment).resolve("tfhub_modules") : local(cache),
        Network.ONLINE,
        DEFAULT_CONNECT_TIMEOUT,
        DEFAULT_STALL_TIMEOUT,
        Proxies.fromEnvironment(environment),
        DEFAULT_MAX_ARCHIVE_BYTES,
        Optional.empty(),
        line -> {});
  }

  /** As Python's {@code tempfile.gettempdir()} finds it, so that both have one default cache. */
  private static Path temporaryDirectory(Map<String, String> environment) {
    for (String variable : new String[] {"TMPDIR", "TEMP", "TMP"}) {
      String value = environment.getOrDefault(variable, "");
      if (!value.isEmpty()) {
        return Path.of(value);
      }
    }
    return Path.of(System.getProperty("java.io.tmpdir"));
  }

  private static Path local(String directory) {
    return directory.startsWith("file:") ? Path.of(URI.create(directory)) : Path.of(directory);
  }

  /** With another cache. */
  public HubOptions withCacheDirectory(Path directory) {
    return new HubOptions(
        directory,
        network,
        connectTimeout,
        stallTimeout,
        proxies,
        maxArchiveBytes,
        sha256,
        progress);
  }

  /** With or without the network. */
  public HubOptions withNetwork(Network newNetwork) {
    return new HubOptions(
        cacheDirectory,
        newNetwork,
        connectTimeout,
        stallTimeout,
        proxies,
        maxArchiveBytes,
        sha256,
        progress);
  }

  /** With other time limits. */
  public HubOptions withTimeouts(Duration connect, Duration stall) {
    return new HubOptions(
        cacheDirectory, network, connect, stall, proxies, maxArchiveBytes, sha256, progress);
  }

  /** Through proxies. */
  public HubOptions withProxies(Proxies newProxies) {
    return new HubOptions(
        cacheDirectory,
        network,
        connectTimeout,
        stallTimeout,
        newProxies,
        maxArchiveBytes,
        sha256,
        progress);
  }

  /** With another limit of an archive's contents. */
  public HubOptions withMaxArchiveBytes(long bytes) {
    return new HubOptions(
        cacheDirectory, network, connectTimeout, stallTimeout, proxies, bytes, sha256, progress);
  }

  /** Only this archive; a cached module is used unchecked, because its archive is gone. */
  public HubOptions withSha256(String hex) {
    return new HubOptions(
        cacheDirectory,
        network,
        connectTimeout,
        stallTimeout,
        proxies,
        maxArchiveBytes,
        Optional.of(hex),
        progress);
  }

  /** With a listener for lines such as {@code 12.5 of 16.1 MB}. */
  public HubOptions withProgress(Consumer<String> listener) {
    return new HubOptions(
        cacheDirectory,
        network,
        connectTimeout,
        stallTimeout,
        proxies,
        maxArchiveBytes,
        sha256,
        listener);
  }
}
