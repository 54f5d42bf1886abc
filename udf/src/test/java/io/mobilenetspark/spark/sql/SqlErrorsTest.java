package io.mobilenetspark.spark.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobilenetspark.model.hub.ModelLoadException;
import io.mobilenetspark.spark.MalformedImageException;
import io.mobilenetspark.testing.Pictures;
import io.mobilenetspark.testing.SparkTestSession;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said when a query, a setting or an image can't be used. */
class SqlErrorsTest {

  private SparkSession spark;

  @BeforeEach
  void makeSession() {
    spark = SparkTestSession.get().newSession();
    spark.conf().set("spark.mobilenet.model", "builtin");
    spark.conf().set("spark.mobilenet.imageSize", "32");
    spark
        .createDataFrame(
            List.of(
                RowFactory.create(1, "a.png", Pictures.png(1)),
                RowFactory.create(2, "b.png", new byte[] {'<', 'h', 't', 'm', 'l', '>'})),
            StructType.fromDDL("id INT, path STRING, image BINARY"))
        .createOrReplaceTempView("photos");
  }

  private void run(String statement) {
    spark.sql(statement).collectAsList();
  }

  @ParameterizedTest
  @CsvSource({
    "path, path, STRING",
    "id, id, INT",
    "1.5D, 1.5, DOUBLE",
    "array(image), array(image), ARRAY<BINARY>",
    "'map(id, image)', 'map(id, image)', 'MAP<INT, BINARY>'",
    "'struct(id, path)', 'struct(id, path)', 'STRUCT<id: INT, path: STRING>'",
    "'named_struct(''content'', path)', 'named_struct(content, path)',"
        + " 'STRUCT<content: STRING>'",
    "mobilenet_embed(image), mobilenet_embed(image), 'STRUCT<features: ARRAY<FLOAT>'"
  })
  void argumentsThatAreNoImages(String argument, String shown, String type) {
    for (String function : List.of("mobilenet_features", "mobilenet_embed")) {
      assertThatThrownBy(
              () ->
                  spark.sql(
                      String.format(Locale.ROOT, "SELECT %s(%s) FROM photos", function, argument)))
          .isInstanceOf(AnalysisException.class)
          .hasMessageContaining("[DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE]")
          .hasMessageContaining(String.format(Locale.ROOT, "Cannot resolve \"%s(", function))
          .hasMessageContaining("The first parameter requires the BINARY (an image file's bytes")
          .hasMessageContaining("the row of Spark's binaryFile source (a struct with 'content')")
          .hasMessageContaining("Spark's image source (height, width, nChannels, data)")
          .hasMessageContaining(
              String.format(
                  Locale.ROOT, "\"%s\" has the type \"%s", shown, type.replaceAll(">$", "")));
    }
  }

  @Test
  void aFilesNameIsNoImage() {
    assertThatThrownBy(() -> run("SELECT mobilenet_features(path) FROM photos"))
        .hasMessageContaining("the binaryFile source reads the files of a STRING");
  }

