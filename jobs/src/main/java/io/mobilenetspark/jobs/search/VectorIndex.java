package io.mobilenetspark.jobs.search;

import io.mobilenetspark.jobs.search.IndexManifest.Source;
import io.mobilenetspark.jobs.table.OutputContent;
import io.mobilenetspark.jobs.table.StoredVectors;
import io.mobilenetspark.spark.ClassicSpark;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;

/**
 * An index of a table, in a folder of its own in the table's hidden directory: files that never
 * change, each a {@link Shard}, and an {@link IndexManifest}.
 *
 * @param folder qualified
 * @param manifest what it says of itself
 */
record VectorIndex(Path folder, IndexManifest manifest) {

  /** So many queries are worth a task of their own. */
  private static final int QUERIES = 50;

  /**
   * What there is for a table.
   *
   * @param found one that fits it, if there is one
   * @param why there is none; of several, why the oldest one isn't one
   */
  record Lookup(Optional<VectorIndex> found, String why) {}

  /** Where a table's indexes are. */
  static Path directory(StoredVectors table) {
    return new Path(table.path(), OutputContent.INDEX);
  }

  /**
   * Looks for an index that fits a table.
   *
   * @throws IOException if the directory can't be listed
   */
  static Lookup find(StoredVectors table, Source source, Configuration hadoop) throws IOException {
    Path directory = directory(table);
    FileSystem fileSystem = directory.getFileSystem(hadoop);
    String why = "the table has none";
    for (FileStatus folder : folders(fileSystem, directory)) {
      try {
        VectorIndex index = open(fileSystem, folder.getPath());
        Optional<String> mismatch = source.mismatch(index.manifest.source());
        if (mismatch.isEmpty()) {
          return new Lookup(Optional.of(index), "");
        }
        why = mismatch.get();
      } catch (FileNotFoundException e) {
        why = "it is not complete"; // its run did not finish, or has not yet
      } catch (IOException e) {
        why = String.valueOf(e.getMessage());
      }
    }
    return new Lookup(Optional.empty(), why);
  }

  /** Those of indexes, the newest first. */
  static List<FileStatus> folders(FileSystem fileSystem, Path directory) throws IOException {
    try {
      return Arrays.stream(fileSystem.listStatus(directory))
          .filter(FileStatus::isDirectory)
          .sorted((a, b) -> Long.compare(b.getModificationTime(), a.getModificationTime()))
          .toList();
    } catch (FileNotFoundException e) {
      return List.of();
    }
  }

  /**
   * Whether nobody can have a use for a finished index: it is of a table that was, is damaged or
   * has lost files. One of other ids or versions may be another user's, and what can't be read may
   * be a newer version's, or be readable again in a moment.
   */
  static boolean isOutdated(FileSystem fileSystem, Path folder, Source source) {
    try {
      IndexManifest manifest = manifest(fileSystem, folder);
      requireWhole(fileSystem, folder, manifest);
      return !source.isOfSameTable(manifest.source());
    } catch (DamagedIndexException e) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** With all files as long as they were written. */
  private static VectorIndex open(FileSystem fileSystem, Path folder) throws IOException {
    IndexManifest manifest = manifest(fileSystem, folder);
    requireWhole(fileSystem, folder, manifest);
    return new VectorIndex(fileSystem.makeQualified(folder), manifest);
  }

  private static IndexManifest manifest(FileSystem fileSystem, Path folder) throws IOException {
    try (InputStream in = fileSystem.open(new Path(folder, IndexManifest.FILE))) {
      return IndexManifest.read(in);
    }
  }

  private static void requireWhole(FileSystem fileSystem, Path folder, IndexManifest manifest)
      throws IOException {
    for (Map.Entry<String, Long> part : manifest.parts().entrySet()) {
      long length;
      try {
        length = fileSystem.getFileStatus(new Path(folder, part.getKey())).getLen();
      } catch (FileNotFoundException e) {
        throw new DamagedIndexException(part.getKey() + " of it is missing", e);
      }
      if (length != part.getValue()) {
        throw new DamagedIndexException(
            String.format(
                Locale.ROOT,
                "%s of it is damaged: it has %d bytes, not %d",
                part.getKey(),
                length,
                part.getValue()));
      }
    }
  }

  /**
   * Has executors read all of it, which a search does by itself.
   *
   * @return what can't be read; empty if all of it can be
   */
  Optional<String> damage(SparkSession spark) {
    ArrayList<String> paths = paths();
    int dimension = manifest.source().dimension();
    SerializableConfiguration hadoop =
        new SerializableConfiguration(spark.sparkContext().hadoopConfiguration());
    return new JavaSparkContext(spark.sparkContext())
            .parallelize(indices(paths.size()), Math.max(1, paths.size()))
            .map(
                i -> {
                  try {
                    Shard unused = Shards.get(paths.get(i), dimension, hadoop.value());
                    return "";
                  } catch (UnreadablePartException e) {
                    return Objects.toString(e.getMessage(), e.toString());
                  }
                })
            .filter(message -> !message.isEmpty())
            .collect()
            .stream()
            .findFirst();
  }

  /** Of each query those that are nearest in each part. */
  JavaPairRDD<Integer, List<Hit>> search(
      SparkSession spark,
      Broadcast<List<Query>> queries,
      int k,
      DataType idType,
      Broadcast<SerializableConfiguration> hadoop) {
    JavaSparkContext context = new JavaSparkContext(spark.sparkContext());
    ArrayList<String> paths = paths();
    int tasks = Math.max(1, context.defaultParallelism() / Math.max(1, paths.size()));
    int slices = Math.max(1, Math.min(tasks, queries.value().size() / QUERIES));
    List<Integer> work = indices(paths.size() * slices);
    return context
        .parallelize(work, Math.max(1, work.size()))
        .flatMapToPair(
            new ShardSearch(
                queries, paths, slices, k, manifest.source().dimension(), idType, hadoop));
  }

  /**
   * The rows whose ids a condition holds for; of each part, two at most.
   *
   * @param condition on column {@link VectorSearch#ID}
   */
  List<Query> rows(
      SparkSession spark,
      Column condition,
      DataType idType,
      Broadcast<SerializableConfiguration> hadoop) {
    ArrayList<String> paths = paths();
    ClassicSpark.Evaluator holds =
        ClassicSpark.evaluator(spark, new StructType().add(VectorSearch.ID, idType), condition);
    int dimension = manifest.source().dimension();
    return new JavaSparkContext(spark.sparkContext())
        .parallelize(indices(paths.size()), Math.max(1, paths.size()))
        .flatMap(
            i ->
                Shards.get(paths.get(i), dimension, hadoop.value().value())
                    .rows(id -> Boolean.TRUE.equals(holds.of(id)), idType)
                    .limit(2)
                    .iterator())
        .collect();
  }

  private ArrayList<String> paths() {
    ArrayList<String> paths = new ArrayList<>();
    for (String name : manifest.names()) {
      paths.add(new Path(folder, name).toString());
    }
    return paths;
  }

  private static List<Integer> indices(int count) {
    return new ArrayList<>(IntStream.range(0, count).boxed().toList()); // Kryo can't read List.of()
  }
}
