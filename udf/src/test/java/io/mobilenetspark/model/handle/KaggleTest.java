package io.mobilenetspark.model.handle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobilenetspark.options.Cure;
import io.mobilenetspark.testing.HubServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Kaggle's API on this machine: the way to it, the account, and what becomes of a refusal. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class KaggleTest extends HandleFixture {

  private static final String HANDLE = "https://tfhub.dev" + MODULE;
  private static final String PAGE =
      "https://www.kaggle.com/models/google/mobilenet-v1/tensorFlow2/075-224-feature-vector/1";
  private static final String API =
      "/api/v1/models/google/mobilenet-v1/tensorFlow2/075-224-feature-vector/1/download";
  private static final String BASIC = "Basic ZGF0YWRpbm86czNjcjN0"; // datadino:s3cr3t

  KaggleTest() throws IOException {}

  @BeforeEach
  void serve() {
    server.on(API, HubServer.redirect(302, server.url("127.0.0.1", "/storage.tar.gz?sig=abc")));
    server.on("/storage.tar.gz", HubServer.ok(archive));
  }

  private HubOptions asked(Map<String, String> environment) {
    Map<String, String> all = new HashMap<>(Map.of("HOME", temporary.toString()));
    all.putAll(environment);
    return options().withKaggle(new Kaggle(URI.create(server.url("localhost", "/")), all));
  }

  private HubOptions withKey() {
    return asked(Map.of("KAGGLE_USERNAME", "datadino", "KAGGLE_KEY", "s3cr3t"));
  }

  /** The account goes to Kaggle, and not on to its storage, which is another host. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        HANDLE,
        PAGE,
        "https://kaggle.com/models/google/mobilenet-v1/frameworks/tensorFlow2/variations/075-224-feature-vector/versions/1"
      })
  void isAskedWithTheAccount(String handle) throws IOException {
    Path path = resolve(handle, withKey());
    assertIsModule(path);
    assertThat(path.getFileName()).hasToString(sha1(handle));
    assertThat(server.requests()).containsExactly(API, "/storage.tar.gz?sig=abc");
    assertThat(server.authorizations()).containsExactly(BASIC, "null");
  }

  @Test
  void anotherPortIsAnotherPlace() throws IOException {
    try (HubServer storage = new HubServer()) {
      storage.on("/x", HubServer.ok(archive));
      server.on(API, HubServer.redirect(307, storage.url("localhost", "/x")));
      assertIsModule(resolve(PAGE, withKey()));
      assertThat(storage.authorizations()).containsExactly("null");
    }
  }

  /** There and back again: what another host says is not trusted with the account. */
  @Test
  void theSamePlaceGetsTheAccountAgain() throws IOException {
    server.on(API, HubServer.redirect(307, "/moved"));
    server.on("/moved", HubServer.ok(archive));
    assertIsModule(resolve(PAGE, withKey()));
    assertThat(server.authorizations()).containsExactly(BASIC, BASIC);
  }

  @Test
  void withoutAnAccountItIsAskedAnonymously() throws IOException {
    assertIsModule(resolve(HANDLE, asked(Map.of())));
    assertThat(server.authorizations()).containsExactly("null", "null");
  }

  @ParameterizedTest
  @CsvSource({
    "KAGGLE_API_TOKEN=t0ken;KAGGLE_USERNAME=datadino;KAGGLE_KEY=s3cr3t, '', '', Bearer t0ken",
    "KAGGLE_USERNAME=datadino;KAGGLE_KEY=s3cr3t, '{\"username\":\"x\",\"key\":\"y\"}', '', "
        + BASIC,
    "KAGGLE_USERNAME=datadino, '{\"username\":\"datadino\",\"key\":\"s3cr3t\"}', '', " + BASIC,
    "A=, '{\"username\":\"datadino\",\"key\":\"s3cr3t\"}', t0ken, Bearer t0ken",
    "A=, '{\"username\":\"datadino\",\"key\":\"s3cr3t\"}', '', " + BASIC,
  })
  void accounts(String variables, String json, String token, String expected) throws IOException {
    Map<String, String> environment = new HashMap<>();
    for (String variable : variables.split(";", -1)) {
      environment.put(
          variable.substring(0, variable.indexOf('=')),
          variable.substring(variable.indexOf('=') + 1));
    }
    for (boolean configured : new boolean[] {false, true}) {
      Path directory =
          Files.createDirectories(temporary.resolve(configured ? "configured" : ".kaggle"));
      if (configured) {
        environment.put("KAGGLE_CONFIG_DIR", directory.toString());
      }
      write(directory.resolve("kaggle.json"), json);
      write(directory.resolve("access_token"), token + "\n");
      List<String> warnings = new ArrayList<>();
      assertThat(asked(environment).kaggle().authorization(warnings::add)).contains(expected);
      assertThat(warnings).isEmpty();
      Files.deleteIfExists(directory.resolve("kaggle.json"));
      Files.deleteIfExists(directory.resolve("access_token"));
    }
  }

  private static void write(Path file, String text) throws IOException {
    if (!text.isBlank()) {
      Files.writeString(file, text);
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }
  }

  @Test
  void keysThatOthersCanReadAreWarnedOf() throws IOException {
    Path file = Files.createDirectories(temporary.resolve(".kaggle")).resolve("kaggle.json");
    write(file, "{\"username\":\"datadino\",\"key\":\"s3cr3t\"}");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    List<String> warnings = new ArrayList<>();
    assertIsModule(resolve(PAGE, asked(Map.of()).withProgress(warnings::add)));
    assertThat(warnings)
        .contains("other users can read your Kaggle key; run: chmod 600 " + file)
        .noneMatch(line -> line.contains("s3cr3t"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"username\":\"datadino\",\"key\":s3cr3t}", "s3cr3t", "[]", "{}"})
  void damagedKeysAreToldWithoutTheirText(String text) throws IOException {
    Path file = Files.createDirectories(temporary.resolve(".kaggle")).resolve("kaggle.json");
    write(file, text);
    assertThatThrownBy(() -> resolve(PAGE, asked(Map.of())))
        .isInstanceOf(HandleException.class)
        .hasMessageContaining(file.toString())
        .hasNoCause()
        .message()
        .doesNotContain("s3cr3t");
    assertThat(server.requests()).isEmpty();
    assertNothingLeft();
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 404})
  void refusalSaysHowToGetItByHand(int status) throws IOException {
    server.on(API, HubServer.status(status));
    assertThatThrownBy(() -> resolve(PAGE, withKey()))
        .isInstanceOfSatisfying(
            HandleException.class,
            e ->
                assertThat(e.cure())
                    .contains(
                        "open " + PAGE + " in a browser",
                        "archive.tar.gz",
                        "--model /path/to/archive.tar.gz",
                        "unpack it into " + cache.resolve(sha1(PAGE)),
                        "KAGGLE_USERNAME and KAGGLE_KEY",
                        "--model-mirror")
                    .doesNotContain("s3cr3t"))
        .hasMessageContaining("localhost answered " + status);
    assertNothingLeft();
  }

  /** Where Kaggle refuses, the hub's own address is asked; both are told. */
  @Test
  void theHubIsAskedAfterKaggle() throws IOException {
    HubOptions options = withKey();
    List<Source> sources = Source.of(HANDLE, options);
    assertThat(sources).hasSize(2);
    assertThat(sources.get(1).uri()).hasToString(HANDLE + "?tf-hub-format=compressed");
    assertThat(sources.get(1).authorization()).isEmpty();

    server.on(API, HubServer.status(403));
    server.on(MODULE, HubServer.ok(archive));
    Source hub = Source.of(server.url("localhost", MODULE), options).get(0);
    Path file = temporary.resolve("download");
    assertThat(new Download(options, Cure.of("")).fetch(List.of(sources.get(0), hub), file))
        .isEqualTo(sha256(archive));
    server.on(MODULE, HubServer.status(404));
    assertThatThrownBy(
            () -> new Download(options, Cure.of("")).fetch(List.of(sources.get(0), hub), file))
        .hasMessageContaining(": localhost answered 403; localhost answered 404.");
  }

  @ParameterizedTest
  @CsvSource({
    "mobilenet_v1_075_224/feature_vector/1, mobilenet-v1/tensorFlow1/075-224-feature-vector/1",
    "mobilenet_v1_075_224/feature_vector/3, mobilenet-v1/tensorFlow1/075-224-feature-vector/2",
    "mobilenet_v1_075_224/feature_vector/4, mobilenet-v1/tensorFlow2/075-224-feature-vector/1",
    "mobilenet_v1_075_224/feature_vector/5, mobilenet-v1/tensorFlow2/075-224-feature-vector/2",
    "mobilenet_v1_100_224/classification/5, mobilenet-v1/tensorFlow2/100-224-classification/2",
    "mobilenet_v2_035_96/feature_vector/4, mobilenet-v2/tensorFlow2/035-96-feature-vector/1",
  })
  void whereTheHubsModulesAre(String module, String expected) {
    URI handle = URI.create("https://tfhub.dev/google/imagenet/" + module);
    assertThat(KaggleModel.of(handle).map(KaggleModel::page))
        .contains("https://www.kaggle.com/models/google/" + expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://tfhub.dev/google/imagenet/mobilenet_v1_075_224/feature_vector/2",
        "https://tfhub.dev/google/imagenet/mobilenet_v2_100_224/feature_vector/3",
        "https://tfhub.dev/google/imagenet/inception_v3/feature_vector/4",
        "https://example.org/google/imagenet/mobilenet_v1_075_224/feature_vector/4"
      })
  void whatIsNotKnownIsNotGuessed(String handle) throws IOException {
    assertThat(Source.of(handle, withKey()))
        .extracting(Source::toString)
        .containsExactly(handle + "?tf-hub-format=***");
  }

  @Test
  void pagesWithoutAVersionAreTold() {
    assertThatThrownBy(() -> resolve("https://www.kaggle.com/models/google/x/y/z", withKey()))
        .isInstanceOf(HandleException.class)
        .hasMessageContaining("not a version of a model on Kaggle");
  }

  /** A handle's own user, too, goes to its host alone. */
  @Test
  void aHandlesUserGoesToItsHostAlone() throws IOException {
    server.on(MODULE, HubServer.redirect(302, server.url("127.0.0.1", "/storage.tar.gz")));
    String handle = server.url("localhost", MODULE).replace("//", "//datadino:s3cr3t@");
    assertIsModule(resolve(handle));
    assertThat(server.authorizations()).containsExactly(BASIC, "null");
    assertThat(Files.readString(cache.resolve(sha1(handle) + ".descriptor.txt")))
        .contains("Module: " + server.url("localhost", MODULE) + "\n");
  }

  @Test
  void mirrorAloneIsAsked() throws IOException {
    String template =
        server
            .url("localhost", "/m/{host}/{name}-{version}/{path}.tar.gz?k=v")
            .replace("//", "//datadino:s3cr3t@");
    String place =
        String.format(
            Locale.ROOT,
            "/m/tfhub.dev/google/imagenet/mobilenet_v1_075_224/feature_vector-4%s.tar.gz",
            MODULE);
    server.on(place, HubServer.ok(archive));
    HubOptions options = withKey().withMirror(new Mirror(template));
    assertThat(resolve(HANDLE, options).getFileName()).hasToString(sha1(HANDLE));
    assertThat(server.requests()).containsExactly(place + "?k=v");
    assertThat(server.authorizations()).containsExactly(BASIC);
    server.on(place, HubServer.status(404));
    assertThatThrownBy(() -> resolve(HANDLE + "/", options))
        .isInstanceOf(HandleException.class)
        .hasMessageContaining(": localhost answered 404.");
    assertThat(HubOptions.fromEnvironment(Map.of(HubOptions.MIRROR_VARIABLE, template)).mirror())
        .contains(new Mirror(template));
    assertThat(new Mirror(template).toString()).doesNotContain("s3cr3t", "k=v");
  }

  @ParameterizedTest
  @CsvSource({
    "https://a:s3cr3t@mirror.example/x.tar.gz, the same for every module",
    "https://a:s3cr3t@mirror.example/{path}/{size}, there is no placeholder {size}",
    "ftp://a:s3cr3t@mirror.example/{path}, it is not http",
    "/mnt/{path}, it is not http",
    "https://a:s3cr3t@mirror example/{path}, is not an address"
  })
  void whatIsNoMirrorIsTold(String template, String message) {
    assertThatThrownBy(() -> new Mirror(template))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message)
        .hasNoCause()
        .message()
        .doesNotContain("s3cr3t");
  }
}
