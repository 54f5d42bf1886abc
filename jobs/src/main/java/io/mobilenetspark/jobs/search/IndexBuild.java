package io.mobilenetspark.jobs.search;

import io.mobilenetspark.jobs.common.JobFailure;
import io.mobilenetspark.jobs.common.JsonFile;
import io.mobilenetspark.jobs.common.OwnJobs;
import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.jobs.compare.SearchVector.Fault;
import io.mobilenetspark.jobs.search.IndexManifest.Source;
import io.mobilenetspark.jobs.table.StoredVectors;
import io.mobilenetspark.spark.ClassicSpark;
import io.mobilenetspark.spark.FeatureTable;
import java.io.IOException;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.util.SerializableConfiguration;

/** Makes an index of a table: a part of the rows in each task. */
final class IndexBuild {

  /** Heap that the vectors of a part take, in the task that makes it and those that search it. */
  private static final long MOST_BYTES = 400L << 20;

  /** Of a row: its id, its edges, and the objects around them. */
  private static final long OVERHEAD = 600;

  /** Fewer are not worth another part, which each query is looked for in. */
  private static final long LEAST_ROWS = 25_000;

  /** What a run has left that has not finished in such a time never will. */
  private static final long DEAD_MILLIS = TimeUnit.DAYS.toMillis(2);

  private final SparkSession spark;
  private final StoredVectors table;
  private final Source source;
  private final long leastRows;
  private final Configuration hadoop;

  IndexBuild(SparkSession spark, StoredVectors table, Source source) {
    this(spark, table, source, LEAST_ROWS);
  }

  /**
   * @param leastRows of a part, if there are several
   */
  IndexBuild(SparkSession spark, StoredVectors table, Source source, long leastRows) {
    this.spark = spark;
    this.table = table;
    this.source = source;
    this.leastRows = leastRows;
    this.hadoop = spark.sparkContext().hadoopConfiguration();
  }

  /** How many parts the index gets. */
  int parts() {
    long rows = table.rowCount();
    long most = Math.max(1, rows / leastRows);
    long mostRows = mostRows(source.dimension());
    long least = Math.max(1, (rows + mostRows - 1) / mostRows);
    return Math.toIntExact(
        Math.max(least, Math.min(most, spark.sparkContext().defaultParallelism())));
  }

  /** Of a part: each value is kept as a float, and as a byte in the graph. */
  static long mostRows(int dimension) {
    return Math.max(1, MOST_BYTES / ((Float.BYTES + 1L) * dimension + OVERHEAD));
  }

  /**
   * Makes it, and deletes those that are of no use any more. Others may look for indexes, and make
   * some, at the same time.
   *
   * @param damaged one that is to be deleted, too
   * @throws UserException if it can't be made; none of it is left then
   */
  VectorIndex run(Optional<VectorIndex> damaged) {
    Path directory = VectorIndex.directory(table);
    try (OwnJobs jobs = OwnJobs.of(spark)) {
      FileSystem fileSystem = directory.getFileSystem(hadoop);
      Path folder = fileSystem.makeQualified(new Path(directory, UUID.randomUUID().toString()));
      fileSystem.mkdirs(folder);
      boolean isComplete = false;
      try {
        IndexManifest manifest = write(folder);
        jobs.awaitTasks(); // second attempts
        if (!table.listed(hadoop).equals(source.files())) {
          throw UserException.job(
              String.format(
                  Locale.ROOT,
                  "%s has changed while its index was made. Run again when it is not written to.",
                  table.path()));
        }
        JsonFile.write(fileSystem, folder, IndexManifest.FILE, manifest.toJson());
        isComplete = true;
        for (VectorIndex one : damaged.stream().toList()) {
          fileSystem.delete(one.folder(), true);
        }
        deleteOthers(fileSystem, directory);
        deleteUnnamed(fileSystem, folder, manifest);
        return new VectorIndex(folder, manifest);
      } finally {
        if (!isComplete) {
          jobs.cancel();
          jobs.awaitTasks(); // or one of them writes again what is deleted
          fileSystem.delete(folder, true);
        }
      }
    } catch (IOException e) {
      throw UserException.job(
          String.format(
              Locale.ROOT,
              "Can't write an index to %s: %s. An index lies in its table; without --index each row"
                  + " is compared.",
              directory,
              e.getMessage()),
          e);
    }
  }

  private IndexManifest write(Path folder) {
    List<ShardWriter.Written> written;
    try {
      written =
          ClassicSpark.rows(
                  table
                      .rows()
                      .select(table.idColumn(), functions.col(FeatureTable.FEATURES))
                      .repartition(parts()))
              .mapPartitions(
                  new ShardWriter(
                      folder.toString(),
                      table.idType(),
                      source.dimension(),
                      new SerializableConfiguration(hadoop)))
              .collect();
    } catch (Exception e) { // Spark throws checked exceptions out of methods without them
      throw JobFailure.of(e);
    }
    Map<String, Long> parts = new TreeMap<>();
    EnumMap<Fault, Long> faults = new EnumMap<>(Fault.class);
    long rows = 0;
    for (ShardWriter.Written one : written) {
      parts.put(one.name(), one.length());
      rows += one.rows();
      one.faults().forEach((fault, count) -> faults.merge(fault, count, Long::sum));
    }
    return new IndexManifest(source, parts, rows, faults);
  }

  /** Deletes what runs have left, and indexes of the table as it was, where that can be done. */
  void tidy() {
    Path directory = VectorIndex.directory(table);
    try {
      deleteOthers(directory.getFileSystem(hadoop), directory);
    } catch (IOException e) {
      // The next build may be allowed to.
    }
  }

  /** Of the table as it was, and what runs have left; not what others may be using or making. */
  private void deleteOthers(FileSystem fileSystem, Path directory) throws IOException {
    for (FileStatus other : VectorIndex.folders(fileSystem, directory)) {
      boolean isFinished = fileSystem.exists(new Path(other.getPath(), IndexManifest.FILE));
      boolean isOld = System.currentTimeMillis() - other.getModificationTime() > DEAD_MILLIS;
      if (isFinished ? VectorIndex.isOutdated(fileSystem, other.getPath(), source) : isOld) {
        fileSystem.delete(other.getPath(), true);
      }
    }
  }

  /** Of tasks that were run twice. */
  private static void deleteUnnamed(FileSystem fileSystem, Path folder, IndexManifest manifest)
      throws IOException {
    Set<String> named = new HashSet<>(manifest.names());
    named.add(IndexManifest.FILE);
    for (FileStatus file : fileSystem.listStatus(folder)) {
      if (!named.contains(file.getPath().getName())) {
        fileSystem.delete(file.getPath(), false);
      }
    }
  }
}
