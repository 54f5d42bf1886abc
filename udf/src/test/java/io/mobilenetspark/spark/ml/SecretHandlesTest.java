package io.mobilenetspark.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.mobilenetspark.model.ModelRequest;
import io.mobilenetspark.model.handle.HubOptions;
import io.mobilenetspark.model.hub.ModelLoadException;
import io.mobilenetspark.testing.Archives;
import io.mobilenetspark.testing.HubServer;
import io.mobilenetspark.testing.SharedData;
import io.mobilenetspark.testing.SparkTestSession;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A secret in a handle, and every place to which the handle goes. */
class SecretHandlesTest {

  private static final String SECRET = "pLaNtEd";
  private static final String PATH = "/secret/module";

  /** Everything that is logged. */
  private static final class Log extends AbstractAppender {
    private final List<String> lines = new CopyOnWriteArrayList<>();

    Log() {
      super("all", null, null, true, Property.EMPTY_ARRAY);
    }

    @Override
    public void append(LogEvent event) {
      lines.add(
          event.getMessage().getFormattedMessage()
              + (event.getThrown() == null ? "" : trace(event.getThrown())));
    }
  }

  @TempDir private Path temporary;
  private final HubServer server = new HubServer();
  private final Path cache = HubOptions.fromEnvironment(System.getenv()).cacheDirectory();
  private final SparkSession spark = SparkTestSession.get().newSession();
  private final Log log = new Log();
  private String handle = "";

  SecretHandlesTest() throws IOException {}

  @BeforeEach
  void serve() throws IOException {
    Path module = Files.createDirectory(temporary.resolve("module"));
    StageFixtures.tinyCheckpoint(module, 1);
    server.on(PATH, HubServer.ok(Archives.ofDirectory(module, "gz")));
    handle =
        server
                .url("localhost", PATH)
                .replace("//", String.format(Locale.ROOT, "//anna:%s@", SECRET))
            + String.format(Locale.ROOT, "?X-Amz-Signature=%s&%s", SECRET, SECRET);
    // A place that the application's start names: queries may use this machine's server.
    spark.sparkContext().conf().set("spark.mobilenet.model", server.url("localhost", "/"));
    StageFixtures.pictures(3).createOrReplaceGlobalTempView("secret_pictures");
    log.start();
    ((Logger) LogManager.getRootLogger()).addAppender(log);
    spark.sparkContext().setLogLevel(Level.INFO.name());
  }

  @AfterEach
  void stop() throws IOException {
    spark.sparkContext().conf().remove("spark.mobilenet.model");
    spark.sparkContext().setLogLevel(Level.ERROR.name());
    ((Logger) LogManager.getRootLogger()).removeAppender(log);
    server.close();
    clearCache();
  }

  /** What this test put there, and no more. */
  private void clearCache() throws IOException {
    if (Files.isDirectory(cache)) {
      try (Stream<Path> files = Files.list(cache)) {
        for (Path file : files.filter(SecretHandlesTest::isOurs).sorted().toList()) {
          delete(file);
        }
      }
    }
  }

  private static boolean isOurs(Path file) {
    String name = file.getFileName().toString();
    Path descriptor = file.resolveSibling(name.replaceAll("\\..*", "") + ".descriptor.txt");
    return Files.exists(descriptor) && read(descriptor).contains(PATH);
  }

  private static void delete(Path tree) throws IOException {
    try (Stream<Path> files = Files.walk(tree)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  private static String read(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String trace(Throwable thrown) {
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text, true));
    return text.toString();
  }

  private static void assertNoSecretBelow(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      List<Path> all = files.filter(Files::isRegularFile).toList();
      assertThat(all).isNotEmpty();
      assertThat(all).filteredOn(file -> read(file).contains(SECRET)).isEmpty();
    }
  }