  @ParameterizedTest
  @CsvSource({
    "mobilenet_features(), 'requires [1, 2] parameters but the actual number is 0'",
    "'mobilenet_features(image, ''builtin'', 3)',"
        + " 'requires [1, 2] parameters but the actual number is 3'",
    "mobilenet_embed(), 'requires [1, 2] parameters but the actual number is 0'",
    "mobilenet_cosine_similarity(array(1F)),"
        + " 'requires 2 parameters but the actual number is 1'"
  })
  void wrongNumbersOfArguments(String call, String message) {
    assertThatThrownBy(() -> run(String.format(Locale.ROOT, "SELECT %s FROM photos", call)))
        .isInstanceOf(AnalysisException.class)
        .hasMessageContaining("[WRONG_NUM_ARGS.WITHOUT_SUGGESTION]")
        .hasMessageContaining(
            String.format(Locale.ROOT, "`%s`", call.substring(0, call.indexOf('('))))
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource({
    "mobilenet_features(image => image), NAMED_PARAMETERS_NOT_SUPPORTED",
    "mobilenet_features(DISTINCT image), does not support DISTINCT",
    "mobilenet_features(image) OVER (), not supported within a window function",
    "mobilenet_features(picture), UNRESOLVED_COLUMN",
    "mobilenet_feature(image), UNRESOLVED_ROUTINE"
  })
  void otherCallsThatSparkRefuses(String call, String message) {
    assertThatThrownBy(() -> run(String.format(Locale.ROOT, "SELECT %s FROM photos", call)))
        .isInstanceOf(AnalysisException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource({
    "path, 'must be a literal STRING, such as ''builtin'', not photos.path'",
    "7, 'must be a literal STRING, such as ''builtin'', not 7'",
    "NULL, 'mobilenet_features: the model is NULL. Leave the argument out'",
    "'''  ''', 'The model''s name is empty. Give a URL, a path, or ''builtin''.'"
  })
  void secondArgumentsThatNameNoModel(String argument, String message) {
    assertThatThrownBy(
            () ->
                run(
                    String.format(
                        Locale.ROOT, "SELECT mobilenet_features(image, %s) FROM photos", argument)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void modelsThatAreNotThere() {
    assertThatThrownBy(() -> spark.sql("SELECT mobilenet_features(image, '/no/m') FROM photos"))
        .as("said before anything runs")
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("Can't use the model /no/m: neither a directory")
        .hasMessageContaining("or builtin for an untrained network");

    run("SET spark.mobilenet.model=/no/other");
    assertThatThrownBy(() -> run("SELECT mobilenet_embed(image) FROM photos"))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("Can't use the model /no/other");
    assertThat(spark.sql("SELECT mobilenet_features(image, 'builtin') FROM photos").count())
        .as("the argument is used instead of the setting")
        .isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({
    "model, '', can't be empty",
    "imageSize, 0, it must be at least 1",
    "imageSize, wide, should be a/an 'int' value",
    "executionPath, slow, 'unknown path ''slow''. Known: auto, fast, general'",
    "resize, big, 'unknown resize method ''big''. Known: bilinear, bilinear_tf1'",
    "exifOrientation, turn, 'unknown EXIF orientation mode ''turn''. Known: apply, ignore'",
    "alpha, red, 'unknown alpha mode ''red''. Known: drop, white, black'",
    "cropFraction, 2, it must be above 0 and at most 1",
    "modelSha256, abc, '''abc'' is not a SHA-256: 64 hexadecimal digits'",
    "aspect, wide, 'unknown aspect mode ''wide''. Known: stretch, pad'",
    "decodeScale, half, 'unknown decode scale ''half''. Known: exact, fast'",
    "colorProfile, p3, 'unknown color profile mode ''p3''. Known: ignore, srgb'",
    "precision, float23, 'unknown precision ''float23''; did you mean ''float32''? Known: float32, bfloat16'",
    "precision, int8, 'unknown precision ''int8'''",
    "batchSize, -1, it must be at least 0",
    "mode, LAX, 'unknown mode ''LAX''. Known: PERMISSIVE, FAILFAST'",
    "mode, DROPMALFORMED, 'a function can''t drop rows, so mode DROPMALFORMED is not for SQL.'",
    "maxImageBytes, 0, it must be at least 1",
    "maxPixels, 0, it must be at least 1",
    "maxSide, 0, it must be at least 1",
    "maxFrames, 0, it must be at least 1",
    "trustModel, true, CANNOT_MODIFY_STATIC_CONFIG",
    "offline, true, CANNOT_MODIFY_STATIC_CONFIG",
    "modelCache, /tmp, CANNOT_MODIFY_STATIC_CONFIG",
    "modelMirror, http://m.example/{path}, CANNOT_MODIFY_STATIC_CONFIG",
    "allowedModels, *, CANNOT_MODIFY_STATIC_CONFIG"
  })
  void settingsThatSetRefuses(String name, String value, String message) {
    assertThatThrownBy(
            () -> run(String.format(Locale.ROOT, "SET spark.mobilenet.%s=%s", name, value)))
        .hasMessageContaining("spark.mobilenet." + name)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource({
    "batchsize, 4, 'There is no setting spark.mobilenet.batchsize; did you mean ''batchSize''? Known: spark.mobilenet.allowedModels,'",
    "modelSha256, 0000000000000000000000000000000000000000000000000000000000000000,"
        + " 'this network does not come from one. Leave out spark.mobilenet.modelSha256.'",
    "outputKey, MobilenetV1/Conv2d_99, Conv2d_99",
    "outputKey, logits, or leave out spark.mobilenet.outputKey."
  })
  void settingsThatAQueryRefuses(String name, String value, String message) {
    run(String.format(Locale.ROOT, "SET spark.mobilenet.%s=%s", name, value));

    assertThatThrownBy(() -> run("SELECT mobilenet_features(image) FROM photos"))
        .hasMessageContaining(message);

    run("RESET spark.mobilenet." + name);
    run("SELECT mobilenet_features(image) FROM photos");
  }

  @Test
  void failFastNamesTheRowAndTheReason() {
    run("SET spark.mobilenet.mode=failfast");

    for (String query :
        List.of(
            "SELECT id, path, mobilenet_features(image) FROM photos",
            "SELECT id, path, mobilenet_embed(image) FROM photos")) {
      assertThatThrownBy(() -> run(query))
          .rootCause()
          .isInstanceOf(MalformedImageException.class)
          .hasMessageContaining("Image of the row with id=2, path=b.png can't be read:")
          .hasMessageContaining("UNSUPPORTED_FORMAT: ")
          .hasMessageContaining("The mode is FAILFAST; PERMISSIVE keeps such rows");
    }
    run("SELECT mobilenet_features(image) FROM photos WHERE id = 1");
    run("SELECT mobilenet_features(CAST(NULL AS BINARY)) FROM photos"); // missing, not malformed
  }

  @Test
  void theRuleThatMayNotBeExcluded() {
    spark.conf().set("spark.sql.optimizer.excludedRules", ExtractMobileNet.class.getName());

    assertThatThrownBy(() -> run("SELECT mobilenet_features(image) FROM photos"))
        .hasMessageContaining("was not planned: rule " + ExtractMobileNet.class.getName())
        .hasMessageContaining("Take it out of spark.sql.optimizer.excludedRules")
        .hasMessageContaining("spark.sql.extensions=" + MobileNetExtensions.class.getName());
  }

  @ParameterizedTest
  @CsvSource({
    "'array(1D), array(1F)', first, ARRAY<DOUBLE>",
    "'array(1F), 1F', second, FLOAT",
    "'array(1F), ''abc''', second, STRING"
  })
  void argumentsThatAreNotVectors(String arguments, String which, String type) {
    assertThatThrownBy(
            () ->
                run(
                    String.format(
                        Locale.ROOT, "SELECT mobilenet_cosine_similarity(%s)", arguments)))
        .isInstanceOf(AnalysisException.class)
        .hasMessageContaining("[DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE]")
        .hasMessageContaining(
            String.format(Locale.ROOT, "The %s parameter requires the ARRAY<FLOAT>", which))
        .hasMessageContaining(String.format(Locale.ROOT, "has the type \"%s\"", type));
  }
}
