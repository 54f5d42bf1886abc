package io.mobilenetspark.runtime;

import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import org.bytedeco.javacpp.Loader;
import org.tensorflow.TensorFlow;

/** Loads TensorFlow's native library into this JVM, with the settings that it needs. */
public final class NativeLibrary {

  /** The version whose native library is loaded: it must be that of TensorFlow's Java classes. */
  static final String VERSION = "1.1.0";

  /** For which platforms, as JavaCPP names them, there is a library of that version. */
  static final List<String> PLATFORMS = List.of("linux-x86_64", "linux-arm64", "macosx-arm64");

  private NativeLibrary() {}

  /**
   * Loads the library. Cheap after the first call; the first may unpack about 650 MB into JavaCPP's
   * cache folder, once a machine and time zone ({@link NativeCache}).
   *
   * @throws IllegalStateException if there is none for this platform or it is not on the class
   *     path; the message names the platform and the jar
   */
  @SuppressForbidden("a jar's times are in the machine's zone")
  public static synchronized void load() {
    // JavaCPP throws OutOfMemoryError when the process holds more than twice the Java heap, which
    // Spark executors do by design. Spark's own memory settings are the limit here. JavaCPP reads
    // this once, when its first class is initialised.
    unlessSet("org.bytedeco.javacpp.maxBytes", "0");
    unlessSet("org.bytedeco.javacpp.maxPhysicalBytes", "0");
    NativeCache.folder(Path.of(System.getProperty("user.home")), ZoneId.systemDefault())
        .ifPresent(folder -> unlessSet("org.bytedeco.javacpp.cachedir", folder.toString()));
    String platform = platform();
    if (!PLATFORMS.contains(platform)) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "TensorFlow %s for Java has no native library for %s (%s, %s); there is one for %s."
                  + " Run the driver and the executors on one of those.",
              VERSION,
              platform,
              System.getProperty("os.name"),
              System.getProperty("os.arch"),
              String.join(", ", PLATFORMS)));
    }
    try {
      String version = TensorFlow.version();
      if (version.isEmpty()) {
        throw new IllegalStateException("TensorFlow's native library gave no version");
      }
    } catch (LinkageError e) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "TensorFlow's native library can't be loaded on %1$s: %2$s. Add"
                  + " tensorflow-core-native-%3$s-%1$s.jar"
                  + " (org.tensorflow:tensorflow-core-native:%3$s:%1$s on Maven Central) to --jars,"
                  + " and the jar of each other platform that executors run on. Do not set"
                  + " spark.executor.userClassPathFirst or spark.driver.userClassPathFirst.",
              platform,
              e,
              VERSION),
          e);
    }
  }

  /**
   * Begins to load the library beside the caller's work, and returns at once. Failures are told by
   * {@link #load}, which waits for what is under way.
   */
  public static void loadAhead() {
    Thread thread =
        new Thread(
            () -> {
              try {
                load();
              } catch (IllegalStateException e) {
                // For whoever needs the library to be told.
              }
            },
            "tensorflow-loader");
    thread.setDaemon(true);
    thread.start();
  }

  /** Whether the library that {@link #load} loads is the one for GPUs: JavaCPP prefers it. */
  static boolean isForGpus() {
    return Loader.getLoadedLibraries().values().stream()
        .anyMatch(file -> Path.of(file).resolveSibling("").endsWith(platform() + "-gpu"));
  }

  /** This JVM's platform, as JavaCPP and the jars of native libraries name it. */
  static String platform() {
    return Loader.Detector.getPlatform();
  }

  private static void unlessSet(String key, String value) {
    if (System.getProperty(key) == null) {
      System.setProperty(key, value);
    }
  }
}
