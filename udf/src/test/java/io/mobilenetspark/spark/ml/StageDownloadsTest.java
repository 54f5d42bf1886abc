package io.mobilenetspark.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobilenetspark.model.ModelLoader;
import io.mobilenetspark.model.ModelRequest;
import io.mobilenetspark.model.hub.ModelLoadException;
import io.mobilenetspark.testing.Archives;
import io.mobilenetspark.testing.HubServer;
import io.mobilenetspark.testing.SparkTestSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The stages' digests, and the settings by which they fetch. */
class StageDownloadsTest {

  private static final String WRONG = "0".repeat(64);

  @TempDir private Path temporary;
  private final HubServer server = new HubServer();
  private Path folder = Path.of("");
  private Path file = Path.of("");
  private String sha256 = "";

  StageDownloadsTest() throws IOException {}

  @BeforeEach
  void make() throws IOException, NoSuchAlgorithmException {
    folder = Files.createDirectory(temporary.resolve("module"));
    StageFixtures.tinyCheckpoint(folder, 1);
    byte[] archive = Archives.ofDirectory(folder, "gz");
    file = Files.write(temporary.resolve("module.tar.gz"), archive);
    sha256 = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(archive));
    server.on("/there/stages/module.tar.gz", HubServer.ok(archive));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static Configuration hadoop() {
    return new Configuration(SparkTestSession.get().sparkContext().hadoopConfiguration());
  }

  private static void assertRefused(MobileNetFeaturizer stage, String message) {
    assertThatThrownBy(() -> stage.transform(StageFixtures.pictures(1)))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining(message)
        .hasMessageContaining("modelSha256")
        .message()
        .doesNotContain("--model");
  }

  @Test
  void featurizersHoldTheDigest() throws IOException {
    MobileNetFeaturizer stage = StageFixtures.stage(file.toString()).setModelSha256(sha256);
    assertThat(stage.transform(StageFixtures.pictures(2)).collectAsList()).hasSize(2);
    // The copy shares the models that are loaded, but not this one's.
    assertRefused(stage.copy(ParamMap.empty()).setModelSha256(WRONG), "not " + WRONG);
    assertRefused(
        StageFixtures.stage(folder.toString()).setModelSha256(sha256), "SHA-256 of an archive");
    assertRefused(StageFixtures.stage("builtin").setModelSha256(sha256), "SHA-256 of an archive");

    Path saved = temporary.resolve("stage");
    stage.setSaveModel("handle").save(saved.toString());
    Files.write(file, Archives.ofDirectory(folder, "bz2"));
    assertRefused(MobileNetFeaturizer.load(saved.toString()), "not " + sha256);
  }

  @Test
  void fineTunersHoldTheDigest() {
    Dataset<Row> table = FineTunerFixture.table(12);
    MobileNetFineTuner tuner =
        FineTunerFixture.tuner().setTrainable("head").setModel(file.toString());
    assertThatThrownBy(() -> tuner.setModelSha256(WRONG).fit(table))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("not " + WRONG)
        .hasMessageContaining("modelSha256 is of another one");
    tuner.clear(tuner.imageSize());
    assertThatThrownBy(() -> tuner.fit(table)).isInstanceOf(ModelLoadException.class);
    assertThat(tuner.setImageSize(32).setModelSha256(sha256).fit(table).numClasses()).isPositive();
  }

  /** Nothing is read again that was checked before. */
  @Test
  void fineTunersStartFromWeightsInMemory() {
    var start = new ModelLoader(new Configuration()).weights(ModelRequest.of(folder.toString()));
    MobileNetFineTuner tuner =
        FineTunerFixture.tuner().setTrainable("head").setModel("/no/such/module");
    MobileNetClassificationModel model =
        tuner.fit(FineTunerFixture.table(12), new LoggingListener(), start);
    assertThat(model.weights().fingerprint()).isEqualTo(start.fingerprint());
  }

  @Test
  void settingsSayHowModelsAreFetched() throws IOException {
    Path cache = temporary.resolve("cache");
    Configuration hadoop = hadoop();
    hadoop.set("spark.mobilenet.modelCache", cache.toString());
    hadoop.set("spark.mobilenet.modelMirror", server.url("localhost", "/there/{path}.tar.gz"));
    hadoop.set("spark.mobilenet.offline", "true");
    String handle = "https://hub.example/stages/module";
    MobileNetFeaturizer stage = StageFixtures.stage(handle).setModelSha256(sha256);
    assertThatThrownBy(() -> stage.model(hadoop))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining(cache.toString())
        .hasMessageContaining("spark.mobilenet.offline");
    hadoop.set("spark.mobilenet.offline", "false");
    assertThat(stage.model(hadoop).name()).isEqualTo(handle);
    assertThat(cache).isNotEmptyDirectory();

    hadoop.set("spark.mobilenet.offline", "perhaps");
    MobileNetFeaturizer other = StageFixtures.stage("builtin");
    assertThatThrownBy(() -> other.model(hadoop))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("spark.mobilenet.offline: 'perhaps' is neither true nor false");
  }

  /** A session's settings reach the stage: Spark hands them to the file systems' configuration. */
  @Test
  void settingsAreTheSessions() throws IOException {
    var spark = SparkTestSession.get().newSession();
    spark.conf().set("spark.mobilenet.model", "builtin");
    Configuration hadoop =
        ((org.apache.spark.sql.classic.SparkSession) spark).sessionState().newHadoopConf();
    assertThat(hadoop.get("spark.mobilenet.model")).isEqualTo("builtin");
  }
}
