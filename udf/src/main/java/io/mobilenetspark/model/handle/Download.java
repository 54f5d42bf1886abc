package io.mobilenetspark.model.handle;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Fetches a module's archive by TF Hub's protocol. For one download, by one thread. */
final class Download {

  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
  private static final int MAX_REDIRECTS = 10;
  private static final int BUFFER_BYTES = 1 << 16;
  private static final Duration PROGRESS_INTERVAL = Duration.ofSeconds(2);
  private static final String FORMAT_QUERY = "tf-hub-format=compressed";

  private final HubOptions options;

  Download(HubOptions options) {
    this.options = options;
  }

  /**
   * Where a handle's archive is asked for.
   *
   * @throws HandleException if the handle is not a URL
   */
  static URI archiveUri(String handle) throws HandleException {
    try {
      URI uri = URI.create(handle.strip());
      if (uri.getHost() == null) {
        throw new IllegalArgumentException("it has no host");
      }
      if ("hub.tensorflow.google.cn".equals(uri.getHost())) {
        // This mirror does not answer the query; its archives have addresses of their own.
        return URI.create(
            "https://gcs.tensorflow.google.cn/tfhub-modules" + uri.getRawPath() + ".tar.gz");
      }
      String query = uri.getRawQuery();
      String base = handle.strip();
      int fragment = base.indexOf('#');
      base = fragment < 0 ? base : base.substring(0, fragment);
      return URI.create(base + (query == null ? "?" : "&") + FORMAT_QUERY);
    } catch (IllegalArgumentException e) {
      throw new HandleException(
          "it is not a URL: " + e.getMessage(), "Check the address for typing errors.", e);
    }
  }

  /**
   * Fetches into a new file.
   *
   * @throws HandleException if the server does not give it, a transfer stalls, or the checksum is
   *     another one
   */
  void fetch(URI uri, Path file) throws IOException {
    HttpResponse<InputStream> response = follow(uri);
    long expected = response.headers().firstValueAsLong("Content-Length").orElse(-1);
    MessageDigest digest = sha256();
    long received;
    try (InputStream body = response.body();
        OutputStream out = Files.newOutputStream(file);
        StallGuard guard = new StallGuard(body, options.stallTimeout())) {
      received = copy(body, out, digest, guard, expected);
    }
    if (expected >= 0 && received != expected) {
      throw cutOff(String.format(Locale.ROOT, "%d of %d bytes came", received, expected), null);
    }
    String actual = HexFormat.of().formatHex(digest.digest());
    if (options.sha256().isPresent() && !options.sha256().get().equalsIgnoreCase(actual)) {
      throw new HandleException(
          String.format(
              Locale.ROOT,
              "the archive has the SHA-256 %s, not %s",
              actual,
              options.sha256().get()),
          "The archive was altered, or the checksum is of another one. Don't use it unless you"
              + " know why.");
    }
  }

