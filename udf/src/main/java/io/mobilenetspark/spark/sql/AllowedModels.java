package io.mobilenetspark.spark.sql;

import io.mobilenetspark.model.handle.HandleException;
import io.mobilenetspark.model.handle.HandlePolicy;
import io.mobilenetspark.model.handle.HubOptions;
import io.mobilenetspark.model.handle.PublicAddresses;
import io.mobilenetspark.model.handle.Redacted;
import io.mobilenetspark.model.settings.ModelSettings;
import io.mobilenetspark.options.Cure;
import io.mobilenetspark.options.Setting;
import io.mobilenetspark.spark.sql.ModelPlace.Web;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import scala.Option;

/**
 * Which models queries may name. The driver loads what a query names, with the driver's rights and
 * from the driver's place in the network: on a server that many share, a query must not choose
 * among all that the driver can reach. See {@link SqlSettings#ALLOWED_MODELS} for the rules.
 * Immutable.
 */
final class AllowedModels implements HandlePolicy {

  private static final String BUILTIN = "builtin";

  /** Any handle; of addresses, the public ones. */
  private static final String ANY = "*";

  private static final List<String> HUBS =
      List.of(
          "https://tfhub.dev/",
          "https://www.kaggle.com/",
          "https://kaggle.com/",
          "https://hub.tensorflow.google.cn/",
          BUILTIN);

  private static final Set<String> HUB_HOSTS =
      Set.of("tfhub.dev", "www.kaggle.com", "kaggle.com", "hub.tensorflow.google.cn");

  /** Where the hubs keep archives: they redirect there. */
  private static final List<String> STORES =
      List.of(
          "https://storage.googleapis.com/",
          "https://gcs.tensorflow.google.cn/",
          "https://api.kaggle.com/");

  private final List<String> names;
  private final List<ModelPlace> places;
  private final List<ModelPlace> stores;
  private final List<ModelPlace> mirrors; // queries don't name them; handles are asked for there
  private final boolean isChosen; // by who started the application, who knows his network
  private final boolean isAny;
  private final boolean isReticent;

  private AllowedModels(
      List<String> names,
      List<String> mirrors,
      boolean isChosen,
      boolean isLocal,
      Configuration hadoop) {
    this.names = List.copyOf(names);
    this.isChosen = isChosen;
    isReticent = isChosen || !isLocal;
    isAny = names.contains(ANY);
    places = places(names, hadoop);
    stores = places(STORES, hadoop);
    this.mirrors = places(mirrors, hadoop);
  }

  private static List<ModelPlace> places(List<String> names, Configuration hadoop) {
    return names.stream()
        .filter(name -> !name.equals(ANY) && !name.equals(BUILTIN))
        .map(
            name ->
                ModelPlace.of(name, hadoop)
                    .orElseThrow(
                        () ->
                            new IllegalArgumentException(
                                String.format(
                                    Locale.ROOT,
                                    "'%s' in %s names no place: give a URL or path, without '..' or encoded dots and slashes.",
                                    Redacted.handle(name),
                                    ConfEntries.key(SqlSettings.ALLOWED_MODELS)))))
        .toList();
  }

  /**
   * Those of an application.
   *
   * @param start what it was started with
   * @param hadoop for paths
   */
  static AllowedModels of(SparkConf start, Configuration hadoop) {
    Option<String> list = start.getOption(ConfEntries.key(SqlSettings.ALLOWED_MODELS));
    List<String> names = new ArrayList<>();
    boolean isLocal = start.get("spark.master", "").startsWith("local");
    if (list.isDefined()) {
      Arrays.stream(list.get().split(",", -1))
          .map(String::strip)
          .filter(name -> !name.isEmpty())
          .forEach(names::add);
    } else if (isLocal) {
      names.add(ANY);
    } else {
      names.addAll(HUBS);
    }
    for (Setting<String> ofStart : List.of(ModelSettings.MODEL, SqlSettings.CLASSIFIER)) {
      Option<String> model = start.getOption(ConfEntries.key(ofStart));
      if (model.isDefined() && !model.get().isBlank()) {
        names.add(model.get().strip());
      }
    }
    return new AllowedModels(names, mirrors(start), list.isDefined(), isLocal, hadoop);
  }

