package io.mobilenetspark.jobs.web;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.mobilenetspark.common.Quantity;
import io.mobilenetspark.jobs.common.ExitCode;
import io.mobilenetspark.jobs.common.ServerTraces;
import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.jobs.web.SearchedTable.Answer;
import io.mobilenetspark.jobs.web.SearchedTable.Facts;
import io.mobilenetspark.jobs.web.SearchedTable.Named;
import io.mobilenetspark.jobs.web.SearchedTable.Neighbour;
import io.mobilenetspark.jobs.web.SearchedTable.UnavailableException;
import io.mobilenetspark.jobs.web.Turns.BusyException;
import io.mobilenetspark.model.handle.Redacted;
import io.mobilenetspark.model.hub.ModelLoadException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.jspecify.annotations.Nullable;

/** Answers requests. No path of a request leads to a file: there are five addresses. */
final class SearchHandler implements HttpHandler {

  private static final Logger LOG = LogManager.getLogger(SearchHandler.class);

  private static final String ICON = "/icon.svg";
  static final String NEIGHBOURS = "/api/neighbours";
  static final String TABLE = "/api/table";
  static final String THUMBNAIL = "/thumbnail";

  private static final int SEARCHES = 2;

  /** Most of them wait for pictures that one of them makes. */
  private static final int THUMBNAILS = 64;

  /** Letters of an id that is repeated in a message. */
  private static final int SHOWN = 200;

  private static final int BYTES_A_PERMIT = 1024;

  private final Gate gate;
  private final SearchedTable table;
  private final SearchLimits limits;
  private final SearchPage page = new SearchPage();
  private final Turns searches;
  private final Turns thumbnails;

  /** Of what is held of uploads at once: one of the largest, or many small ones. */
  private final Turns memory;

  SearchHandler(Gate gate, SearchedTable table, SearchLimits limits) {
    this.gate = gate;
    this.table = table;
    this.limits = limits;
    Duration patience = limits.patience();
    searches = new Turns(SEARCHES, patience);
    thumbnails = new Turns(THUMBNAILS, patience);
    memory = new Turns(permits(limits.imageBytes()), patience);
  }