  private void assertNoSecretLogged() {
    assertThat(log.lines).isNotEmpty();
    assertThat(log.lines).noneMatch(line -> line.contains(SECRET));
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private Dataset<Row> query(String function) {
    return spark.sql(
        String.format(
            Locale.ROOT, "SELECT id, %s AS v FROM global_temp.secret_pictures", function));
  }

  /** A summary's settings are printed, logged and kept: a model's handle is not all of them. */
  @Test
  void settingsOfASummary() {
    MobileNetFineTuner tuner =
        new MobileNetFineTuner()
            .setModel("https://anna:" + SECRET + "@host/a?sig=" + SECRET)
            .setCheckpointDir("s3a://KEY:" + SECRET + "@bucket/my runs?")
            .setLabelCol("is it?");
    assertThat(tuner.texts())
        .containsEntry("model", "https://host/a?sig=***")
        .containsEntry("checkpointDir", "s3a://bucket/my runs?")
        .containsEntry("labelCol", "is it?");
  }

  @Test
  void ofTheSetting() throws IOException {
    spark.conf().set("spark.mobilenet.model", handle);
    spark.conf().set("spark.mobilenet.imageSize", "32");
    Dataset<Row> vectors = query("mobilenet_features(image)");
    assertThat(vectors.collectAsList()).hasSize(3);
    String plans = vectors.queryExecution().toString();
    assertThat(plans).contains("localhost", PATH).doesNotContain(SECRET);
    assertThat(vectors.schema().json()).contains("mobilenet.model").doesNotContain(SECRET);
    Path files = temporary.resolve("vectors");
    vectors.write().parquet(files.toString());
    assertNoSecretBelow(files);
    assertNoSecretBelow(cache);
    assertNoSecretLogged();
    assertThat(server.authorizations()).containsOnly("Basic YW5uYTpwTGFOdEVk");
    assertThat(server.requests()).allMatch(request -> request.contains("Signature=" + SECRET));
  }

  /** What Spark says of the query's text is Spark's; its own rule, which we ship, hides it. */
  @Test
  void ofTheArgument() throws IOException {
    spark.conf().set("spark.mobilenet.imageSize", "32");
    Properties shipped = new Properties();
    try (var in =
        Files.newInputStream(SharedData.projectRoot().resolve("conf/spark-defaults.conf"))) {
      shipped.load(in);
    }
    String key = "spark.sql.redaction.string.regex";
    spark.conf().set(key, shipped.getProperty(key));
    Dataset<Row> vectors =
        spark.sql(
            String.format(
                Locale.ROOT,
                "SELECT mobilenet_features(image, '%s') FROM global_temp.secret_pictures",
                handle));
    assertThat(vectors.columns()[0]).doesNotContain(SECRET);
    for (String mode : List.of("", "EXTENDED", "FORMATTED", "COST")) {
      String explained =
          spark
              .sql(
                  String.format(
                      Locale.ROOT,
                      "EXPLAIN %s SELECT mobilenet_features(image, '%s') FROM global_temp.secret_pictures",
                      mode,
                      handle))
              .collectAsList()
              .toString();
      assertThat(explained).contains("model=http://localhost").doesNotContain(SECRET);
    }
    String rule = shipped.getProperty("spark.redaction.regex");
    for (String value : List.of(handle, "java x --model " + handle, handle.replace("?", "/4?"))) {
      assertThat(value).containsPattern(rule);
    }
    assertThat(ModelRequest.of("builtin").toString()).doesNotContainPattern(rule);
    assertThat("https://tfhub.dev/google/imagenet/mobilenet_v1_075_224/feature_vector/4")
        .doesNotContainPattern(rule);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"403", "404", "503", "page", "redirect", "ftp", "cut off", "unreachable", "bad"})
  void ofFailures(String what) {
    switch (what) {
      case "403", "404", "503" -> server.on(PATH, HubServer.status(Integer.parseInt(what)));
      case "page" -> server.on(PATH, HubServer.ok(new byte[] {'<', 'h', 't', 'm', 'l', '>'}));
      case "redirect" -> server.on(PATH, HubServer.redirect(302, handle + "#" + SECRET));
      case "ftp" -> server.on(PATH, HubServer.redirect(302, handle.replace("http", "ftp")));
      case "cut off" -> server.on(PATH, exchange -> exchange.sendResponseHeaders(200, 1_000_000));
      case "unreachable" -> server.close();
      default -> handle = handle.replace("/secret", "/sec ret");
    }
    spark.conf().set("spark.mobilenet.model", handle);
    Throwable thrown = catchThrowable(() -> query("mobilenet_features(image)").collectAsList());
    assertThat(thrown).isInstanceOfAny(ModelLoadException.class, IllegalArgumentException.class);
    assertThat(trace(thrown)).contains("localhost").doesNotContain(SECRET);
    Throwable staged =
        catchThrowable(
            () -> StageFixtures.stage(handle).transform(StageFixtures.pictures(1)).collect());
    assertThat(staged).isInstanceOfAny(ModelLoadException.class, IllegalArgumentException.class);
    assertThat(trace(staged)).doesNotContain(SECRET);
    assertNoSecretLogged();
  }

