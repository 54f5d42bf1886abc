package io.mobilenetspark.jobs.search;

import io.mobilenetspark.jobs.table.StoredVectors;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which table is searched: one of two options. */
final class SearchedVectors {

  @Option(
      names = "--vectors",
      paramLabel = "PATH",
      description = "The table to search: embed's --output.")
  private String path = "";

  @Option(
      names = "--vectors-table",
      paramLabel = "NAME",
      description = "The table to search: embed's --output-table.")
  private @Nullable String table;

  StoredVectors open(SparkSession spark, @Nullable String idColumn) {
    return table != null
        ? StoredVectors.ofTable(spark, table, idColumn)
        : StoredVectors.open(spark, path, idColumn);
  }

  boolean isDirectory() {
    return table == null;
  }

  /** Paths that are read, beside others. */
  List<String> with(String other) {
    return table != null ? List.of(other) : List.of(path, other);
  }
}