  /** The folder of the mirror that the application was started with, if it is always the same. */
  private static List<String> mirrors(SparkConf start) {
    String template =
        start
            .getOption(ConfEntries.key(ModelSettings.MODEL_MIRROR))
            .getOrElse(() -> System.getenv().getOrDefault(HubOptions.MIRROR_VARIABLE, ""));
    int placeholder = template.indexOf('{');
    int folder = template.lastIndexOf('/', placeholder);
    boolean isBehindHost = folder > template.indexOf("://") + 2;
    return placeholder >= 0 && isBehindHost
        ? List.of(template.substring(0, folder + 1))
        : List.of();
  }

  /**
   * Holds the list.
   *
   * @throws IllegalArgumentException if queries may not name this model
   */
  void require(String handle, Configuration hadoop) {
    if (names.contains(handle.strip())) {
      return; // as it stands there: an archive, a checkpoint, a path of whatever kind
    }
    if (isAny && !ModelPlace.isWeb(handle)) {
      return;
    }
    Optional<ModelPlace> place = ModelPlace.of(handle, hadoop);
    boolean isAllowed =
        place.isPresent()
            && (isAny || places.stream().anyMatch(allowed -> allowed.contains(place.get())));
    if (!isAllowed) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Queries of this application may not use the model %s. Allowed are, with all below them:"
                  + " %s. Another one has to be named in %s when the application starts.",
              Redacted.handle(handle),
              names.stream().map(Redacted::handle).collect(Collectors.joining(", ")),
              ConfEntries.key(SqlSettings.ALLOWED_MODELS)));
    }
  }

  /**
   * Whether a query is told no more than that a model can't be had: what a server answered, and
   * whether there is one, is not everybody's business.
   */
  boolean isReticent() {
    return isReticent;
  }

  @Override
  public void check(URI address) throws HandleException {
    Optional<ModelPlace> place = Web.of(address.toString());
    boolean isNamed =
        place.isPresent()
            && Stream.of(places, stores, mirrors)
                .flatMap(List::stream)
                .anyMatch(allowed -> allowed.contains(place.get()));
    // Without TLS, who answers is whoever a name server says.
    boolean isSafe = "https".equals(String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT));
    if (!isNamed && !(isAny && isSafe && place.isPresent())) {
      throw refused();
    }
    InetAddress[] addresses;
    try {
      addresses = InetAddress.getAllByName(address.getHost());
    } catch (UnknownHostException e) {
      if (isNamed) {
        return; // a proxy may know it
      }
      throw refused();
    }
    if (!areAllowed(address.getHost(), addresses)) {
      throw refused();
    }
  }

  @Override
  public InetAddress[] resolve(String host) throws UnknownHostException {
    InetAddress[] addresses = InetAddress.getAllByName(host);
    if (!areAllowed(host, addresses)) {
      throw new UnknownHostException(host);
    }
    return addresses;
  }

  /** Public ones; others only of a host that the one who started the application has named. */
  boolean areAllowed(String host, InetAddress[] addresses) {
    return Arrays.stream(addresses).allMatch(PublicAddresses::contains)
        || mirrors.stream().anyMatch(mirror -> mirror instanceof Web web && web.isHost(host))
        || places.stream()
            .anyMatch(
                allowed ->
                    allowed instanceof Web web
                        && web.isHost(host)
                        && (isChosen || !HUB_HOSTS.contains(web.host())));
  }

  private static HandleException refused() {
    return new HandleException(
        "queries of this application may not have it fetched from there",
        Cure.of(
            "Only https, public addresses, and what is allowed: the host has to be named in %s when the"
                + " application starts, and so have those that it redirects to.",
            ConfEntries.key(SqlSettings.ALLOWED_MODELS)));
  }
}
