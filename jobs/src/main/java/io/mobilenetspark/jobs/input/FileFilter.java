package io.mobilenetspark.jobs.input;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.util.CaseInsensitiveMap$;
import org.apache.spark.sql.execution.datasources.PathFilterFactory;
import org.apache.spark.sql.execution.datasources.PathFilterStrategy;
import scala.jdk.javaapi.CollectionConverters;

/** What the options of Spark's file sources say of a listing. */
final class FileFilter {

  private static final String TIME_ZONE = "timeZone";
  private static final String IGNORE_MISSING = "ignoreMissingFiles";

  private final List<PathFilterStrategy> filters;
  private final boolean isMissingIgnored;

  /** Of the session's options, which a task has not: see {@link #complete}. */
  FileFilter(Map<String, String> options) {
    this.filters =
        CollectionConverters.asJava(
            PathFilterFactory.create(
                CaseInsensitiveMap$.MODULE$.apply(
                    scala.collection.immutable.Map.from(CollectionConverters.asScala(options)))));
    this.isMissingIgnored =
        options.entrySet().stream()
            .filter(option -> option.getKey().equalsIgnoreCase(IGNORE_MISSING))
            .anyMatch(option -> Boolean.parseBoolean(option.getValue()));
  }

  /** The options with what they take from a session where they don't say it. */
  static Map<String, String> complete(SparkSession spark, Map<String, String> options) {
    Map<String, String> all = new HashMap<>(options);
    putUnlessThere(all, TIME_ZONE, spark.conf().get("spark.sql.session.timeZone"));
    putUnlessThere(all, IGNORE_MISSING, spark.conf().get("spark.sql.files.ignoreMissingFiles"));
    return all;
  }

  private static void putUnlessThere(Map<String, String> options, String key, String value) {
    if (options.keySet().stream().noneMatch(key::equalsIgnoreCase)) {
      options.put(key, value);
    }
  }

  /** Whether a directory that is gone when it is to be listed is passed over. */
  boolean isMissingIgnored() {
    return isMissingIgnored;
  }

  /** Whether a file is one by its name and time. */
  boolean accepts(FileStatus file) {
    return filters.stream().allMatch(filter -> filter.accept(file));
  }
}
