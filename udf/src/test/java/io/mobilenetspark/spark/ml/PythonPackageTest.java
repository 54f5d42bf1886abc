package io.mobilenetspark.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.testing.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The Python package says of the stages what they say themselves. With {@code
 * -Dpython.package=write} its files are written anew instead. PySparkIT runs it.
 */
class PythonPackageTest {

  private static final Path PACKAGE = SharedData.projectRoot().resolve("python/src/mobilenetspark");

  static Set<String> files() throws IOException {
    return PythonStages.files().keySet();
  }

  @ParameterizedTest
  @MethodSource("files")
  void isWhatTheJavaStagesSay(String name) throws IOException {
    String text = PythonStages.files().get(name);
    if ("write".equals(System.getProperty("python.package"))) {
      Files.writeString(PACKAGE.resolve(name), text);
    }
    assertThat(PACKAGE.resolve(name))
        .as("mvn -pl udf test -Dtest=PythonPackageTest -Dpython.package=write writes it anew")
        .content()
        .isEqualTo(text);
  }
}
