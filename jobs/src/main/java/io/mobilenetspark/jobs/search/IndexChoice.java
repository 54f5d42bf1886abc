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
   * The index. One that is to be used is not read yet: a search reads it, and fails if a part of it
   * is damaged.
   *
   * @return empty if each row is to be compared
   * @throws UserException if one is to be made and can't be
   */
  Optional<VectorIndex> choose(IndexMode mode) {
    return switch (mode) {
      case NONE -> Optional.empty();
      case USE -> told(lookup());
      case BUILD -> Optional.of(wholeOrMade());
    };
  }

  /**
   * The same, and all of it is read, for who searches for hours: the first search is as fast as
   * others.
   */
  Optional<VectorIndex> chooseAndRead(IndexMode mode) {
    Optional<VectorIndex> chosen = choose(mode);
    return mode == IndexMode.USE
        ? chosen.flatMap(index -> told(new Lookup(chosen, index.damage(spark).orElse(""))))
        : chosen; // it was read, or made just now
  }

  private Optional<VectorIndex> told(Lookup lookup) {
    if (!lookup.why().isEmpty()) {
      console.note(notUsed(lookup.why()));
      return Optional.empty();
    }
    return lookup.found();
  }

  /** What is told where an index was to be used. */
  static String notUsed(String why) {
    return String.format(
        Locale.ROOT, "No index is used, each row is compared: %s. --index build makes one.", why);
  }

  private VectorIndex wholeOrMade() {
    Lookup lookup = lookup();
    long start = System.nanoTime();
    if (lookup.found().isEmpty() || lookup.found().get().damage(spark).isPresent()) {
      return build(lookup.found());
    }
    VectorIndex index = lookup.found().get();
    new IndexBuild(spark, table, source).tidy();
    console.print(line(index, "there already, read in", start));
    return index;
  }

  private static String line(VectorIndex index, String what, long start) {
    return String.format(
        Locale.ROOT,
        "Index: %s in %s, %s %.1f s",
        Quantity.of(index.manifest().rows(), "row"),
        Quantity.of(index.manifest().parts().size(), "part"),
        what,
        (System.nanoTime() - start) / 1e9);
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
    console.print(line(index, "made in", start));
    return index;
  }
}
