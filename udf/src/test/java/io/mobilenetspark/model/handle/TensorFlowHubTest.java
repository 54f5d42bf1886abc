package io.mobilenetspark.model.handle;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.model.FrozenModel;
import io.mobilenetspark.model.MobileNetWeights;
import io.mobilenetspark.model.ModelRequest;
import io.mobilenetspark.model.export.ExportFacts;
import io.mobilenetspark.model.export.ExportFormat;
import io.mobilenetspark.model.export.ExportHead;
import io.mobilenetspark.model.export.ModelExporter;
import io.mobilenetspark.testing.Archives;
import io.mobilenetspark.testing.Clients;
import io.mobilenetspark.testing.HubServer;
import io.mobilenetspark.testing.Modules;
import io.mobilenetspark.testing.Python;
import io.mobilenetspark.testing.TinyNetwork;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Python's tensorflow_hub on modules that were exported here, and on the same cache. */
@Tag("python")
class TensorFlowHubTest extends HandleFixture {

  private static final String WHAT =
      "hub.load, hub.KerasLayer in a tf_keras model (fitted, saved, read), hub1 modules, one cache";
  private static final int IMAGES = 4;
  private static final int SIDE = 224;
  private static final long MEANWHILE_MILLIS = 1500;

  TensorFlowHubTest() throws IOException {}

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void pythonTakesWhatWasExportedAndSharesTheCache() throws Exception {
    String python =
        Python.having("tensorflow_hub", WHAT, "tensorflow_hub, tf_keras, pkg_resources");
    exportModules();
    server.on("/of-java", HubServer.ok(Archives.ofDirectory(temporary.resolve("tf2"), "gz")));
    server.on("/of-python", HubServer.ok(archive));
    CompletableFuture<Path> second = new CompletableFuture<>();
    server.on(
        "/python-first",
        exchange -> {
          resolveMeanwhile("/python-first", second);
          sleep();
          HubServer.ok(archive).to(exchange);
        });
    CountDownLatch asked = new CountDownLatch(1);
    server.on(
        "/java-first",
        exchange -> {
          asked.countDown();
          sleep();
          HubServer.ok(archive).to(exchange);
        });
    CompletableFuture<Path> first = new CompletableFuture<>();
    server.on(
        "/begin",
        exchange -> {
          resolveMeanwhile("/java-first", first);
          await(asked);
          HubServer.ok(new byte[0]).to(exchange);
        });
    Path ofJava = resolveHere("/of-java");

    String said =
        Python.lastLine(
            Python.script(
                python,
                Map.of("TFHUB_CACHE_DIR", cache.toString(), "no_proxy", "*"),
                "tensorflow_hub_client.py",
                temporary.toString(),
                url("")));

    Matcher versions =
        Pattern.compile("tensorflow_hub (\\S+); (.*): all as expected").matcher(said);
    assertThat(versions.matches()).as(said).isTrue();
    assertThat(ofJava).isEqualTo(cache.resolve(sha1(url("/of-java"))));
    assertIsModule(first.get(1, TimeUnit.MINUTES));
    assertIsModule(second.get(1, TimeUnit.MINUTES));
    assertThat(resolveHere("/of-python")).isEqualTo(cache.resolve(sha1(url("/of-python"))));
    for (String name : List.of("/of-java", "/of-python", "/python-first", "/java-first")) {
      assertThat(server.requests().stream().filter(request -> request.startsWith(name)))
          .as("%s is fetched once, by the first", name)
          .hasSize(1);
    }
    try (Stream<Path> left = Files.list(cache)) {
      assertThat(left.filter(file -> file.toString().endsWith(".lock"))).isEmpty();
    }
    Clients.passed("tensorflow_hub", versions.group(1), WHAT + " (" + versions.group(2) + ")");
  }

  private void exportModules() throws IOException {
    MobileNetWeights weights = TinyNetwork.of(0.25, 5, 3);
    for (ExportFormat format : List.of(ExportFormat.TF2, ExportFormat.HUB1)) {
      String name = format.name().toLowerCase(Locale.ROOT);
      export(weights.withoutClassifier(), format, ExportHead.FEATURES, name);
      export(weights, format, ExportHead.CLASSIFIER, name + "-classifier");
    }
    Random random = new Random(5);
    float[] pixels = new float[IMAGES * SIDE * SIDE * 3];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = random.nextFloat();
    }
    Python.writeFloats(temporary.resolve("batch.f32"), pixels);
    ModelRequest classifier = ModelRequest.of(temporary.resolve("tf2-classifier").toString());
    writeOutput(classifier, pixels, "features.f32");
    writeOutput(classifier.withOutput("logits"), pixels, "logits.f32");
  }

  private void export(MobileNetWeights weights, ExportFormat format, ExportHead head, String name) {
    new ModelExporter(new Configuration())
        .export(
            weights,
            new ExportFacts(ImageSize.square(SIDE), 0.99, 4e-5),
            format,
            head,
            temporary.resolve(name).toString(),
            ModelExporter.IfExists.ERRORIFEXISTS);
  }

  private void writeOutput(ModelRequest request, float[] pixels, String name) {
    FrozenModel model = Modules.load(request);
    Python.writeFloats(temporary.resolve(name), Modules.vectors(model, pixels));
  }

  private String url(String path) {
    return server.url("localhost", path);
  }

  private Path resolveHere(String path) throws IOException {
    try (ResolvedHandle resolved =
        new HandleResolver(new Configuration(), options()).resolve(url(path), Optional.empty())) {
      return Path.of(resolved.path().toUri().getPath());
    }
  }

  private void resolveMeanwhile(String path, CompletableFuture<Path> result) {
    result.completeAsync(
        () -> {
          try {
            return resolveHere(path);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  private static void sleep() {
    try {
      Thread.sleep(MEANWHILE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(1, TimeUnit.MINUTES)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