  @ParameterizedTest
  @ValueSource(strings = {"weights", "handle"})
  void ofSavedStages(String saveModel) throws IOException {
    Dataset<Row> pictures = StageFixtures.pictures(3);
    MobileNetFeaturizer stage = StageFixtures.stage(handle).setSaveModel(saveModel);
    Map<Integer, float[]> expected = StageFixtures.vectors(stage.transform(pictures));
    Path saved = temporary.resolve("stage");
    stage.save(saved.toString());
    assertNoSecretBelow(saved);
    assertThat(stage.getModel()).as("the stage itself").isEqualTo(handle);

    MobileNetFeaturizer read = MobileNetFeaturizer.load(saved.toString());
    if (saveModel.equals("handle")) {
      assertThatThrownBy(() -> read.transform(pictures))
          .isInstanceOfAny(ModelLoadException.class, IllegalArgumentException.class)
          .hasMessageContaining("were left out when it was written down")
          .hasMessageContaining("Set the handle again");
      read.setModel(handle);
    }
    assertThat(StageFixtures.vectors(read.transform(pictures)).get(1)).isEqualTo(expected.get(1));
  }

  /** What was saved is still compared when the handle has its secrets again. */
  @Test
  void savedFingerprintsAreHeld() throws IOException {
    Path saved = temporary.resolve("stage");
    MobileNetFeaturizer stage = StageFixtures.stage(handle).setSaveModel("handle");
    stage.transform(StageFixtures.pictures(1)).collect();
    stage.save(saved.toString());
    Path other = Files.createDirectory(temporary.resolve("other"));
    StageFixtures.tinyCheckpoint(other, 2);
    server.on(PATH, HubServer.ok(Archives.ofDirectory(other, "gz")));
    clearCache();
    MobileNetFeaturizer read = MobileNetFeaturizer.load(saved.toString()).setModel(handle);
    assertThatThrownBy(() -> read.transform(StageFixtures.pictures(1)))
        .isInstanceOfAny(ModelLoadException.class, IllegalArgumentException.class)
        .hasMessageContaining("what the handle names has changed")
        .message()
        .doesNotContain(SECRET);
  }

  @Test
  void ofSavedFineTuners() throws IOException {
    Path saved = temporary.resolve("tuner");
    MobileNetFineTuner tuner = new MobileNetFineTuner().setModel(handle);
    tuner.save(saved.toString());
    assertNoSecretBelow(saved);
    assertThat(tuner.getModel()).isEqualTo(handle);
  }

  @ParameterizedTest
  @ValueSource(strings = {"s3a://AKIA:%s@bucket/flowers", "none://AKIA:%s@bucket/flo wers"})
  void ofFoldersThatCantBeRead(String template) {
    String folder = String.format(Locale.ROOT, template, SECRET);
    Throwable queried =
        catchThrowable(
            () -> query(String.format(Locale.ROOT, "mobilenet_classify(image, '%s')", folder)));
    assertThat(trace(queried)).contains("://bucket/flo").doesNotContain(SECRET);
    Throwable loaded = catchThrowable(() -> MobileNetFeaturizer.load(folder));
    assertThat(loaded).hasMessageContaining("There is no whole MobileNetFeaturizer at ");
    assertThat(trace(loaded)).contains("://bucket/flo").doesNotContain(SECRET);
  }

  /** Models are kept by what was asked for: a wrong digest is not served by a right one. */
  @Test
  void ofDigestsOnlyTheRightOneIsServed() throws IOException {
    spark.conf().set("spark.mobilenet.model", handle);
    spark.conf().set("spark.mobilenet.imageSize", "32");
    String key = "spark.mobilenet.modelSha256";
    Path file = Files.createDirectory(temporary.resolve("same"));
    StageFixtures.tinyCheckpoint(file, 1);
    byte[] archive = Archives.ofDirectory(file, "gz");
    server.on(PATH, HubServer.ok(archive));
    spark.conf().set(key, sha256(archive));
    assertThat(query("mobilenet_features(image)").collectAsList()).hasSize(3);
    spark.conf().set(key, "0".repeat(64));
    assertThatThrownBy(() -> query("mobilenet_features(image)").collectAsList())
        .isInstanceOfAny(ModelLoadException.class, IllegalArgumentException.class)
        .hasMessageContaining("has the SHA-256")
        .hasMessageContaining("spark.mobilenet.modelSha256 is of another one");
    spark.conf().unset(key);
    assertThat(query("mobilenet_features(image)").collectAsList()).hasSize(3);
  }
}
