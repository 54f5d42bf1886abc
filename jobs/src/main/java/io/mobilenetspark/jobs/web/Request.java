package io.mobilenetspark.jobs.web;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is asked. */
final class Request {

  private final HttpExchange exchange;
  private final Parameters parameters;

  /**
   * @throws IllegalArgumentException if its address is escaped wrongly
   */
  Request(HttpExchange exchange) {
    this.exchange = exchange;
    this.parameters = Parameters.of(exchange.getRequestURI());
  }

  String method() {
    return exchange.getRequestMethod();
  }

  boolean isPost() {
    return method().equals("POST");
  }

  String path() {
    return String.valueOf(exchange.getRequestURI().getPath());
  }

  /** A parameter; null if there is none of this name. */
  @Nullable String parameter(String name) {
    return parameters.get(name);
  }

  /** All headers of a name. */
  List<String> headers(String name) {
    Headers headers = exchange.getRequestHeaders();
    return headers.getOrDefault(name, List.of());
  }

  /** The first header of a name; null if there is none. */
  @Nullable String header(String name) {
    return exchange.getRequestHeaders().getFirst(name);
  }

  /**
   * All that is sent.
   *
   * @param size in bytes
   * @throws IOException if it is less
   */
  byte[] body(int size) throws IOException {
    byte[] body = exchange.getRequestBody().readNBytes(size);
    if (body.length < size) {
      throw new IOException("the request ends before its image does");
    }
    return body;
  }
}
