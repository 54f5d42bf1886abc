package io.mobilenetspark.jobs.common;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.spark.package$;
import picocli.CommandLine.IVersionProvider;

/** The versions of what runs here. */
public final class Version implements IVersionProvider {

  /** This project's version, as the build wrote it into the jar. */
  public static String ofProject() {
    Properties build = new Properties();
    try (InputStream in = Version.class.getResourceAsStream("build.properties")) {
      build.load(requireNonNull(in, "build.properties"));
    } catch (IOException e) {
      throw new UncheckedIOException("can't read build.properties out of the jar", e);
    }
    return requireNonNull(build.getProperty("version"), "version");
  }

  /** By name, in a fixed order. */
  public static Map<String, String> all() {
    Map<String, String> versions = new LinkedHashMap<>();
    versions.put("mobilenet-spark", ofProject());
    versions.put("spark", package$.MODULE$.SPARK_VERSION());
    versions.put("java", System.getProperty("java.version"));
    return versions;
  }

  @Override
  public String[] getVersion() {
    return all().entrySet().stream()
        .map(entry -> entry.getKey() + " " + entry.getValue())
        .toArray(String[]::new);
  }
}
