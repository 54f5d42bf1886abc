package io.mobilenetspark.model.handle;

import io.mobilenetspark.common.Sha256;
import io.mobilenetspark.options.Cure;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Fetches a module's archive. For one download, by one thread. */
final class Download {

  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

  /** Answers after which the next source is asked. */
  private static final Set<Integer> REFUSALS = Set.of(401, 403, 404, 410, 451);

  private static final Pattern WEB_PAGE =
      Pattern.compile(
          "[^<\\x00-\\x08]{0,200}<(!doctype|html|head|body|!--|\\?xml)", Pattern.CASE_INSENSITIVE);

  private static final int MAX_REDIRECTS = 10;
  private static final int BUFFER_BYTES = 1 << 16;
  private static final Duration PROGRESS_INTERVAL = Duration.ofSeconds(2);

  private final HubOptions options;
  private final Cure byHand;

  /**
   * @param byHand how the user gets the module without this; one or more sentences
   */
  Download(HubOptions options, Cure byHand) {
    this.options = options;
    this.byHand = byHand;
  }

  /**
   * Fetches into a new file, from the first source that has it.
   *
   * @return SHA-256 of the file, in hex
   * @throws HandleException if no source gives it or a transfer stalls
   */
  String fetch(List<Source> sources, Path file) throws IOException {
    List<String> refusals = new ArrayList<>();
    try (Web web = new Web(options)) {
      for (Source source : sources) {
        Optional<Web.Response> response = follow(web, source, refusals);
        if (response.isPresent()) {
          try (Web.Response found = response.get()) {
            return save(found, file);
          }
        }
      }
    }
    throw new HandleException(String.join("; ", refusals), byHand);
  }

