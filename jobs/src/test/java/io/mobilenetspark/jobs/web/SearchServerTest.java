package io.mobilenetspark.jobs.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.jobs.report.Html;
import io.mobilenetspark.jobs.web.RawRequest.Response;
import io.mobilenetspark.jobs.web.SearchServer.Access;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a hostile page, client or table can't do to the server, and what a good one can. */
class SearchServerTest {

  private static final int MOST_BYTES = 100_000;

  private final FakeTable table = new FakeTable();
  private SearchServer server = SearchServer.bind("127.0.0.1", 0, Access.THIS_MACHINE);

  @AfterEach
  void stop() {
    table.gate.countDown();
    server.close();
  }

  private void start() {
    start(Duration.ofSeconds(20));
  }

  private void start(Duration patience) {
    server.start(table, new SearchLimits(10, MOST_BYTES, patience));
  }

  private void startWithToken() {
    server.close();
    server = SearchServer.bind("127.0.0.1", 0, Access.TOKEN);
    start();
  }

  private Response get(String address) throws IOException {
    return RawRequest.of("GET", address).send(server.port());
  }

  private Response send(RawRequest request) throws IOException {
    return request.send(server.port());
  }

  private static RawRequest image(byte... bytes) {
    return RawRequest.of("POST", "/api/neighbours").body(bytes);
  }

  private static JsonNode json(Response response) throws IOException {
    assertThat(response.header("Content-Type")).isEqualTo("application/json");
    return new ObjectMapper().readTree(response.body());
  }

  private static String error(Response response) throws IOException {
    return json(response).path("error").asText();
  }

  private static String escaped(String id) {
    return URLEncoder.encode(id, StandardCharsets.UTF_8);
  }

  private static final String ROW = "/api/neighbours?id=a";

