package io.mobilenetspark.jobs.input;

import io.mobilenetspark.jobs.common.Location;
import io.mobilenetspark.spark.ClassicSpark;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;

/**
 * Lists the files below places, each once. The driver lists what are few by itself; of many it
 * holds nothing: the tasks that list them keep what they find on the executors' disks.
 */
final class FileListing {

  /** Directories for each core, so that all have something to do until the end. */
  private static final int DIRECTORIES_PER_CORE = 8;

  /** One task lists no more: with an object store, half a minute or so. */
  private static final int DIRECTORIES_OF_TASK = 1000;

  private static final int FILES_OF_SLICE = 10_000;

  private final SparkSession spark;
  private final JavaSparkContext context;
  private final Map<String, String> options;
  private final Configuration hadoop;
  private final FileFilter filter;
  private final int maxFiles;
  private final List<Listed> files = new ArrayList<>();
  private final Deque<Listed> directories = new ArrayDeque<>();

  /** Files that were found. */
  sealed interface Found {
    long count();

    /** Those of no bytes. */
    List<Listed> empty();
  }

  /** So few that the driver has them; by path. */
  record Few(List<Listed> files) implements Found {
    @Override
    public long count() {
      return files.size();
    }

    @Override
    public List<Listed> empty() {
      return files.stream().filter(file -> file.length() == 0).toList();
    }
  }

  /**
   * So many that it has not.
   *
   * @param files each in a partition that its path alone decides, so that none is lost and none
   *     comes twice if some are listed again, because an executor was lost
   * @param count how many
   */
  record Many(JavaRDD<Listed> files, long count) implements Found {
    @Override
    public List<Listed> empty() {
      return files.filter(file -> file.length() == 0).collect();
    }
  }

  private FileListing(SparkSession spark, Map<String, String> options, int maxFiles) {
    this.spark = spark;
    this.context = new JavaSparkContext(spark.sparkContext());
    this.options = FileFilter.complete(spark, options);
    this.hadoop = ClassicSpark.hadoopConf(spark);
    this.filter = new FileFilter(this.options);
    this.maxFiles = maxFiles;
  }

  /**
   * Lists.
   *
   * @param places paths and globs
   * @param options of Spark's file sources
   * @param maxFiles the driver holds no more
   */
  static Found of(SparkSession spark, String[] places, Map<String, String> options, int maxFiles)
      throws IOException {
    FileTasks.tune(spark);
    FileListing listing = new FileListing(spark, options, maxFiles);
    listing.begin(places);
    return listing.files.size() <= maxFiles && listing.listOnDriver()
        ? few(listing.files)
        : listing.listInTasks();
  }

  /** Each file once, by path. */
  static Few few(List<Listed> files) {
    Map<String, Listed> byPath = new TreeMap<>();
    files.forEach(file -> byPath.put(file.path(), file));
    return new Few(List.copyOf(byPath.values()));
  }

  private void begin(String[] places) throws IOException {
    for (String place : places) {
      Path pattern = new Path(place);
      FileStatus[] matches = pattern.getFileSystem(hadoop).globStatus(pattern);
      for (FileStatus match : matches == null ? new FileStatus[0] : matches) {
        String name = match.getPath().getName();
        // What is named counts, whatever its name; Hadoop's * matches hidden names, too.
        if (name.equals(pattern.getName()) || !Location.isHidden(name)) {
          add(Listed.of(match.getPath().toString(), match), match);
        }
      }
    }
  }

  private void add(Listed found, FileStatus status) {
    if (found.isDirectory()) {
      directories.add(found);
    } else if (filter.accepts(status)) {
      files.add(found);
    }
  }

  /** Whether that was all. Each request to a store takes a while, but of a local file system. */
  private boolean listOnDriver() throws IOException {
    int requests = ClassicSpark.parallelListingThreshold(spark);
    for (Listed directory = directories.peek(); directory != null; directory = directories.peek()) {
      FileSystem fileSystem = new Path(directory.path()).getFileSystem(hadoop);
      if (!(fileSystem instanceof LocalFileSystem) && requests-- <= 0) {
        return false;
      }
      int filesBefore = files.size();
      int directoriesBefore = directories.size();
      try (Folder folder = Folder.open(directory, filter, hadoop)) {
        while (folder.hasNext()) {
          FileStatus status = folder.next();
          add(Listed.of(directory.root(), status), status);
          if (files.size() > maxFiles) {
            forgetFrom(filesBefore, directoriesBefore);
            return false;
          }
        }
      }
      directories.remove();
    }
    return true;
  }

  /** A directory that was listed in part is for the tasks. */
  private void forgetFrom(int filesBefore, int directoriesBefore) {
    files.subList(filesBefore, files.size()).clear();
    while (directories.size() > directoriesBefore) {
      directories.removeLast();
    }
  }

  private Found listInTasks() {
    List<JavaRDD<Listed>> parts = new ArrayList<>();
    try {
      List<Listed> begun = new ArrayList<>(files);
      begun.addAll(directories);
      JavaRDD<Listed> level =
          context
              .parallelize(begun, 1 + begun.size() / FILES_OF_SLICE)
              .persist(StorageLevel.DISK_ONLY());
      parts.add(level);
      long count = directories.size();
      while (count > 0) {
        level = below(level.filter(Listed::isDirectory), count).persist(StorageLevel.DISK_ONLY());
        parts.add(level);
        count = level.filter(Listed::isDirectory).count();
      }
      return gathered(parts);
    } finally {
      parts.forEach(JavaRDD::unpersist);
    }
  }

  /** Until there are enough directories for all cores, those in them are for the next level. */
  private JavaRDD<Listed> below(JavaRDD<Listed> level, long count) {
    int enough = DIRECTORIES_PER_CORE * context.defaultParallelism();
    int budget = count < enough ? 0 : DIRECTORIES_OF_TASK;
    int tasks = (int) Math.min(count, Math.max(enough, count / DIRECTORIES_OF_TASK));
    Map<String, String> itsOptions = options;
    SerializableConfiguration itsHadoop = new SerializableConfiguration(hadoop);
    return byPath(level, tasks)
        .mapPartitions(
            some -> new FolderWalk(some, budget, new FileFilter(itsOptions), itsHadoop.value()));
  }

  /** Where each is follows from its path alone, whoever has found it. */
  private static JavaRDD<Listed> byPath(JavaRDD<Listed> found, int partitions) {
    return found
        .mapToPair(one -> new Tuple2<>(one.path(), one))
        .partitionBy(new HashPartitioner(partitions))
        .values();
  }

  private Found gathered(List<JavaRDD<Listed>> parts) {
    JavaRDD<Listed> all =
        parts.stream().reduce(JavaRDD::union).orElseThrow().filter(found -> !found.isDirectory());
    long[] sums =
        all.aggregate(
            new long[2],
            (sum, file) -> new long[] {sum[0] + 1, sum[1] + file.length()},
            (a, b) -> new long[] {a[0] + b[0], a[1] + b[1]});
    if (sums[0] <= maxFiles) {
      return few(new ArrayList<>(all.collect()));
    }
    int tasks = FileTasks.number(spark, sums[0], sums[1]);
    JavaRDD<Listed> dealt =
        byPath(all, tasks)
            .mapPartitions(
                some -> {
                  Map<String, Listed> once = new LinkedHashMap<>(); // of places that overlap
                  some.forEachRemaining(file -> once.putIfAbsent(file.path(), file));
                  return once.values().iterator();
                });
    return new Many(dealt, dealt.count()); // from here on, the files of the shuffle have them
  }
}