  private String save(Web.Response response, Path file) throws IOException {
    long expected = response.length();
    MessageDigest digest = Sha256.digest();
    long received;
    // The body is not closed: that would read all of it. Closing the response breaks it off.
    try (OutputStream out = FileTrees.make(file)) {
      received = copy(response, out, digest, expected);
    }
    if (expected >= 0 && received != expected) {
      throw cutOff(String.format(Locale.ROOT, "%d of %d bytes came", received, expected));
    }
    if (isWebPage(file)) {
      throw new HandleException(
          String.format(
              Locale.ROOT,
              "it does not appear to be a valid module: %s sent a web page (HTML) instead of an"
                  + " archive, perhaps one to sign in",
              response.host()),
          byHand);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static boolean isWebPage(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      String start = new String(in.readNBytes(1024), StandardCharsets.ISO_8859_1);
      return WEB_PAGE.matcher(start).lookingAt();
    }
  }

  private long copy(Web.Response response, OutputStream out, MessageDigest digest, long expected)
      throws IOException {
    InputStream body = response.body();
    byte[] buffer = new byte[BUFFER_BYTES];
    long received = 0;
    long nextLine = System.nanoTime() + PROGRESS_INTERVAL.toNanos();
    while (true) {
      int read = read(response, body, buffer, received);
      if (read < 0) {
        break;
      }
      out.write(buffer, 0, read);
      digest.update(buffer, 0, read);
      received += read;
      if (received > options.maxArchiveBytes()) {
        throw new HandleException(
            String.format(
                Locale.ROOT,
                "the archive has more than %d bytes, the limit",
                options.maxArchiveBytes()),
            Cure.of("Check that the handle is the one you mean."));
      }
      if (System.nanoTime() - nextLine >= 0) {
        options.progress().accept(progressLine(received, expected));
        nextLine = System.nanoTime() + PROGRESS_INTERVAL.toNanos();
      }
    }
    options.progress().accept(progressLine(received, expected));
    return received;
  }

  private int read(Web.Response response, InputStream body, byte[] buffer, long received)
      throws HandleException {
    try {
      int read = body.read(buffer);
      response.pace().add(Math.max(0, read));
      return read;
    } catch (SocketTimeoutException e) {
      throw cutOff(
          String.format(Locale.ROOT, "no byte came for %d s", options.stallTimeout().toSeconds()));
    } catch (IOException e) {
      throw cutOff(
          response
              .slowness()
              .orElseGet(
                  () ->
                      String.format(
                          Locale.ROOT,
                          "after %d bytes: %s",
                          received,
                          Redacted.text(String.valueOf(e)))));
    }
  }

  private static String progressLine(long received, long expected) {
    return expected < 0
        ? String.format(Locale.ROOT, "%.1f MB", received / 1e6)
        : String.format(Locale.ROOT, "%.1f of %.1f MB", received / 1e6, expected / 1e6);
  }

  private static HandleException cutOff(String how) {
    return new HandleException(
        "the download was cut off: " + how,
        Cure.of("Try again; behind a slow connection raise the download timeout."));
  }

  /** The response with the archive; empty, and why, if another source may be asked. */
  private Optional<Web.Response> follow(Web web, Source source, List<String> refusals)
      throws IOException {
    URI uri = source.uri();
    for (int hops = 0; hops <= MAX_REDIRECTS; hops++) {
      options.policy().check(uri);
      Web.Response response;
      try {
        response = web.get(uri, source.isOf(uri) ? source.authorization() : Optional.empty());
      } catch (IOException e) {
        refusals.add(
            String.format(
                Locale.ROOT,
                "%s can't be reached: %s: %s",
                uri.getHost(),
                e.getClass().getSimpleName(),
                Redacted.text(String.valueOf(e.getMessage()))));
        return Optional.empty();
      }
      int status = response.status();
      if (status >= 200 && status < 300) {
        return Optional.of(response);
      }
      String location = response.header("Location").orElse("");
      response.close();
      if (REFUSALS.contains(status)) {
        refusals.add(String.format(Locale.ROOT, "%s answered %d", uri.getHost(), status));
        return Optional.empty();
      }
      if (!REDIRECTS.contains(status) || location.isEmpty()) {
        throw new HandleException(
            String.format(Locale.ROOT, "%s answered %d", uri.getHost(), status),
            Cure.of("Try again later.").then(byHand));
      }
      uri = next(uri, location);
    }
    throw new HandleException(
        String.format(
            Locale.ROOT, "%s redirects more than %d times", source.uri().getHost(), MAX_REDIRECTS),
        Cure.of("Check the handle."));
  }

  /** Where a redirect leads, unless that is no place to follow it to. */
  static URI next(URI base, String location) throws HandleException {
    String told = Redacted.handle(location);
    URI target;
    try {
      target = base.resolve(location);
      if (target.getHost() == null || !Set.of("http", "https").contains(target.getScheme())) {
        throw new IllegalArgumentException("not an http address");
      }
    } catch (IllegalArgumentException e) {
      throw new HandleException(
          String.format(
              Locale.ROOT, "%s redirects to '%s': %s", base.getHost(), told, Redacted.message(e)),
          Cure.of("Check the handle."));
    }
    if (base.getScheme().equalsIgnoreCase("https") && !target.getScheme().equals("https")) {
      throw new HandleException(
          String.format(Locale.ROOT, "%s redirects from https to %s", base.getHost(), told),
          Cure.of(
              "Somebody may be altering the connection. If the target is meant, pass it as the"
                  + " handle."));
    }
    if (isOfThisMachine(target) && !isOfThisMachine(base)) {
      throw new HandleException(
          String.format(
              Locale.ROOT,
              "%s redirects to %s, an address of this machine or its cloud",
              base.getHost(),
              told),
          Cure.of(
              "Somebody may be trying to reach what only this machine can. If the target is meant, pass"
                  + " it as the handle."));
    }
    return target;
  }

  /** Loopback, and the link-local addresses at which clouds serve their secrets. */
  private static boolean isOfThisMachine(URI address) {
    try {
      return Arrays.stream(InetAddress.getAllByName(address.getHost()))
          .anyMatch(
              host ->
                  host.isLoopbackAddress()
                      || host.isLinkLocalAddress()
                      || host.isAnyLocalAddress());
    } catch (UnknownHostException e) {
      return false; // the request says so, or a proxy knows it
    }
  }
}
