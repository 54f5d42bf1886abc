package io.mobilenetspark.jobs;

import static java.util.Objects.requireNonNull;

import io.mobilenetspark.testing.Installed;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/**
 * Applications that get the SQL functions by a setting and the shaded jar, through spark-submit.
 */
final class SqlApplication {

  /** As docs/sql.md has it: relocation must not change it. */
  static final String EXTENSIONS = "io.mobilenetspark.spark.sql.MobileNetExtensions";

  private SqlApplication() {}

  /**
   * Runs an application that consists of one class.
   *
   * @param directory for its jar and its warehouse
   * @param flags of spark-submit; they win over those that are always passed
   */
  static Installed.Outcome submit(
      Path directory, Class<?> main, List<String> flags, String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of("--class", main.getName()));
    all.addAll(List.of("--conf", "spark.sql.extensions=" + EXTENSIONS));
    all.addAll(List.of("--jars", Commands.jar() + "," + Commands.nativeJar()));
    all.addAll(List.of("--conf", "spark.ui.enabled=false"));
    // Beside it, tests may start applications of the same second.
    all.addAll(List.of("--conf", "spark.deploy.appIdPattern=" + main.getSimpleName() + "-%s-%04d"));
    all.addAll(List.of("--conf", "spark.sql.warehouse.dir=" + directory.resolve("warehouse")));
    all.addAll(flags);
    all.add(applicationJar(directory, main).toString());
    all.addAll(List.of(arguments));
    return Commands.execute(
        Map.of(
            "SPARK_HOME", Commands.bundledSpark().toString(),
            "SPARK_SCALA_VERSION", "2.13",
            "TF_CPP_MIN_LOG_LEVEL", "2"),
        Commands.sparkSubmit(all.toArray(String[]::new)));
  }

  /** A jar with one class and nothing else, as an application that knows nothing of us is. */
  private static Path applicationJar(Path directory, Class<?> main) throws IOException {
    String name = main.getName().replace('.', '/') + ".class";
    Path file = directory.resolve(main.getSimpleName() + ".jar");
    try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(file));
        InputStream bytes = requireNonNull(main.getClassLoader().getResourceAsStream(name))) {
      jar.putNextEntry(new JarEntry(name));
      bytes.transferTo(jar);
    }
    return file;
  }
}
