package io.mobilenetspark.jobs.web;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A request as it goes through the wire: clients of the JDK send no Host of their user's. */
final class RawRequest {

  private final String start;
  private final Map<String, String> headers = new LinkedHashMap<>();
  private byte[] body = new byte[0];

  private RawRequest(String start) {
    this.start = start;
    headers.put("Host", "localhost");
    headers.put("Connection", "close");
  }

  static RawRequest of(String method, String address) {
    return new RawRequest(method + " " + address + " HTTP/1.1");
  }

  /** With a header; of the same name, the last one is sent. */
  RawRequest with(String name, String value) {
    headers.put(name, value);
    return this;
  }

  RawRequest without(String name) {
    headers.remove(name);
    return this;
  }

  RawRequest body(byte[] bytes) {
    body = bytes;
    return with("Content-Length", Integer.toString(bytes.length));
  }

  /** What came back. */
  static final class Response {
    private final String head;
    private final byte[] body;

    private Response(String head, byte[] body) {
      this.head = head;
      this.body = body;
    }

    int status() {
      return head.isEmpty() ? 0 : Integer.parseInt(head.split(" ", 3)[1]);
    }

    /** A header's value; empty if there is none. */
    String header(String name) {
      return head.lines()
          .filter(
              line -> line.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ":"))
          .map(line -> line.substring(name.length() + 1).strip())
          .collect(Collectors.joining("\n"));
    }

    byte[] body() {
      return body;
    }

    String text() {
      return new String(body, StandardCharsets.UTF_8);
    }
  }

  Response send(int port) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(20_000);
      String head =
          headers.entrySet().stream()
              .map(header -> header.getKey() + ": " + header.getValue() + "\r\n")
              .collect(Collectors.joining("", start + "\r\n", "\r\n"));
      socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().write(body);
      socket.getOutputStream().flush();
      return read(socket.getInputStream());
    }
  }

  /** No more than was told: a connection may stay open. */
  private Response read(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        break;
      }
      head.write(next);
    }
    String text = head.toString(StandardCharsets.ISO_8859_1);
    String length = new Response(text, new byte[0]).header("Content-Length");
    boolean hasBody = !start.startsWith("HEAD") && !length.isEmpty();
    return new Response(text, hasBody ? in.readNBytes(Integer.parseInt(length)) : new byte[0]);
  }
}
