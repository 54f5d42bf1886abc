package io.mobilenetspark.jobs;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.mobilenetspark.model.settings.ModelSettings;
import io.mobilenetspark.options.Setting;
import io.mobilenetspark.options.Surface;
import io.mobilenetspark.spark.ml.MobileNetFeaturizer;
import io.mobilenetspark.spark.sql.MobileNetExtensions;
import io.mobilenetspark.testing.Pictures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.ml.param.Param;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is wrong with a model is told on every surface alike, with the names that it has there. */
class CuresTest {

  private static final List<Setting<?>> SETTINGS =
      List.of(
          ModelSettings.MODEL_SHA256, // before the model, whose name begins alike
          ModelSettings.MODEL,
          ModelSettings.EXECUTION_PATH,
          ModelSettings.TAGS,
          ModelSettings.SIGNATURE,
          ModelSettings.OUTPUT_KEY);

  @TempDir private static Path directory;
  private static final SparkSession SPARK = Commands.session();

  @BeforeAll
  static void makeModule() throws IOException {
    Commands.run(
            "export", "--model=builtin", "--format=tf2", "--output=" + directory.resolve("tf2"))
        .assertExitCode(0);
    Files.write(directory.resolve("photo.png"), Pictures.png(1));
    MobileNetExtensions.register(SPARK);
    photos().createOrReplaceTempView("photos_of_cures");
  }

  @AfterAll
  static void forget() {
    SPARK.catalog().dropTempView("photos_of_cures");
  }

  private static Dataset<Row> photos() {
    return SPARK.createDataFrame(
        List.of(RowFactory.create(1, Pictures.png(1))), StructType.fromDDL("id INT, image BINARY"));
  }

  /**
   * A mistake.
   *
   * @param values by setting
   * @param cure a part of it, as the command line has it
   */
  private record Mistake(Map<Setting<?>, String> values, String cure) {
    @Override
    public String toString() {
      Map<String, String> names = new TreeMap<>();
      values.forEach((setting, value) -> names.put(setting.name(), value));
      return names.toString();
    }
  }

  static Stream<Mistake> mistakes() {
    String module = directory.resolve("tf2").toString();
    return Stream.of(
        new Mistake(
            Map.of(ModelSettings.MODEL, "builtin", ModelSettings.OUTPUT_KEY, "logits"),
            "or leave out --output-key."),
        new Mistake(
            Map.of(ModelSettings.MODEL, "builtin", ModelSettings.EXECUTION_PATH, "general"),
            "Leave out --execution-path."),
        new Mistake(
            Map.of(ModelSettings.MODEL, "builtin", ModelSettings.MODEL_SHA256, "0".repeat(64)),
            "Leave out --model-sha256."),
        new Mistake(
            Map.of(ModelSettings.MODEL, module, ModelSettings.SIGNATURE, "nothing"),
            "Set --signature to one of"),
        new Mistake(
            Map.of(ModelSettings.MODEL, module, ModelSettings.TAGS, "train"),
            "Leave out --tags; its only tag set is"),
        new Mistake(
            Map.of(
                ModelSettings.MODEL,
                module,
                ModelSettings.EXECUTION_PATH,
                "general",
                ModelSettings.OUTPUT_KEY,
                "nothing"),
            "Set --output-key to one of ["));
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void isToldInTheWordsOfEachSurface(Mistake mistake) {
    String told = command(mistake);
    assertThat(told).startsWith("Can't use the model ").contains(mistake.cure());
    assertThat(sql(mistake)).isEqualTo(as(Surface.SQL, told));
    assertThat(stage(mistake)).isEqualTo(as(Surface.STAGE, told)).doesNotContain("--");
  }

  /** What the command line says, with the names that settings have elsewhere. */
  private static String as(Surface surface, String told) {
    String named = told;
    for (Setting<?> setting : SETTINGS) {
      named = named.replace(setting.on(Surface.COMMAND_LINE), setting.on(surface));
    }
    return named;
  }

  private static String command(Mistake mistake) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "embed",
                "--input=" + directory.resolve("photo.png"),
                "--output=" + directory.resolve("vectors")));
    mistake
        .values()
        .forEach((setting, value) -> arguments.add(setting.on(Surface.COMMAND_LINE) + "=" + value));
    String err = Commands.run(arguments.toArray(String[]::new)).assertExitCode(4).err();
    return err.lines()
        .filter(line -> line.startsWith("Error: "))
        .findFirst()
        .orElse("")
        .substring(7);
  }

  private static String sql(Mistake mistake) {
    try {
      mistake
          .values()
          .forEach((setting, value) -> SPARK.conf().set(setting.on(Surface.SQL), value));
      return message(
          catchThrowable(
              () -> SPARK.sql("SELECT mobilenet_features(image) FROM photos_of_cures").collect()));
    } finally {
      mistake.values().keySet().forEach(setting -> SPARK.conf().unset(setting.on(Surface.SQL)));
    }
  }

  private static String stage(Mistake mistake) {
    MobileNetFeaturizer stage =
        new MobileNetFeaturizer().setInputCol("image").setOutputCol("features");
    mistake
        .values()
        .forEach(
            (setting, value) -> {
              Param<?> param = stage.getParam(setting.on(Surface.STAGE));
              stage.set(
                  param.name(), setting.equals(ModelSettings.TAGS) ? new String[] {value} : value);
            });
    return message(catchThrowable(() -> stage.transform(photos())));
  }

  /** Spark may have put its own before it. */
  private static String message(Throwable thrown) {
    String message = String.valueOf(requireNonNull(thrown, "nothing was refused").getMessage());
    int start = message.indexOf("Can't use the model ");
    assertThat(start).as(message).isNotNegative();
    return message.substring(start).lines().findFirst().orElse("").toString();
  }

  /** A setting of the catalogue is there wherever it is spelt. */
  @ParameterizedTest
  @MethodSource("settings")
  void everySurfaceHasTheSetting(Setting<?> setting) {
    assertThat(Commands.run("embed", "--help").out())
        .contains(setting.on(Surface.COMMAND_LINE) + "=");
    assertThat(SPARK.sql("SET -v").where("key = '" + setting.on(Surface.SQL) + "'").count())
        .isEqualTo(1);
    assertThat(new MobileNetFeaturizer().hasParam(setting.on(Surface.STAGE)))
        .isEqualTo(!setting.on(Surface.STAGE).toLowerCase(Locale.ROOT).startsWith("spark."));
  }

  static List<Setting<?>> settings() {
    List<Setting<?>> all = new ArrayList<>(SETTINGS);
    all.addAll(
        List.of(
            ModelSettings.IMAGE_SIZE,
            ModelSettings.BATCH_SIZE,
            ModelSettings.MODEL_CACHE,
            ModelSettings.MODEL_MIRROR));
    return all;
  }
}
