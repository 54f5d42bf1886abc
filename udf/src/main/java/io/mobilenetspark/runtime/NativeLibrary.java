package io.mobilenetspark.runtime;

import java.util.Locale;
import org.tensorflow.TensorFlow;

/** Loads TensorFlow's native library into this JVM, with the settings that it needs. */
public final class NativeLibrary {

  private NativeLibrary() {}

  /**
   * Loads the library. Cheap after the first call; the first may unpack about 650 MB into JavaCPP's
   * cache folder, once a machine.
   *
   * @throws IllegalStateException if it is not on the class path or not for this platform
   */
  public static void load() {
    // JavaCPP throws OutOfMemoryError when the process holds more than twice the Java heap, which
    // Spark executors do by design. Spark's own memory settings are the limit here. JavaCPP reads
    // this once, when its first class is initialised.
    unlessSet("org.bytedeco.javacpp.maxBytes", "0");
    unlessSet("org.bytedeco.javacpp.maxPhysicalBytes", "0");
    try {
      String version = TensorFlow.version();
      if (version.isEmpty()) {
        throw new IllegalStateException("TensorFlow's native library gave no version");
      }
    } catch (LinkageError e) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "TensorFlow's native library can't be loaded on %s %s: %s. Add the jar"
                  + " tensorflow-core-native-1.1.0-<platform>.jar to --jars (<platform>:"
                  + " linux-x86_64, linux-arm64 or macosx-arm64), and do not set"
                  + " spark.executor.userClassPathFirst or spark.driver.userClassPathFirst.",
              System.getProperty("os.name"),
              System.getProperty("os.arch"),
              e),
          e);
    }
  }

  private static void unlessSet(String key, String value) {
    if (System.getProperty(key) == null) {
      System.setProperty(key, value);
    }
  }
}
