package io.mobilenetspark.model.handle;

import io.mobilenetspark.options.Cure;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Where a module's archive is asked for.
 *
 * @param uri without a user
 * @param authorization for this scheme, host and port alone
 */
record Source(URI uri, Optional<String> authorization) {

  private static final String FORMAT_QUERY = "tf-hub-format=compressed";

  /**
   * The places of a handle, in the order in which they are asked: the mirror alone if there is one;
   * else Kaggle, if the model is known to have moved there; else, or after it, the handle's own
   * address by TF Hub's protocol.
   *
   * @throws HandleException if the handle is not a URL, or the account can't be read
   */
  static List<Source> of(String handle, HubOptions options) throws HandleException {
    URI uri = uri(handle);
    if (options.mirror().isPresent()) {
      return List.of(withoutUser(options.mirror().get().of(uri)));
    }
    Optional<KaggleModel> model = KaggleModel.of(uri);
    if (model.isPresent()) {
      Kaggle kaggle = options.kaggle();
      Source moved =
          new Source(kaggle.download(model.get()), kaggle.authorization(options.progress()));
      return isKaggles(uri) ? List.of(moved) : List.of(moved, ofProtocol(handle));
    }
    if (isKaggles(uri)) {
      throw new HandleException(
          "it is not a version of a model on Kaggle",
          Cure.of(
              "Write it as https://www.kaggle.com/models/OWNER/MODEL/FRAMEWORK/VARIATION/VERSION."));
    }
    return List.of(ofProtocol(handle));
  }

  private static boolean isKaggles(URI uri) {
    return uri.getHost().toLowerCase(Locale.ROOT).matches("(www\\.)?kaggle\\.com");
  }

  private static Source ofProtocol(String handle) throws HandleException {
    return withoutUser(archiveUri(handle));
  }

  private static URI uri(String handle) throws HandleException {
    try {
      URI uri = URI.create(handle.strip());
      if (uri.getHost() == null) {
        throw new IllegalArgumentException("it has no host");
      }
      return uri;
    } catch (IllegalArgumentException e) {
      // The exception quotes the handle, secrets and all.
      throw new HandleException(
          "it is not a URL: " + Redacted.message(e),
          Cure.of(
              "Check the address for typing errors; special characters in it are percent-encoded."));
    }
  }

  /** Where a handle's archive is by TF Hub's protocol, with the handle's user. */
  static URI archiveUri(String handle) throws HandleException {
    URI uri = uri(handle);
    if ("hub.tensorflow.google.cn".equals(uri.getHost())) {
      // This mirror does not answer the query; its archives have addresses of their own.
      return URI.create(
          "https://gcs.tensorflow.google.cn/tfhub-modules" + uri.getRawPath() + ".tar.gz");
    }
    String base = handle.strip();
    int fragment = base.indexOf('#');
    base = fragment < 0 ? base : base.substring(0, fragment);
    return URI.create(base + (uri.getRawQuery() == null ? "?" : "&") + FORMAT_QUERY);
  }

  private static Source withoutUser(URI uri) {
    if (uri.getRawUserInfo() == null) {
      return new Source(uri, Optional.empty());
    }
    String user = uri.getRawUserInfo();
    String bare = uri.toString().replaceFirst("(?<=://)[^/]*@", "");
    return new Source(URI.create(bare), Optional.of(Kaggle.basic(Proxies.decoded(user))));
  }

  /**
   * Whether another address is of the same scheme, host and port, so that it may get the account.
   */
  boolean isOf(URI other) {
    return uri.getScheme().equalsIgnoreCase(other.getScheme())
        && uri.getHost().equalsIgnoreCase(String.valueOf(other.getHost()))
        && port(uri) == port(other);
  }

  private static int port(URI uri) {
    int standard = uri.getScheme().equalsIgnoreCase("https") ? 443 : 80;
    return uri.getPort() < 0 ? standard : uri.getPort();
  }

  @Override
  public String toString() {
    return Redacted.handle(uri.toString()); // a record would print the account
  }
}
