package io.mobilenetspark.spark.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobilenetspark.model.handle.HandleException;
import io.mobilenetspark.model.handle.HandleResolver;
import io.mobilenetspark.model.handle.HubOptions;
import io.mobilenetspark.model.handle.Redacted;
import io.mobilenetspark.testing.HubServer;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which models queries may name, and whom the driver asks for them. */
class AllowedModelsTest {

  private static final String LIST =
      "https://models.example/google/, hdfs://nn:8020/models,/allowed/models, builtin,"
          + " http://inner.example:8080/m";

  @TempDir private Path directory;
  private final Configuration hadoop = new Configuration(false);

  private AllowedModels allowed(String master, String... settings) {
    SparkConf start = new SparkConf(false).set("spark.master", master);
    for (int i = 0; i < settings.length; i += 2) {
      start.set("spark.mobilenet." + settings[i], settings[i + 1]);
    }
    return AllowedModels.of(start, hadoop);
  }

  private void assertRefused(AllowedModels allowed, String handle) {
    assertThatThrownBy(() -> allowed.require(handle, hadoop))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("may not use the model " + Redacted.handle(handle))
        .hasMessageContaining("spark.mobilenet.allowedModels");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://models.example/google/m/1",
        "https://models.example/google",
        "HTTPS://MODELS.Example/google/m/1",
        "https://models.example:443/google/m",
        "https://models.example./google/m",
        "https://user@models.example/google/m",
        "https://models.example/google/a/../m",
        "https://models.example/google/m?tf-hub-format=compressed",
        "hdfs://nn:8020/models/m",
        "hdfs://NN:8020/models",
        "hdfs://nn:8020/models/a/../m",
        "/allowed/models/m.ckpt",
        "file:/allowed/models/m",
        "file:///allowed/models",
        "/allowed/./models//m",
        "builtin",
        "http://inner.example:8080/m/1"
      })
  void named(String handle) {
    assertThatCode(() -> allowed("yarn", "allowedModels", LIST).require(handle, hadoop))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://models.example/google/m",
        "https://models.example/google-evil/m",
        "https://models.example/googl",
        "https://models.example/other",
        "https://models.example:8443/google/m",
        "https://models.example.evil/google/m",
        "https://models.example@evil/google/m",
        "https://evil/https://models.example/google/m",
        "https://models.example/google/../secret",
        "https://models.example/google/%2e%2e/secret",
        "https://models.example/google/%2E%2E/secret",
        "https://models.example/google/..%2fsecret",
        "https://models.example/google/%252e%252e/secret",
        "https://models.example/google/..\\secret",
        "https://models.example/../google/../x",
        "https:models.example/google/m",
        "http://169.254.169.254/latest/meta-data",
        "http://inner.example:8080/other",
        "http://inner.example/m",
        "hdfs://nn:8020/secret",
        "hdfs://nn:8020/models-secret",
        "hdfs://nn:8020/models/../secret",
        "hdfs://other:8020/models/m",
        "s3a://models/m",
        "/etc/passwd",
        "/allowed/models/../../etc/passwd",
        "file:/allowed/models/../x",
        "/allowed/modelsX",
        "builtin/x",
        "tfhub.dev",
        ""
      })
  void notNamed(String handle) {
    assertRefused(allowed("yarn", "allowedModels", LIST), handle);
    assertRefused(allowed("local[2]", "allowedModels", LIST), handle);
  }

  @Test
  void linksThatLeadOutside() throws Exception {
    Path models = Files.createDirectories(directory.resolve("models"));
    Path secret = Files.createDirectories(directory.resolve("secret"));
    Files.createSymbolicLink(models.resolve("link"), secret);
    Files.createSymbolicLink(directory.resolve("alias"), models);
    AllowedModels allowed = allowed("yarn", "allowedModels", models.toString());

    assertRefused(allowed, models.resolve("link").toString());
    assertRefused(allowed, models.resolve("link/m.ckpt").toString());
    allowed.require(directory.resolve("alias/m.ckpt").toString(), hadoop);
    allowed("yarn", "allowedModels", directory.resolve("alias").toString())
        .require(models.resolve("m").toString(), hadoop);
  }

  @Test
  void defaults() {
    for (String handle : new String[] {"/any/path", "s3a://b/m", "https://tfhub.dev/x/1"}) {
      allowed("local[*]").require(handle, hadoop);
    }
    AllowedModels shared = allowed("yarn", "model", "hdfs://nn/models/m.ckpt");
    shared.require("builtin", hadoop);
    allowed("yarn", "classifier", "hdfs://nn/flowers").require("hdfs://nn/flowers", hadoop);
    assertRefused(shared, "hdfs://nn/flowers");
    shared.require("hdfs://nn/models/m.ckpt", hadoop);
    shared.require("https://tfhub.dev/google/imagenet/m/4", hadoop);
    shared.require("https://www.kaggle.com/models/google/m", hadoop);
    assertRefused(shared, "hdfs://nn/models/other");
    assertRefused(shared, "/any/path");
    assertRefused(shared, "https://example.com/m");
    assertRefused(allowed("spark://m:7077"), "file:/m");
    assertThat(allowed("local").isReticent()).isFalse();
    assertThat(shared.isReticent()).isTrue();
    assertThat(allowed("local", "allowedModels", "*").isReticent()).isTrue();
    assertThatThrownBy(() -> allowed("yarn", "allowedModels", "https://host/a%2fb"))
        .hasMessageContaining("in spark.mobilenet.allowedModels names no place");
  }

  @ParameterizedTest
  @CsvSource({
    "http://8.8.8.8/m, without TLS",
    "https://127.0.0.1/m, loopback",
    "https://127.1/m, loopback",
    "https://2130706433/m, as a number",
    "https://2852039166/m, link-local as a number",
    "https://localhost/m, by name",
    "https://0.0.0.0/m, this host",
    "https://169.254.169.254/m, link-local",
    "https://10.1.2.3/m, private",
    "https://[::1]/m, loopback",
    "https://[::ffff:10.0.0.1]/m, mapped",
    "https://[fd00::1]/m, unique local",
    "https://[fe80::1]/m, link-local",
    "https://no-such-host.invalid/m, unknown"
  })
  void addressesThatNoQueryReaches(String address, String why) {
    for (AllowedModels any :
        new AllowedModels[] {allowed("local[2]"), allowed("yarn", "allowedModels", "*")}) {
      assertThatThrownBy(() -> any.check(URI.create(address)))
          .as(why)
          .isInstanceOf(HandleException.class)
          .hasMessageContaining("may not have it fetched from there");
    }
  }

  @Test
  void addressesThatAQueryReaches() throws Exception {
    allowed("local").check(URI.create("https://8.8.8.8/m"));
    AllowedModels named = allowed("yarn", "allowedModels", "http://127.0.0.1:81/m");
    named.check(URI.create("http://127.0.0.1:81/m/1"));
    assertThat(named.resolve("127.0.0.1")).hasSize(1);
    assertThatThrownBy(() -> named.check(URI.create("http://127.0.0.1:82/m/1")))
        .isInstanceOf(HandleException.class);
    assertThatThrownBy(() -> named.resolve("localhost"))
        .isInstanceOf(java.net.UnknownHostException.class);
  }

  /** Its folder, whatever stands for a handle; not all of a host for a template that names it. */
  @Test
  void mirrors() throws Exception {
    AllowedModels shared = allowed("yarn", "modelMirror", "http://127.0.0.1:81/hub/{path}.tar.gz");
    shared.check(URI.create("http://127.0.0.1:81/hub/google/m/1.tar.gz"));
    assertThat(shared.resolve("127.0.0.1")).hasSize(1);
    assertNotFetched(shared, "http://127.0.0.1:81/hubs/m");
    assertNotFetched(shared, "http://127.0.0.1:81/");
    assertRefused(shared, "http://127.0.0.1:81/hub/m");
    AllowedModels wholeHost = allowed("yarn", "modelMirror", "http://127.0.0.1:81/{path}");
    wholeHost.check(URI.create("http://127.0.0.1:81/m"));
    for (String nothingFixed :
        new String[] {
          "http://127.0.0.1:81/hub/m", "http://{host}/{path}", "http://127.0.0.1:81{path}"
        }) {
      AllowedModels allowed = allowed("yarn", "modelMirror", nothingFixed);
      assertNotFetched(allowed, "http://127.0.0.1:81/hub/m");
      assertThatThrownBy(() -> allowed.resolve("127.0.0.1"))
          .isInstanceOf(java.net.UnknownHostException.class);
    }
  }

  private static void assertNotFetched(AllowedModels allowed, String address) {
    assertThatThrownBy(() -> allowed.check(URI.create(address)))
        .isInstanceOf(HandleException.class)
        .hasMessageContaining("may not have it fetched from there");
  }

  /** A name server in a private network may say so of a hub: only who names it believes that. */
  @Test
  void privateAddressesOfHubs() throws Exception {
    InetAddress[] inside = {InetAddress.getByAddress("tfhub.dev", new byte[] {10, 0, 0, 1})};
    assertThat(allowed("yarn").areAllowed("tfhub.dev", inside)).isFalse();
    assertThat(allowed("local").areAllowed("tfhub.dev", inside)).isFalse();
    AllowedModels chosen = allowed("yarn", "allowedModels", "https://tfhub.dev/");
    assertThat(chosen.areAllowed("tfhub.dev", inside)).isTrue();
    assertThat(chosen.areAllowed("kaggle.com", inside)).isFalse();
    assertThat(
            allowed("yarn", "model", "https://models.example/m")
                .areAllowed("models.example", inside))
        .isTrue();
  }

  @Test
  void emptyNamesAreNone() {
    AllowedModels allowed = allowed("yarn", "allowedModels", "builtin,, ,");
    allowed.require("builtin", hadoop);
    assertRefused(allowed, "");
    assertRefused(allowed, " ");
  }

  /** Of files any, of addresses those that say where they lead. */
  @Test
  void anyNames() {
    AllowedModels any = allowed("local");
    any.require("hdfs://nn:8020/models/../m", hadoop);
    any.require("/models/%2e%2e/m", hadoop);
    assertRefused(any, "https://host.example/google/%2e%2e/m");
  }

  @Test
  void portsThatAreZero() {
    AllowedModels allowed = allowed("yarn", "allowedModels", "https://models.example:0/");
    assertRefused(allowed, "https://models.example/m");
  }

  @Test
  void redirectsAreAskedToo() throws Exception {
    try (HubServer inner = new HubServer();
        HubServer outer = new HubServer()) {
      outer.on("/m/1", HubServer.redirect(302, inner.url("127.0.0.1", "/secret")));
      AllowedModels allowed = allowed("yarn", "allowedModels", outer.url("127.0.0.1", "/"));
      HubOptions options =
          HubOptions.fromEnvironment(Map.of("no_proxy", "*"))
              .withCacheDirectory(directory)
              .withPolicy(allowed);

      assertThatThrownBy(
              () ->
                  new HandleResolver(hadoop, options)
                      .resolve(outer.url("127.0.0.1", "/m/1"), Optional.empty()))
          .isInstanceOf(HandleException.class)
          .hasMessageContaining("may not have it fetched from there");
      assertThat(outer.requests()).hasSize(1);
      assertThat(inner.requests()).isEmpty();
    }
  }
}
