package io.mobilenetspark.spark.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobilenetspark.testing.HubServer;
import io.mobilenetspark.testing.Pictures;
import io.mobilenetspark.testing.SparkTestSession;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is fixed at the start holds wherever Spark changes a session's settings: a view and a SQL
 * function have those of the session that made them, and take all others for unset.
 */
class FixedSettingsTest {

  private static final String CALL = "mobilenet_features(image, '%s')";

  @TempDir private Path directory;
  private SparkSession spark;
  private SparkConf start;
  private HubServer server;
  private String handle;

  @BeforeEach
  void startServer() throws Exception {
    spark = SparkTestSession.get().newSession();
    start = spark.sparkContext().conf();
    spark.conf().set("spark.mobilenet.imageSize", "32");
    spark
        .createDataFrame(
            List.of(RowFactory.create(1, Pictures.png(1))),
            StructType.fromDDL("id INT, image BINARY"))
        .write()
        .saveAsTable("fixed_photos");
    server = new HubServer();
    handle = server.url("127.0.0.1", "/m/1");
    start.set("spark.mobilenet.modelCache", directory.resolve("cache").toString());
    start.set("spark.mobilenet.allowedModels", "*," + server.url("127.0.0.1", "/"));
  }

  @AfterEach
  void stopServer() {
    SqlSettings.FIXED.forEach(setting -> start.remove(ConfEntries.key(setting)));
    spark.sql("DROP VIEW IF EXISTS fixed_view");
    spark.sql("DROP FUNCTION IF EXISTS fixed_function");
    spark.sql("DROP TEMPORARY FUNCTION IF EXISTS fixed_temporary_function");
    spark.sql("DROP TABLE fixed_photos");
    server.close();
  }

  /** Ways to have a query analyzed with other settings than the session's. */
  private String query(String place, String model) {
    String call = String.format(Locale.ROOT, CALL, model);
    switch (place) {
      case "query" -> {
        return String.format(Locale.ROOT, "SELECT %s AS v FROM fixed_photos", call);
      }
      case "view" ->
          spark.sql(
              String.format(
                  Locale.ROOT, "CREATE VIEW fixed_view AS SELECT %s AS v FROM fixed_photos", call));
      case "temporary view" ->
          spark.sql(
              String.format(
                  Locale.ROOT,
                  "CREATE TEMPORARY VIEW fixed_view AS SELECT %s AS v FROM fixed_photos",
                  call));
      case "function" ->
          spark.sql(
              "CREATE FUNCTION fixed_function(image BINARY) RETURNS ARRAY<FLOAT> RETURN " + call);
      default ->
          spark.sql(
              "CREATE TEMPORARY FUNCTION fixed_temporary_function(image BINARY) RETURNS ARRAY<FLOAT>"
                  + " RETURN "
                  + call);
    }
    return switch (place) {
      case "function" -> "SELECT fixed_function(image) AS v FROM fixed_photos";
      case "temporary function" -> "SELECT fixed_temporary_function(image) AS v FROM fixed_photos";
      default -> "SELECT v FROM fixed_view";
    };
  }

  /** An entry of spark-defaults.conf is taken back with nothing. */
  @Test
  void nothingIsWhatIsNotSet() {
    start.set("spark.mobilenet.modelCache", "");
    start.set("spark.mobilenet.modelMirror", " ");
    start.set("spark.mobilenet.allowedModels", "builtin");
    SparkSession session = spark.newSession();
    session.conf().set("spark.mobilenet.imageSize", "32");
    session.conf().set("spark.mobilenet.signature", "");
    session.conf().set("spark.mobilenet.modelSha256", "");
    assertThat(session.sql(query("query", "builtin")).collectAsList()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"query", "view", "temporary view", "function", "temporary function"})
  void holdInEveryPlace(String place) {
    // Made while the module can be had: Spark looks at a view when it is made.
    String query = query(place, "builtin");
    start.set("spark.mobilenet.allowedModels", "/nowhere");
    assertThatThrownBy(() -> spark.sql(query))
        .as("allowedModels")
        .hasMessageContaining("may not use the model builtin");
    start.set("spark.mobilenet.allowedModels", "builtin");
    assertThatCode(() -> spark.sql(query).collectAsList()).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(strings = {"query", "view", "temporary view", "function", "temporary function"})
  void offlineAndTheCacheAreTheStarts(String place) throws Exception {
    start.set("spark.mobilenet.offline", "true");
    assertThatThrownBy(() -> spark.sql(query(place, handle)).collectAsList());
    assertThat(server.requests()).as("with offline").isEmpty();

    start.remove("spark.mobilenet.offline");
    assertThatThrownBy(() -> spark.sql(query(place, handle)).collectAsList());
    assertThat(server.requests()).as("without").isNotEmpty();
    assertThat(directory.resolve("cache")).as("the cache of the start").isDirectory();
  }

  @Test
  void sessionsCanNotChangeThem() {
    start.remove("spark.mobilenet.offline");
    ((org.apache.spark.sql.classic.SparkSession) spark)
        .sessionState()
        .conf()
        .setConfString("spark.mobilenet.offline", "true");
    assertThatThrownBy(() -> spark.sql("SELECT mobilenet_features(NULL, 'builtin')"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("spark.mobilenet.offline is fixed when the application starts")
        .hasMessageContaining("as not set; this session's true has no effect");
  }

  @Test
  void aQueryIsNotToldWhatAServerAnswered() {
    assertThatThrownBy(
            () ->
                spark.sql(
                    "SELECT " + String.format(Locale.ROOT, CALL, handle).replace("image", "NULL")))
        .hasNoCause()
        .hasMessageContaining("it can't be fetched, or is no model")
        .satisfies( // a port may contain it
            e -> assertThat(e.toString().replace(handle, "")).doesNotContain("404"));
    for (String inner :
        List.of("http://169.254.169.254/latest", "https://127.0.0.1/x", "https://10.0.0.1/x")) {
      assertThatThrownBy(
              () ->
                  spark.sql(
                      String.format(Locale.ROOT, "SELECT mobilenet_features(NULL, '%s')", inner)))
          .hasNoCause()
          .hasMessageContaining("it can't be fetched, or is no model");
    }
    start.remove("spark.mobilenet.allowedModels");
    assertThatThrownBy(
            () -> spark.sql("SELECT mobilenet_features(NULL, 'http://169.254.169.254/latest')"))
        .as("by default on a local master")
        .hasMessageContaining("may not have it fetched from there");
  }
}
