package io.mobilenetspark.jobs.search;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.jobs.Main;
import io.mobilenetspark.testing.Installed;
import io.mobilenetspark.testing.Pictures;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page's neighbours are those of {@code similar}. */
@Tag("slow")
class ServeTest {

  private static final String HOSTILE = "a <b>&'\"% +#\u00fc.png";

  private final ExecutorService thread = Executors.newSingleThreadExecutor();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final HttpClient client = HttpClient.newHttpClient();

  @TempDir private Path directory;
  private Path photos = Path.of("");
  private Path vectors = Path.of("");
  private String url = "";
  private Future<Integer> running = CompletableFuture.completedFuture(0);

  @BeforeEach
  void serve() throws Exception {
    Commands.session();
    photos = Pictures.write(directory.resolve("photos"), 6);
    Files.write(photos.resolve(HOSTILE), Pictures.png(77));
    Files.writeString(photos.resolve("text.png"), "no image", StandardCharsets.UTF_8);
    vectors = directory.resolve("vectors");
    embed();
    running =
        thread.submit(
            () ->
                Main.run(
                    new PrintWriter(out, true),
                    new PrintWriter(err, true),
                    "serve",
                    "--vectors=" + vectors,
                    "--labels=directory",
                    "--port=0",
                    "--k=3"));
    while (!err.toString().contains("Ready") && !running.isDone()) {
      Thread.sleep(20);
    }
    assertThat(out.toString()).as(err.toString()).matches("http://127\\.0\\.0\\.1:\\d+/\\R");
    url = out.toString().strip();
  }

  private void embed() {
    Commands.run(
            "embed",
            "--input=" + photos,
            "--model=builtin",
            "--image-size=64",
            "--resize=area",
            "--output-mode=incremental",
            "--output=" + vectors)
        .assertExitCode(0);
  }

  @AfterEach
  void stop() throws Exception {
    thread.shutdownNow();
    assertThat(running.get()).as(err.toString()).isZero();
  }

  private <T> HttpResponse<T> send(
      HttpRequest.Builder request, String address, HttpResponse.BodyHandler<T> body)
      throws IOException, InterruptedException {
    return client.send(request.uri(URI.create(url + address)).build(), body);
  }

  private JsonNode json(HttpRequest.Builder request, String address, int status)
      throws IOException, InterruptedException {
    HttpResponse<String> answer =
        send(request, address, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    return new ObjectMapper().readTree(answer.body());
  }

  private JsonNode get(String address, int status) throws IOException, InterruptedException {
    return json(HttpRequest.newBuilder(), address, status);
  }

  private JsonNode ofImage(Path file, int status) throws IOException, InterruptedException {
    byte[] bytes = Files.readAllBytes(file);
    return json(
        HttpRequest.newBuilder().POST(HttpRequest.BodyPublishers.ofByteArray(bytes)),
        "api/neighbours",
        status);
  }

  private static String escaped(String id) {
    return URLEncoder.encode(id, StandardCharsets.UTF_8);
  }

  /** As {@code similar} prints them. */
  private static List<String> lines(JsonNode answer) {
    List<String> lines = new ArrayList<>();
    for (JsonNode one : answer.path("neighbours")) {
      lines.add(
          String.format(
              Locale.ROOT,
              "%4d  %10.6f  %s",
              lines.size() + 1,
              one.path("similarity").floatValue(),
              one.path("id").asText()));
    }
    return lines;
  }

  private List<String> similar(String query) {
    Installed.Outcome outcome =
        Commands.run("similar", "--vectors=" + vectors, "--k=3", query).assertExitCode(0);
    return outcome.out().lines().skip(1).toList();
  }

  @Test
  void neighboursAreThoseOfSimilar() throws Exception {
    JsonNode facts = get("api/table", 200);
    assertThat(facts.path("rows").asInt()).isEqualTo(8);
    assertThat(facts.path("model").asText()).contains("builtin");

    String asked = get("api/neighbours?id=none", 404).path("error").asText();
    assertThat(asked).isEqualTo("The table has no row with this id: none");

    List<String> ids = new ArrayList<>();
    Commands.session()
        .read()
        .parquet(vectors.toString())
        .where("status = 'OK'")
        .select("path")
        .collectAsList()
        .forEach(row -> ids.add(row.getString(0)));
    assertThat(ids).hasSize(7);
    String hostile = ids.stream().filter(id -> id.endsWith(HOSTILE)).findFirst().orElseThrow();
    for (String id : List.of(ids.get(0), hostile)) {
      JsonNode found = get("api/neighbours?id=" + escaped(id), 200);
      assertThat(lines(found)).hasSize(3).isEqualTo(similar("--query-id=" + id));
      assertThat(found.path("query").path("label").asText()).isEqualTo("photos");
      assertThat(found.path("neighbours").findValuesAsText("label"))
          .containsExactly("photos", "photos", "photos");
    }
    assertThat(get("api/neighbours?k=50&id=" + escaped(hostile), 200).path("neighbours"))
        .hasSize(6);

    JsonNode found = ofImage(photos.resolve(HOSTILE), 200);
    assertThat(lines(found)).isEqualTo(similar("--query-image=" + photos.resolve(HOSTILE)));
    assertThat(found.path("neighbours").get(0).path("id").asText()).isEqualTo(hostile);
    assertThat(found.path("notes").get(0).asText())
        .isEqualTo("Not searched: 1 row that has no vector");
    assertThat(ofImage(photos.resolve("text.png"), 422).path("error").asText())
        .startsWith("Can't embed the image: UNSUPPORTED_FORMAT: ");

    for (String id : ids) {
      HttpResponse<byte[]> picture =
          send(
              HttpRequest.newBuilder(),
              "thumbnail?id=" + escaped(id),
              HttpResponse.BodyHandlers.ofByteArray());
      BufferedImage image = ImageIO.read(new ByteArrayInputStream(picture.body()));
      assertThat(image.getWidth()).isEqualTo(128);
      assertThat(image.getHeight()).isEqualTo(96);
    }
    for (String none :
        List.of("/etc/passwd", photos.resolve(HOSTILE).toString(), directory.toString())) {
      get("thumbnail?id=" + escaped(none), 404);
    }

    // Rows that are added while it runs.
    Files.write(photos.resolve("new.png"), Pictures.png(78));
    embed();
    TimeUnit.SECONDS.sleep(3); // it looks every two seconds
    JsonNode grown = ofImage(photos.resolve("new.png"), 200);
    assertThat(lines(grown)).isEqualTo(similar("--query-image=" + photos.resolve("new.png")));
    assertThat(grown.path("neighbours").get(0).path("id").asText()).endsWith("/new.png");
    assertThat(err.toString()).containsOnlyOnce("The table has changed, and was opened again.");
  }
}
