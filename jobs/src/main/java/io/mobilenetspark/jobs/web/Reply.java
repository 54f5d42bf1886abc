package io.mobilenetspark.jobs.web;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** What is answered to a request. */
final class Reply {

  /** On each answer: nothing is guessed, kept, or shown in another site's page. */
  private static final Map<String, String> ALWAYS =
      Map.of(
          "X-Content-Type-Options", "nosniff",
          "Referrer-Policy", "no-referrer",
          "Cache-Control", "no-store",
          "Cross-Origin-Resource-Policy", "same-origin",
          "Cross-Origin-Opener-Policy", "same-origin",
          "X-Frame-Options", "DENY");

  /** What is no page must not become one. */
  private static final String NOTHING =
      "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private final int status;
  private final byte[] body;
  private final Map<String, String> headers = new LinkedHashMap<>();

  private Reply(int status, String type, byte[] body) {
    this.status = status;
    this.body = body;
    headers.put("Content-Type", type);
    headers.put("Content-Security-Policy", NOTHING);
  }

  static Reply json(Map<String, Object> value) {
    return json(200, value);
  }

  private static Reply json(int status, Map<String, Object> value) {
    try {
      return new Reply(status, "application/json", new ObjectMapper().writeValueAsBytes(value));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("maps of texts and numbers are JSON", e);
    }
  }

  /** A reason for programs and people, whatever is in it. */
  static Reply error(int status, String reason) {
    return json(status, Map.of("error", reason));
  }

  /**
   * A page.
   *
   * @param policy what may run in it
   */
  static Reply html(String text, String policy) {
    return new Reply(200, "text/html; charset=utf-8", text.getBytes(StandardCharsets.UTF_8))
        .with("Content-Security-Policy", policy);
  }

  /** A picture that is ours. */
  static Reply svg(String text) {
    return new Reply(200, "image/svg+xml", text.getBytes(StandardCharsets.UTF_8));
  }

  static Reply jpeg(byte[] picture) {
    return new Reply(200, "image/jpeg", picture);
  }

  /** The same with a header. */
  Reply with(String header, String value) {
    headers.put(header, value);
    return this;
  }

  /** Sends it, without the body if the request is a HEAD. */
  void send(HttpExchange exchange) throws IOException {
    ALWAYS.forEach(exchange.getResponseHeaders()::set);
    headers.forEach(exchange.getResponseHeaders()::set);
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", Integer.toString(body.length));
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    exchange.sendResponseHeaders(status, body.length);
    OutputStream out = exchange.getResponseBody();
    out.write(body);
    out.flush(); // at once, also if the server waits for the end of a request that was not read
  }
}
