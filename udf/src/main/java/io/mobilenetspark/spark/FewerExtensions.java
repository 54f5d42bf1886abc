package io.mobilenetspark.spark;

import java.io.IOException;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.function.Supplier;

/**
 * A loader by which a session finds every extension but MLlib's own. That registers three internal
 * functions, {@code vector_to_array} among them, which no query can call by its name, and has
 * Scala's reflection look at their types, which takes more than a second of a start.
 */
final class FewerExtensions extends ClassLoader {

  private static final String EXTENSIONS =
      "META-INF/services/org.apache.spark.sql.SparkSessionExtensionsProvider";

  private FewerExtensions(ClassLoader parent) {
    super(parent);
  }

  /** Does work with this as the thread's loader. */
  static <T> T within(Supplier<T> work) {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(new FewerExtensions(before));
    try {
      return work.get();
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  @Override
  public Enumeration<URL> getResources(String name) throws IOException {
    Enumeration<URL> all = super.getResources(name);
    if (!name.equals(EXTENSIONS)) {
      return all;
    }
    List<URL> others = new ArrayList<>(Collections.list(all));
    others.removeIf(url -> url.toString().contains("/spark-mllib_"));
    return Collections.enumeration(others);
  }
}