  private static int permits(int bytes) {
    return bytes / BYTES_A_PERMIT + 1;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try {
      answer(exchange);
    } finally {
      exchange.close();
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    Request request;
    try {
      request = new Request(exchange);
    } catch (IllegalArgumentException e) {
      Reply.error(400, "The address is escaped wrongly: " + e.getMessage()).send(exchange);
      return;
    }
    gate.refusal(request).orElseGet(() -> admitted(request)).send(exchange);
  }

  private Reply admitted(Request request) {
    String path = request.path();
    if (request.isPost() && !path.equals(NEIGHBOURS)) {
      return Reply.error(405, "Only images are sent, to " + NEIGHBOURS + ".")
          .with("Allow", "GET, HEAD");
    }
    return switch (path) {
      case "/" -> page();
      case ICON -> Reply.svg(page.icon()); // browsers ask for one, and log that there is none
      case TABLE -> told(() -> Reply.json(facts()));
      case THUMBNAIL -> thumbnail(request.parameter("id"));
      case NEIGHBOURS -> neighbours(request);
      default -> Reply.error(404, "There is nothing at this address.");
    };
  }

  /**
   * With the cookie each time: it ends with the browser, and whoever sees the page has the token.
   */
  private Reply page() {
    Reply reply = page.reply();
    gate.cookie().ifPresent(cookie -> reply.with("Set-Cookie", cookie));
    return reply;
  }

  private Map<String, Object> facts() {
    Facts facts = table.facts();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("table", facts.name());
    if (facts.rows() >= 0) {
      json.put("rows", facts.rows());
    }
    json.put("model", facts.model());
    json.put("idColumn", facts.idColumn());
    json.put("search", facts.way());
    json.put("thumbnails", facts.hasThumbnails());
    json.put("k", limits.neighbours());
    json.put("maxK", SearchLimits.MOST_NEIGHBOURS);
    json.put("maxImageBytes", limits.imageBytes());
    return json;
  }

  private Reply thumbnail(@Nullable String id) {
    if (id == null) {
      return Reply.error(400, "Pass the id of a row.");
    }
    return told(
        () ->
            thumbnails
                .take(() -> table.thumbnail(id))
                .map(Reply::jpeg)
                .orElseGet(() -> Reply.error(404, "There is no picture of this row.")));
  }

  private Reply neighbours(Request request) {
    Optional<Integer> k = k(request.parameter("k"));
    if (k.isEmpty()) {
      return Reply.error(
          400,
          String.format(Locale.ROOT, "k must be between 1 and %,d.", SearchLimits.MOST_NEIGHBOURS));
    }
    if (request.isPost()) {
      return ofUpload(request, k.get());
    }
    String id = request.parameter("id");
    if (id == null) {
      return Reply.error(400, "Pass the id of a row, or POST an image.");
    }
    return told(
        () ->
            searched(() -> table.ofRow(id, k.get()))
                .orElseGet(
                    () -> Reply.error(404, "The table has no row with this id: " + shown(id))));
  }

  private Optional<Integer> k(@Nullable String text) {
    if (text == null) {
      return Optional.of(limits.neighbours());
    }
    try {
      int k = Integer.parseInt(text);
      return k >= 1 && k <= SearchLimits.MOST_NEIGHBOURS ? Optional.of(k) : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** How long an image is must be said before: it is refused unread if it is too long. */
  private Reply ofUpload(Request request, int k) {
    String declared = request.header("Content-Length");
    if (declared == null || !declared.matches("\\d{1,18}")) {
      return Reply.error(411, "Send the image with its Content-Length.");
    }
    long length = Long.parseLong(declared);
    if (length == 0) {
      return Reply.error(400, "There is no image: the request is empty.");
    }
    if (length > limits.imageBytes()) {
      return Reply.error(
          413,
          String.format(
              Locale.ROOT,
              "The image has %s, more than the %,d that are read. Restart serve with a larger"
                  + " --max-image-bytes.",
              Quantity.of(length, "byte"),
              limits.imageBytes()));
    }
    int size = (int) length;
    return told(
        () ->
            memory.take(
                permits(size),
                () -> {
                  byte[] file = read(request, size);
                  return searched(() -> Optional.of(table.ofImage(file, k))).orElseThrow();
                }));
  }

  private static byte[] read(Request request, int size) {
    try {
      return request.body(size);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Optional<Reply> searched(Supplier<Optional<Answer>> search) {
    long start = System.nanoTime();
    return searches.take(search).map(answer -> found(answer, (System.nanoTime() - start) / 1e9));
  }

  private static String shown(String id) {
    return id.length() <= SHOWN ? id : id.substring(0, SHOWN) + "...";
  }

  private static Reply found(Answer answer, double seconds) {
    Map<String, Object> json = new LinkedHashMap<>();
    Named asked = answer.asked();
    if (asked != null) {
      json.put("query", row(asked));
    }
    List<Map<String, Object>> neighbours =
        answer.neighbours().stream().map(SearchHandler::neighbour).toList();
    json.put("neighbours", neighbours);
    json.put("notes", answer.notes());
    json.put("seconds", seconds);
    return Reply.json(json);
  }

  private static Map<String, Object> neighbour(Neighbour neighbour) {
    Map<String, Object> json = row(neighbour.row());
    json.put("similarity", neighbour.similarity());
    return json;
  }

  private static Map<String, Object> row(Named row) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("id", row.id());
    if (row.label() != null) {
      json.put("label", row.label());
    }
    return json;
  }

  /** The reply, or why there is none; 422 if what was asked for is at fault. */
  private static Reply told(Supplier<Reply> work) {
    try {
      return work.get();
    } catch (UserException e) {
      if (e.exitCode() != ExitCode.JOB) {
        return Reply.error(422, text(e.text()));
      }
      LOG.warn("A request failed", e);
      return Reply.error(500, text(e.text()));
    } catch (BusyException | UnavailableException e) {
      return Reply.error(503, text(String.valueOf(e.getMessage()))).with("Retry-After", "5");
    } catch (ModelLoadException e) {
      return Reply.error(500, text(String.valueOf(e.getMessage())));
    } catch (UncheckedIOException e) {
      return Reply.error(400, "The image can't be received: " + e.getCause());
    } catch (Exception | OutOfMemoryError e) { // Spark throws checked ones out of methods without
      LOG.warn("A request failed", e);
      return Reply.error(500, text("Unexpected failure: " + e));
    }
  }

  /** Others see it: without the driver's stack, and without secrets in paths. */
  private static String text(String message) {
    return Redacted.text(ServerTraces.without(message));
  }
}