  private long copy(
      InputStream body, OutputStream out, MessageDigest digest, StallGuard guard, long expected)
      throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    long received = 0;
    long nextLine = System.nanoTime() + PROGRESS_INTERVAL.toNanos();
    try {
      for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
        guard.received(read);
        out.write(buffer, 0, read);
        digest.update(buffer, 0, read);
        received += read;
        if (received > options.maxArchiveBytes()) {
          throw new HandleException(
              String.format(
                  Locale.ROOT,
                  "the archive has more than %d bytes, the limit",
                  options.maxArchiveBytes()),
              "Check that the handle is the one you mean.");
        }
        if (System.nanoTime() - nextLine >= 0) {
          options.progress().accept(progressLine(received, expected));
          nextLine = System.nanoTime() + PROGRESS_INTERVAL.toNanos();
        }
      }
    } catch (HandleException e) {
      throw e;
    } catch (IOException e) {
      throw cutOff(
          guard.hasStalled()
              ? String.format(
                  Locale.ROOT, "no byte came for %d s", options.stallTimeout().toSeconds())
              : String.format(Locale.ROOT, "after %d bytes: %s", received, e.getMessage()),
          e);
    }
    options.progress().accept(progressLine(received, expected));
    return received;
  }

  private static String progressLine(long received, long expected) {
    return expected < 0
        ? String.format(Locale.ROOT, "%.1f MB", received / 1e6)
        : String.format(Locale.ROOT, "%.1f of %.1f MB", received / 1e6, expected / 1e6);
  }

  private static HandleException cutOff(String how, @Nullable IOException cause) {
    String problem = "the download was cut off: " + how;
    String cure = "Try again; behind a slow connection raise the download timeout.";
    return cause == null
        ? new HandleException(problem, cure)
        : new HandleException(problem, cure, cause);
  }

  private HttpResponse<InputStream> follow(URI first) throws IOException {
    HttpClient client = client();
    URI uri = first;
    for (int hops = 0; hops <= MAX_REDIRECTS; hops++) {
      HttpResponse<InputStream> response = send(client, uri);
      int status = response.statusCode();
      if (status >= 200 && status < 300) {
        return response;
      }
      response.body().close();
      String location = response.headers().firstValue("Location").orElse("");
      if (!REDIRECTS.contains(status) || location.isEmpty()) {
        throw new HandleException(
            String.format(Locale.ROOT, "%s answered %d", uri.getHost(), status),
            status == 404
                ? "There is no module of that name and version: check the handle."
                : "Check the handle, or try again later.");
      }
      URI next = resolve(uri, location);
      if (uri.getScheme().equals("https") && !next.getScheme().equals("https")) {
        throw new HandleException(
            String.format(Locale.ROOT, "%s redirects from https to %s", uri.getHost(), next),
            "Somebody may be altering the connection. If the target is meant, pass it as the"
                + " handle.");
      }
      uri = next;
    }
    throw new HandleException(
        String.format(
            Locale.ROOT, "%s redirects more than %d times", first.getHost(), MAX_REDIRECTS),
        "Check the handle.");
  }

  private static URI resolve(URI base, String location) throws HandleException {
    try {
      URI target = base.resolve(location);
      if (target.getHost() != null && Set.of("http", "https").contains(target.getScheme())) {
        return target;
      }
      throw new IllegalArgumentException("not an http address");
    } catch (IllegalArgumentException e) {
      throw new HandleException(
          String.format(
              Locale.ROOT, "%s redirects to '%s': %s", base.getHost(), location, e.getMessage()),
          "Check the handle.",
          e);
    }
  }

  private HttpResponse<InputStream> send(HttpClient client, URI uri) throws IOException {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(uri)
              .timeout(options.connectTimeout().plus(options.stallTimeout()))
              .GET()
              .build();
      return client.send(request, HttpResponse.BodyHandlers.ofInputStream());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HandleException("the download was interrupted", "Start it again.", e);
    } catch (IOException | IllegalArgumentException e) {
      throw new HandleException(
          String.format(
              Locale.ROOT,
              "%s can't be reached: %s: %s",
              uri.getHost(),
              e.getClass().getSimpleName(),
              e.getMessage()),
          "Check the connection and the proxy; or fetch the module's archive elsewhere and pass"
              + " its path; or use --offline with a filled cache.",
          e);
    }
  }

  private HttpClient client() {
    return HttpClient.newBuilder()
        .connectTimeout(options.connectTimeout())
        .followRedirects(HttpClient.Redirect.NEVER) // followed here, with a say in where to
        .proxy(options.proxies().selector())
        .build();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }

  /** Closes a stream from which nothing comes any more, so that the reader gets an exception. */
  private static final class StallGuard implements AutoCloseable {
    private final ScheduledExecutorService timer =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "download-stall-guard");
              thread.setDaemon(true);
              return thread;
            });
    private final AtomicLong bytes = new AtomicLong();
    private final InputStream body;
    private long bytesAtLastLook;
    private final Future<?> looks;
    private volatile boolean hasStalled;

    StallGuard(InputStream body, Duration timeout) {
      this.body = body;
      long millis = timeout.toMillis();
      looks = timer.scheduleAtFixedRate(this::look, millis, millis, TimeUnit.MILLISECONDS);
    }

    void received(int count) {
      bytes.addAndGet(count);
    }

    boolean hasStalled() {
      return hasStalled;
    }

    private void look() {
      long now = bytes.get();
      if (now == bytesAtLastLook) {
        hasStalled = true;
        try {
          body.close();
        } catch (IOException e) {
          return; // the reader gets one of its own
        }
      }
      bytesAtLastLook = now;
    }

    @Override
    public void close() {
      looks.cancel(false);
      timer.shutdownNow();
    }
  }
}
