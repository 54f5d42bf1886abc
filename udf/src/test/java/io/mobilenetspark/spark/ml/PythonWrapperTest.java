package io.mobilenetspark.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mobilenetspark.testing.Pictures;
import io.mobilenetspark.testing.Python;
import io.mobilenetspark.testing.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.StringArrayParam;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The PySpark wrapper against the Java stage, by its source alone and, where there is PySpark, run.
 */
class PythonWrapperTest {

  private static final Path FOLDER = SharedData.projectRoot().resolve("udf/src/main/python");
  private static final Path WRAPPER = FOLDER.resolve("mobilenetspark.py");

  @TempDir private Path directory;

  private final MobileNetFeaturizer stage = new MobileNetFeaturizer();

  private static JsonNode wrapper() throws IOException {
    return new ObjectMapper()
        .readTree(Python.parse("wrapper_params.py", WRAPPER.toString(), stageName()));
  }

  private static String stageName() {
    return MobileNetFeaturizer.class.getSimpleName();
  }

  @Test
  void hasTheStagesParameters() throws IOException {
    Map<String, List<String>> expected = new TreeMap<>();
    for (Param<?> param : stage.params()) {
      expected.put(param.name(), List.of(param.name(), param.doc(), converter(param)));
    }
    Map<String, List<String>> actual = new TreeMap<>();
    wrapper()
        .path("params")
        .properties()
        .forEach(
            entry ->
                actual.put(
                    entry.getKey(),
                    List.of(
                        entry.getValue().path("name").asText(),
                        entry.getValue().path("doc").asText(),
                        entry.getValue().path("converter").asText())));
    assertThat(actual).isEqualTo(expected);
  }

  private static String converter(Param<?> param) {
    if (param instanceof IntParam || param instanceof LongParam) {
      return "toInt";
    } else if (param instanceof DoubleParam) {
      return "toFloat";
    }
    return param instanceof StringArrayParam ? "toListString" : "toString";
  }

  @Test
  void hasTheStagesDefaults() throws IOException {
    Map<String, String> expected = new TreeMap<>();
    Map<String, String> expectedArguments = new TreeMap<>();
    for (Param<?> param : stage.params()) {
      if (stage.hasDefault(param)) {
        expected.put(param.name(), String.valueOf(stage.getDefault(param).get()));
      }
      expectedArguments.put(param.name(), expected.getOrDefault(param.name(), "null"));
    }
    JsonNode wrapper = wrapper();
    assertThat(texts(wrapper.path("defaults"))).isEqualTo(expected);
    assertThat(texts(wrapper.path("arguments"))).isEqualTo(expectedArguments);
  }

  private static Map<String, String> texts(JsonNode object) {
    Map<String, String> texts = new TreeMap<>();
    object.properties().forEach(entry -> texts.put(entry.getKey(), entry.getValue().asText()));
    return texts;
  }

  @Test
  void hasTheStagesGettersAndSetters() throws IOException {
    List<String> expected = new ArrayList<>(List.of("__init__", "setParams"));
    for (Param<?> param : stage.params()) {
      String name =
          param.name().substring(0, 1).toUpperCase(Locale.ROOT) + param.name().substring(1);
      expected.addAll(List.of("get" + name, "set" + name));
    }
    List<String> methods = new ArrayList<>();
    wrapper().path("methods").forEach(method -> methods.add(method.asText()));
    assertThat(methods).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(Files.readString(WRAPPER))
        .contains("\"" + MobileNetFeaturizer.class.getPackageName() + "\"");
  }

  /** With stand-ins for the few names of PySpark that it imports. */
  @Test
  void isFoundByTheJavaClassesName() throws IOException {
    assertThat(Python.lastLine(Python.parse("wrapper_import.py", FOLDER.toString())))
        .isEqualTo("wrapper: all as expected");
  }

  @Test
  void runsInPySpark() throws IOException {
    Path image = Files.write(directory.resolve("image.png"), Pictures.png(1));
    // PySpark brings Spark's own jars.
    String classPath =
        String.join(
            ":",
            Arrays.stream(System.getProperty("java.class.path").split(":", -1))
                .filter(entry -> !entry.contains("/org/apache/spark/"))
                .filter(entry -> !entry.contains("/org/scala-lang/"))
                .toList());
    assertThat(
            Python.lastLine(
                Python.pyspark(
                    FOLDER, "pyspark_stage.py", classPath, directory.toString(), image.toString())))
        .isEqualTo("PySpark: all as expected");
  }
}
