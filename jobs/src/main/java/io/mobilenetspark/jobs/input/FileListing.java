package io.mobilenetspark.jobs.input;

import io.mobilenetspark.spark.ClassicSpark;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
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
 * Lists the files below places. The driver lists what are few by itself; of many, it holds the
 * directories alone, and the tasks that list them keep the files on the executors' disks.
 */
final class FileListing {

  /** Directories for each core, so that all have something to do until the end. */
  private static final int DIRECTORIES_PER_CORE = 8;

  private static final String DIRECTORIES =
      "spark.sql.sources.parallelPartitionDiscovery.threshold";

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
    return listing.listOnDriver() ? few(listing.files) : listing.listInTasks();
  }

  private static Few few(List<Listed> files) {
    files.sort(Comparator.comparing(file -> new Path(file.path())));
    return new Few(files);
  }

  private void begin(String[] places) throws IOException {
    for (String place : places) {
      Path pattern = new Path(place);
      for (FileStatus match : pattern.getFileSystem(hadoop).globStatus(pattern)) {
        add(Listed.of(match.getPath().toString(), match), match);
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
    int requests = Integer.parseInt(spark.conf().get(DIRECTORIES));
    for (Listed directory = directories.peek(); directory != null; directory = directories.peek()) {
      FileSystem fileSystem = new Path(directory.path()).getFileSystem(hadoop);
      if (!(fileSystem instanceof LocalFileSystem) && requests-- <= 0) {
        return false;
      }
      int filesBefore = files.size();
      int directoriesBefore = directories.size();
      try (Folder folder = Folder.open(directory, hadoop)) {
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

  private Found listInTasks() throws IOException {
    List<JavaRDD<Listed>> parts = new ArrayList<>();
    try {
      parts.add(context.parallelize(files));
      List<Listed> level = new ArrayList<>(directories);
      int enough = DIRECTORIES_PER_CORE * context.defaultParallelism();
      while (!level.isEmpty()) {
        boolean areEnough = level.size() >= enough;
        JavaRDD<Listed> found =
            below(level, areEnough ? FolderWalk.Depth.ALL_LEVELS : FolderWalk.Depth.ONE_LEVEL);
        parts.add(found);
        level = new ArrayList<>(found.filter(Listed::isDirectory).collect());
      }
      return gathered(parts);
    } finally {
      parts.forEach(JavaRDD::unpersist);
    }
  }

  private JavaRDD<Listed> below(List<Listed> level, FolderWalk.Depth depth) {
    Map<String, String> itsOptions = options;
    SerializableConfiguration itsHadoop = new SerializableConfiguration(hadoop);
    Collections.shuffle(level); // those beside each other may be the large ones
    int tasks = Math.min(level.size(), DIRECTORIES_PER_CORE * context.defaultParallelism());
    return context
        .parallelize(level, tasks)
        .mapPartitions(
            some -> new FolderWalk(some, depth, new FileFilter(itsOptions), itsHadoop.value()))
        .persist(StorageLevel.DISK_ONLY());
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
        all.mapToPair(file -> new Tuple2<>(file.path(), file))
            .partitionBy(new HashPartitioner(tasks))
            .values();
    return new Many(dealt, dealt.count()); // from here on, the files of the shuffle have them
  }
}
