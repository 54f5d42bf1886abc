package io.mobilenetspark.jobs.search;

import io.mobilenetspark.common.Quantity;
import io.mobilenetspark.jobs.cli.Console;
import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.jobs.search.IndexManifest.Source;
import io.mobilenetspark.jobs.search.VectorIndex.Lookup;
import io.mobilenetspark.jobs.table.StoredVectors;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;

/** Finds the index to search by, or makes it, or says why there is none. */
final class IndexChoice {
  private final SparkSession spark;
  private final StoredVectors table;
  private final Source source;
  private final Console console;

  /**
   * @param dimension of the vectors
   */
  IndexChoice(SparkSession spark, StoredVectors table, int dimension, Console console) {
    this.spark = spark;
    this.table = table;
    this.source = Source.of(table, dimension);
    this.console = console;
  }

  /**
   * The index.
   *
   * @return empty if each row is to be compared
   * @throws UserException if one is to be made and can't be
   */
  Optional<VectorIndex> choose(IndexMode mode) {
    if (mode == IndexMode.NONE) {
      return Optional.empty();
    }
    Lookup lookup = lookup();
    Optional<String> damage = lookup.found().flatMap(index -> index.damage(spark));
    if (lookup.found().isPresent() && damage.isEmpty()) {
      if (mode == IndexMode.BUILD) {
        new IndexBuild(spark, table, source).tidy();
      }
      return lookup.found();
    }
    if (mode == IndexMode.BUILD) {
      return Optional.of(build(lookup.found()));
    }
    console.note(
        String.format(
            Locale.ROOT,
            "No index is used, each row is compared: %s. --index build makes one.",
            damage.orElse(lookup.why())));
    return Optional.empty();
  }

  private Lookup lookup() {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    try {
      return VectorIndex.find(table, source, hadoop);
    } catch (IOException e) {
      return new Lookup(Optional.empty(), "it can't be read: " + e.getMessage());
    }
  }

  private VectorIndex build(Optional<VectorIndex> damaged) {
    IndexBuild build = new IndexBuild(spark, table, source);
    long start = System.nanoTime();
    console.note(
        String.format(
            Locale.ROOT,
            "Making an index of %s in %s",
            table.path(),
            Quantity.of(build.parts(), "part")));
    VectorIndex index = build.run(damaged);
    console.print(
        String.format(
            Locale.ROOT,
            "Index: %s in %s, made in %.1f s",
            Quantity.of(index.manifest().rows(), "row"),
            Quantity.of(index.manifest().parts().size(), "part"),
            (System.nanoTime() - start) / 1e9));
    return index;
  }
}
