package io.mobilenetspark.model.handle;

import static java.util.Objects.requireNonNull;

import io.mobilenetspark.model.settings.ModelSettings;
import io.mobilenetspark.options.SettingValues;
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
 * @param cacheChoice whether the user named that directory; see {@link CacheChoice}
 * @param network whether anything may be fetched
 * @param connectTimeout for each connection
 * @param stallTimeout after this long without a byte, or with less than a kilobyte a second, a
 *     download is given up
 * @param proxies through which servers are reached
 * @param maxArchiveBytes of an archive's contents, unpacked
 * @param mirror where URLs are asked for instead
 * @param kaggle where models are asked for that are or have moved there, and as whom
 * @param progress takes a line every few seconds of a download, and warnings
 * @param policy whom a download may ask
 */
public record HubOptions(
    Path cacheDirectory,
    CacheChoice cacheChoice,
    NetworkAccess network,
    Duration connectTimeout,
    Duration stallTimeout,
    Proxies proxies,
    long maxArchiveBytes,
    Optional<Mirror> mirror,
    Kaggle kaggle,
    Consumer<String> progress,
    HandlePolicy policy) {

  /** Environment variable with the cache's directory, as tensorflow_hub has it. */
  public static final String CACHE_VARIABLE = "TFHUB_CACHE_DIR";

  /** Environment variable with the mirror's template; see {@link Mirror}. */
  public static final String MIRROR_VARIABLE = "MOBILENET_MODEL_MIRROR";

  /** Two gigabytes; the largest image modules have half of one. */
  public static final long DEFAULT_MAX_ARCHIVE_BYTES = 2L << 30;

  private static final Duration DEFAULT_TIMEOUT =
      Duration.ofSeconds(SettingValues.none().get(ModelSettings.DOWNLOAD_TIMEOUT));

  /** Whether the network may be used. */
  public enum NetworkAccess {
    ONLINE,
    /** Only what is in the cache. */
    OFFLINE
  }

  /** Who chose the cache's directory, which decides what else may use it. */
  public enum CacheChoice {
    /**
     * It is the default, in a folder that everybody shares: it must be this user's or root's, and
     * nobody else may write into it.
     */
    DEFAULT,
    /** The user named it: a group may share it, but not everybody may write into it. */
    NAMED
  }

  public HubOptions {
    requireNonNull(cacheDirectory, "cacheDirectory");
    requireNonNull(cacheChoice, "cacheChoice");
    requireNonNull(network, "network");
    requireNonNull(connectTimeout, "connectTimeout");
    requireNonNull(stallTimeout, "stallTimeout");
    requireNonNull(proxies, "proxies");
    requireNonNull(mirror, "mirror");
    requireNonNull(kaggle, "kaggle");
    requireNonNull(progress, "progress");
    requireNonNull(policy, "policy");
    if (maxArchiveBytes < 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "maxArchiveBytes is %d; it must be at least 1", maxArchiveBytes));
    }
  }

  /**
   * What the environment says: {@code TFHUB_CACHE_DIR}, else {@code tfhub_modules} in the folder
   * for temporary files; {@code MOBILENET_MODEL_MIRROR}; {@code https_proxy} or {@code
   * HTTPS_PROXY}; {@code KAGGLE_*}. Empty variables count as unset.
   *
   * @param environment such as {@link System#getenv()}
   * @throws IllegalArgumentException if a variable can't be used
   */
  public static HubOptions fromEnvironment(Map<String, String> environment) {
    String cache = environment.getOrDefault(CACHE_VARIABLE, "");
    String mirror = environment.getOrDefault(MIRROR_VARIABLE, "");
    return new HubOptions(
        cache.isEmpty() ? temporaryDirectory(environment).resolve("tfhub_modules") : local(cache),
        cache.isEmpty() ? CacheChoice.DEFAULT : CacheChoice.NAMED,
        NetworkAccess.ONLINE,
        DEFAULT_TIMEOUT,
        DEFAULT_TIMEOUT,
        Proxies.fromEnvironment(environment),
        DEFAULT_MAX_ARCHIVE_BYTES,
        mirror.isEmpty() ? Optional.empty() : Optional.of(new Mirror(mirror)),
        Kaggle.of(environment),
        line -> {},
        HandlePolicy.ANYBODY);
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

  /** With another cache, which the user names. */
  public HubOptions withCacheDirectory(Path directory) {
    return with(
        draft -> {
          draft.cacheDirectory = directory;
          draft.cacheChoice = CacheChoice.NAMED;
        });
  }

  /** With the same cache, if nobody else may write into it: trusted as the default one is. */
  HubOptions withStrictCache() {
    return with(draft -> draft.cacheChoice = CacheChoice.DEFAULT);
  }

  /** With or without the network. */
  public HubOptions withNetwork(NetworkAccess newNetwork) {
    return with(draft -> draft.network = newNetwork);
  }

  /** With other time limits. */
  public HubOptions withTimeouts(Duration connect, Duration stall) {
    return with(
        draft -> {
          draft.connectTimeout = connect;
          draft.stallTimeout = stall;
        });
  }

  /**
   * With what was set.
   *
   * @param values of {@link ModelSettings}; others are not looked at
   * @throws IllegalArgumentException if a mirror's template can't be used
   */
  public HubOptions with(SettingValues values) {
    Duration timeout = Duration.ofSeconds(values.get(ModelSettings.DOWNLOAD_TIMEOUT));
    HubOptions set =
        withNetwork(
                values.get(ModelSettings.OFFLINE) ? NetworkAccess.OFFLINE : NetworkAccess.ONLINE)
            .withTimeouts(timeout, timeout);
    Optional<String> cache = values.find(ModelSettings.MODEL_CACHE);
    if (cache.isPresent()) {
      set = set.withCacheDirectory(Path.of(cache.get()));
    }
    Optional<String> server = values.find(ModelSettings.MODEL_MIRROR);
    return server.isPresent() ? set.withMirror(new Mirror(server.get())) : set;
  }

  /** Through proxies. */
  public HubOptions withProxies(Proxies newProxies) {
    return with(draft -> draft.proxies = newProxies);
  }

  /** With another limit of an archive's contents. */
  public HubOptions withMaxArchiveBytes(long bytes) {
    return with(draft -> draft.maxArchiveBytes = bytes);
  }

  /** From this mirror. */
  public HubOptions withMirror(Mirror newMirror) {
    return with(draft -> draft.mirror = Optional.of(newMirror));
  }

  /** From another Kaggle. */
  HubOptions withKaggle(Kaggle newKaggle) {
    return with(draft -> draft.kaggle = newKaggle);
  }

  /** With a listener for lines such as {@code 12.5 of 16.1 MB}. */
  public HubOptions withProgress(Consumer<String> listener) {
    return with(draft -> draft.progress = listener);
  }

  /** With a say in whom a download asks. */
  public HubOptions withPolicy(HandlePolicy newPolicy) {
    return with(draft -> draft.policy = newPolicy);
  }

  private HubOptions with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return new HubOptions(
        draft.cacheDirectory,
        draft.cacheChoice,
        draft.network,
        draft.connectTimeout,
        draft.stallTimeout,
        draft.proxies,
        draft.maxArchiveBytes,
        draft.mirror,
        draft.kaggle,
        draft.progress,
        draft.policy);
  }

  /** The same, while something of it is changed. */
  private static final class Draft {
    private Path cacheDirectory;
    private CacheChoice cacheChoice;
    private NetworkAccess network;
    private Duration connectTimeout;
    private Duration stallTimeout;
    private Proxies proxies;
    private long maxArchiveBytes;
    private Optional<Mirror> mirror;
    private Kaggle kaggle;
    private Consumer<String> progress;
    private HandlePolicy policy;

    Draft(HubOptions options) {
      cacheDirectory = options.cacheDirectory;
      cacheChoice = options.cacheChoice;
      network = options.network;
      connectTimeout = options.connectTimeout;
      stallTimeout = options.stallTimeout;
      proxies = options.proxies;
      maxArchiveBytes = options.maxArchiveBytes;
      mirror = options.mirror;
      kaggle = options.kaggle;
      progress = options.progress;
      policy = options.policy;
    }
  }
}
