package io.mobilenetspark.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A proxy on this machine that wants a user and a password: tunnels for https, requests with whole
 * addresses for http. Whatever host is asked for, it connects to this machine; hosts whose names
 * begin with "forbidden" it refuses.
 */
public final class ProxyServer implements AutoCloseable {

  private static final String AUTHENTICATE =
      """
      HTTP/1.1 407 Proxy Authentication Required\r
      Proxy-Authenticate: Basic realm="test"\r
      Content-Length: 0\r
      \r
      """;

  private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final String expected;

  /**
   * Starts.
   *
   * @param userAndPassword what is wanted, with a colon between
   */
  public ProxyServer(String userAndPassword) throws IOException {
    expected =
        "Basic "
            + Base64.getEncoder().encodeToString(userAndPassword.getBytes(StandardCharsets.UTF_8));
    threads.execute(this::acceptAll);
  }

  /** Its address, such as {@code localhost:4711}. */
  public String address() {
    return "localhost:" + socket.getLocalPort();
  }

  /** The first line of each request that was let through, and of each that was not with "407 ". */
  public List<String> requests() {
    return List.copyOf(requests);
  }

  private void acceptAll() {
    while (!socket.isClosed()) {
      try {
        Socket client = socket.accept();
        threads.execute(() -> serve(client));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      String head = head(client.getInputStream());
      boolean mayPass = true;
      while (!head.isEmpty()) {
        String line = head.substring(0, head.indexOf("\r\n"));
        mayPass = head.contains("\r\nProxy-Authorization: " + expected + "\r\n");
        requests.add((mayPass ? "" : "407 ") + line);
        if (mayPass) {
          pass(client, line);
          return;
        }
        write(client, AUTHENTICATE);
        head = head(client.getInputStream());
      }
    } catch (IOException e) {
      return; // the client went away, or the server is closed
    }
  }

  private void pass(Socket client, String line) throws IOException {
    String[] words = line.split(" ", -1);
    boolean isTunnel = words[0].equals("CONNECT");
    URI target = URI.create(isTunnel ? "tunnel://" + words[1] : words[1]);
    if (target.getHost().startsWith("forbidden")) {
      write(client, "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    try (Socket server = new Socket(InetAddress.getLoopbackAddress(), target.getPort())) {
      if (isTunnel) {
        write(client, "HTTP/1.1 200 Connection established\r\n\r\n");
      } else {
        String path = target.getRawPath() + "?" + target.getRawQuery();
        write(
            server,
            String.format(
                Locale.ROOT,
                "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                path));
      }
      var back = threads.submit(() -> server.getInputStream().transferTo(client.getOutputStream()));
      if (isTunnel) {
        client.getInputStream().transferTo(server.getOutputStream());
      }
      back.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (java.util.concurrent.ExecutionException e) {
      throw new IOException(e);
    }
  }

  private static void write(Socket socket, String text) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  /** Up to the empty line; nothing at the end of the stream. */
  private static String head(InputStream in) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    while (!bytes.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        return "";
      }
      bytes.write(next);
    }
    return bytes.toString(StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() throws IOException {
    socket.close();
    threads.shutdownNow();
  }
}