  @Test
  void thePageRunsItsOwnScriptAlone() throws IOException {
    start();
    Response page = get("/");

    assertThat(page.status()).isEqualTo(200);
    assertThat(page.header("Content-Type")).isEqualTo("text/html; charset=utf-8");
    assertThat(page.header("X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(page.header("Referrer-Policy")).isEqualTo("no-referrer");
    assertThat(page.header("Cache-Control")).isEqualTo("no-store");
    assertThat(page.header("Cross-Origin-Resource-Policy")).isEqualTo("same-origin");
    assertThat(page.header("X-Frame-Options")).isEqualTo("DENY");
    assertThat(page.header("Set-Cookie")).isEmpty();
    assertThat(page.header("Content-Security-Policy"))
        .startsWith("default-src 'none'; ")
        .contains(
            "script-src " + Html.policyHash(only(page.text(), "script")) + ";",
            "style-src " + Html.policyHash(only(page.text(), "style")) + ";",
            "frame-ancestors 'none'")
        .doesNotContain("unsafe");
    assertThat(page.text())
        .doesNotContainPattern("\\son[a-z]+=")
        .doesNotContain("innerHTML", "insertAdjacentHTML", "http:", "https:", " style=");
    assertThat(server.url()).isEqualTo("http://127.0.0.1:" + server.port() + "/");
  }

  private static String only(String page, String tag) {
    Matcher matcher = Pattern.compile("(?s)<" + tag + "[^>]*>(.+?)</" + tag + ">").matcher(page);
    assertThat(matcher.find()).isTrue();
    String inner = matcher.group(1);
    assertThat(matcher.find()).isFalse();
    return inner;
  }

  @Test
  void rowsAndImagesAreSearchedFor() throws IOException {
    start();

    JsonNode facts = json(get("/api/table"));
    assertThat(facts.path("table").asText()).isEqualTo("<b>vectors</b>");
    assertThat(facts.path("rows").asInt()).isEqualTo(3);
    assertThat(facts.path("maxImageBytes").asInt()).isEqualTo(MOST_BYTES);

    JsonNode row = json(get("/api/neighbours?id=a%20b+c%2B&k=7"));
    assertThat(row.path("query").path("id").asText()).isEqualTo("a b c+");
    JsonNode image = json(send(image((byte) 1, (byte) 2)));
    assertThat(image.has("query")).isFalse();
    assertThat(image.path("notes").get(0).asText()).isEqualTo("a note");
    assertThat(json(get("/api/neighbours?id=")).path("query").path("id").asText()).isEmpty();

    assertThat(table.asked).containsExactly("row a b c+ 7", "image of 2 bytes 10", "row  10");
  }

  @Test
  void hostileIdsAreTextOnTheWayThereAndBack() throws IOException {
    start();
    JsonNode neighbours = json(get("/api/neighbours?id=" + escaped(FakeTable.HOSTILE)));

    assertThat(table.asked).containsExactly("row " + FakeTable.HOSTILE + " 10");
    assertThat(neighbours.path("neighbours").get(0).path("id").asText())
        .isEqualTo(FakeTable.HOSTILE);
    assertThat(neighbours.path("neighbours").get(0).path("label").asText()).isEqualTo("</style>");
    assertThat(neighbours.path("neighbours").get(1).path("id").isNull()).isTrue();
    assertThat(neighbours.path("neighbours").get(1).has("label")).isFalse();

    Response picture = get("/thumbnail?id=" + escaped(FakeTable.HOSTILE));
    assertThat(picture.header("Content-Type")).isEqualTo("image/jpeg");
    assertThat(picture.body()).containsExactly(1, 2, 3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/etc/passwd",
        "/../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/..%2f..%2fetc/passwd",
        "/search.js",
        "//etc/passwd",
        "/api/neighbours/",
        "/API/table",
        "/thumbnail/../api/table",
        "/index.html"
      })
  void noPathLeadsToAFile(String path) throws IOException {
    start();
    assertThat(get(path).status()).isEqualTo(404);
    assertThat(table.asked).isEmpty();
  }

  /** An id that is a path is an id: the table says what there is. */
  @Test
  void thumbnailsAreOfRowsAlone() throws IOException {
    start();
    for (String id : List.of("/etc/passwd", "file:///etc/passwd", "../../etc/passwd", "")) {
      Response answer = get("/thumbnail?id=" + escaped(id));
      assertThat(answer.status()).isEqualTo(404);
      assertThat(error(answer)).isEqualTo("There is no picture of this row.");
    }
    assertThat(get("/thumbnail").status()).isEqualTo(400);
  }

  @ParameterizedTest
  @CsvSource({
    "localhost, 200",
    "localhost:1234, 200",
    "LOCALHOST, 200",
    "127.0.0.1:80, 200",
    "evil.example, 403",
    "localhost.evil.example, 403",
    "127.0.0.1.evil.example, 403",
    "evil.example:8417, 403",
    "127.0.0.2, 403",
    "0.0.0.0, 403",
    "[::1], 403",
    "localhost@evil.example, 403",
    "'localhost, evil.example', 403",
    "localhost:x, 403",
    "2130706433, 403",
    "'', 403"
  })
  void otherNamesThatLeadHereAreRefused(String host, int status) throws IOException {
    start();
    assertThat(send(RawRequest.of("GET", ROW).with("Host", host)).status()).isEqualTo(status);
    assertThat(table.asked).hasSize(status == 200 ? 1 : 0);
  }

  @Test
  void oneHostIsNeeded() throws IOException {
    start();
    assertThat(send(RawRequest.of("GET", ROW).without("Host")).status()).isEqualTo(400);
    assertThat(send(RawRequest.of("GET", ROW).with("host", "evil.example")).status())
        .isEqualTo(400);
    assertThat(table.asked).isEmpty();
  }

  @Test
  void pagesOfOtherSitesAreRefused() throws IOException {
    start();
    for (String origin : List.of("http://evil.example", "null", "https://localhost", "file://")) {
      assertThat(send(image((byte) 1).with("Origin", origin)).status()).isEqualTo(403);
      assertThat(send(RawRequest.of("GET", ROW).with("Origin", origin)).status()).isEqualTo(403);
    }
    String port = ":" + server.port();
    RawRequest other = image((byte) 1).with("Host", "localhost" + port);
    assertThat(send(other.with("Origin", "http://localhost:1")).status()).isEqualTo(403);
    for (String site : List.of("cross-site", "same-site")) {
      assertThat(send(RawRequest.of("GET", ROW).with("Sec-Fetch-Site", site)).status())
          .isEqualTo(403);
      assertThat(send(RawRequest.of("GET", "/").with("Sec-Fetch-Site", site)).status())
          .isEqualTo(200); // a link to it
    }
    assertThat(table.asked).isEmpty();

    RawRequest own = image((byte) 1).with("Host", "localhost" + port);
    assertThat(send(own.with("Origin", "http://localhost" + port)).status()).isEqualTo(200);
    assertThat(send(RawRequest.of("GET", ROW).with("Sec-Fetch-Site", "same-origin")).status())
        .isEqualTo(200);
  }

  @Test
  void aTokenIsNeededOnce() throws IOException {
    startWithToken();
    String token = server.url().replaceFirst(".*\\?token=", "");
    assertThat(token).matches("[A-Za-z0-9_-]{32}");

    for (String address : List.of("/", ROW, "/api/table", "/thumbnail?id=a", "/nothing")) {
      Response refused = get(address);
      assertThat(refused.status()).isEqualTo(401);
      assertThat(error(refused)).contains("needs a token").doesNotContain(token);
    }
    for (String wrong :
        List.of("", token.substring(1), token + "x", token.toLowerCase(Locale.ROOT))) {
      assertThat(get("/?token=" + wrong).status()).isEqualTo(401);
      assertThat(send(RawRequest.of("GET", ROW).with("Authorization", "Bearer " + wrong)).status())
          .isEqualTo(401);
    }
    assertThat(table.asked).isEmpty();

    Response page = get("/?token=" + token);
    assertThat(page.status()).isEqualTo(200);
    assertThat(page.header("Set-Cookie"))
        .isEqualTo(
            "mobilenet-spark-"
                + server.port()
                + "="
                + token
                + "; Path=/; HttpOnly; SameSite=Strict");
    assertThat(page.text()).doesNotContain(token);
    String cookie = page.header("Set-Cookie").split(";", 2)[0];
    assertThat(send(RawRequest.of("GET", ROW).with("Cookie", "a=b; " + cookie)).status())
        .isEqualTo(200);
    assertThat(send(RawRequest.of("GET", ROW).with("Authorization", "bearer " + token)).status())
        .isEqualTo(200);
    assertThat(
            send(RawRequest.of("GET", ROW).with("Cookie", cookie).with("Host", "evil.example"))
                .status())
        .isEqualTo(403);
  }

  @Test
  void anExposedAddressNeedsAToken() {
    try (SearchServer exposed = SearchServer.bind("0.0.0.0", 0, Access.THIS_MACHINE)) {
      assertThat(exposed.isExposed()).isTrue();
      assertThat(exposed.url()).contains("/?token=");
      try (SearchServer another = SearchServer.bind("0.0.0.0", 0, Access.THIS_MACHINE)) {
        assertThat(another.url().replaceFirst(".*=", ""))
            .isNotEqualTo(exposed.url().replaceFirst(".*=", ""));
      }
    }
    assertThat(server.isExposed()).isFalse();
    assertThat(server.hasToken()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "get", "PROPFIND"})
  void otherMethodsAreUnknown(String method) throws IOException {
    start();
    Response answer = send(RawRequest.of(method, ROW));
    assertThat(answer.status()).isEqualTo(405);
    assertThat(answer.header("Allow")).isEqualTo("GET, HEAD, POST");
    assertThat(table.asked).isEmpty();
  }

  @Test
  void headIsGetWithoutTheBody() throws IOException {
    start();
    Response head = send(RawRequest.of("HEAD", "/"));
    assertThat(head.status()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    assertThat(head.header("Content-Length")).isEqualTo(Integer.toString(get("/").body().length));
    assertThat(send(RawRequest.of("POST", "/").body(new byte[1])).status()).isEqualTo(405);
  }

  /** Not a byte of it need have come. */
  @ParameterizedTest
  @ValueSource(longs = {MOST_BYTES + 1, Integer.MAX_VALUE + 1L, 999_999_999_999_999_999L})
  void tooLargeAnImageIsRefusedUnread(long length) throws IOException {
    start();
    Response answer =
        send(
            RawRequest.of("POST", "/api/neighbours").with("Content-Length", Long.toString(length)));
    assertThat(answer.status()).isEqualTo(413);
    assertThat(error(answer)).contains("100,000", "--max-image-bytes");
    assertThat(table.asked).isEmpty();
  }

  @Test
  void theLargestImageIsRead() throws IOException {
    start();
    byte[] largest = new byte[MOST_BYTES];
    largest[0] = 1;
    assertThat(send(image(largest)).status()).isEqualTo(200);
    assertThat(send(image(largest)).status()).isEqualTo(200);
    assertThat(table.asked).hasSize(2).containsOnly("image of 100000 bytes 10");
  }

  @Test
  void whatCantBeReadSaysWhy() throws IOException {
    start();
    Response bad = send(image((byte) 0));
    assertThat(bad.status()).isEqualTo(422);
    assertThat(error(bad)).isEqualTo("Can't embed the image: CORRUPT: not a JPEG");

    assertThat(send(image()).status()).isEqualTo(400);
    assertThat(send(image((byte) 1).without("Content-Length")).status()).isEqualTo(411);
    assertThat(get("/api/neighbours").status()).isEqualTo(400);
    assertThat(get("/api/neighbours?id=%zz").status()).isEqualTo(400);
    for (String k : List.of("0", "1001", "-1", "x", "", "99999999999")) {
      Response answer = get("/api/neighbours?id=a&k=" + k);
      assertThat(answer.status()).isEqualTo(400);
      assertThat(error(answer)).isEqualTo("k must be between 1 and 1,000.");
    }
    assertThat(error(get("/api/neighbours?id=none")))
        .isEqualTo("The table has no row with this id: none");
    assertThat(get("/api/neighbours?id=twice").status()).isEqualTo(422);
    assertThat(error(get("/api/neighbours?id=twice"))).doesNotContain("secret");
    assertThat(get("/api/neighbours?id=away").status()).isEqualTo(503);
    assertThat(get("/api/neighbours?id=spark").status()).isEqualTo(500);
    assertThat(error(get("/api/neighbours?id=spark"))).contains("a task's file has gone");
    assertThat(get("/api/neighbours?id=none").status()).isEqualTo(404);
    assertThat(get("/api/neighbours?id=broken").status()).isEqualTo(500);
    assertThat(error(get("/api/neighbours?id=broken"))).contains("a disk <died>.");
    assertThat(get("/api/neighbours?id=bug").status()).isEqualTo(500);
    assertThat(get(ROW).status()).isEqualTo(200); // it goes on
  }

  @Test
  void searchesTakeTurns() throws Exception {
    table.gate = new CountDownLatch(1);
    start();
    ExecutorService clients = Executors.newFixedThreadPool(8);
    try {
      List<Future<Integer>> answers = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        answers.add(clients.submit(() -> get(ROW).status()));
      }
      for (int i = 0; i < 12_000 && table.atOnce.get() < 2; i++) {
        Thread.sleep(5);
      }
      assertThat(get("/").status()).isEqualTo(200); // while all of them wait
      table.gate.countDown();
      for (Future<Integer> answer : answers) {
        assertThat(answer.get()).isEqualTo(200);
      }
      assertThat(table.mostAtOnce).hasValue(2);
    } finally {
      clients.shutdownNow();
    }
  }

  @Test
  void whoWaitsTooLongIsToldSo() throws Exception {
    table.gate = new CountDownLatch(1);
    start(Duration.ofMillis(100));
    ExecutorService clients = Executors.newFixedThreadPool(2);
    try {
      Future<Integer> first = clients.submit(() -> get(ROW).status());
      Future<Integer> second = clients.submit(() -> get(ROW).status());
      while (table.atOnce.get() < 2) {
        Thread.sleep(5);
      }
      Response third = get(ROW);
      assertThat(third.status()).isEqualTo(503);
      assertThat(third.header("Retry-After")).isEqualTo("5");
      table.gate.countDown();
      assertThat(first.get()).isEqualTo(200);
      assertThat(second.get()).isEqualTo(200);
    } finally {
      clients.shutdownNow();
    }
  }

  /** As many as would hold all threads but a few. */
  @Test
  void slowClientsLeaveRoomForOthers() throws Exception {
    start();
    List<Socket> slow = new ArrayList<>();
    try {
      for (int i = 0; i < 24; i++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        slow.add(socket);
        String some =
            i % 2 == 0
                ? "GET / HT"
                : "POST /api/neighbours HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nx";
        socket.getOutputStream().write(some.getBytes(StandardCharsets.US_ASCII));
      }
      assertThat(get(ROW).status()).isEqualTo(200);
    } finally {
      for (Socket socket : slow) {
        socket.close();
      }
    }
    assertThat(get(ROW).status()).isEqualTo(200);
  }

  @Test
  void anAddressThatCantBeBoundIsNamed() {
    start();
    assertThatThrownBy(
            () -> SearchServer.bind("127.0.0.1", server.port(), Access.THIS_MACHINE).close())
        .isInstanceOf(UserException.class)
        .hasMessageContaining("Can't listen at 127.0.0.1, port " + server.port());
    assertThatThrownBy(() -> SearchServer.bind("no.such.host.invalid", 0, Access.TOKEN).close())
        .isInstanceOf(UserException.class)
        .hasMessageContaining("no.such.host.invalid");
  }
}
