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

/** Which files the options of Spark's file sources let through, by name and by time. */
final class FileFilter {

  private static final String TIME_ZONE = "timeZone";

  private final List<PathFilterStrategy> filters;

  /** Of the session's options, which a task has not: see {@link #complete}. */
  FileFilter(Map<String, String> options) {
    this.filters =
        CollectionConverters.asJava(
            PathFilterFactory.create(
                CaseInsensitiveMap$.MODULE$.apply(
                    scala.collection.immutable.Map.from(CollectionConverters.asScala(options)))));
  }

  /** The options with what they take from a session where they don't say it. */
  static Map<String, String> complete(SparkSession spark, Map<String, String> options) {
    Map<String, String> all = new HashMap<>(options);
    if (options.keySet().stream().noneMatch(TIME_ZONE::equalsIgnoreCase)) {
      all.put(TIME_ZONE, spark.conf().get("spark.sql.session.timeZone"));
    }
    return all;
  }

  boolean accepts(FileStatus file) {
    return filters.stream().allMatch(filter -> filter.accept(file));
  }
}
