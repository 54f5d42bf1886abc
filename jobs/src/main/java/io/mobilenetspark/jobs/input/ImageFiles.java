package io.mobilenetspark.jobs.input;

import io.mobilenetspark.spark.ClassicSpark;
import java.io.IOException;
import java.net.URI;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.catalyst.util.CaseInsensitiveMap$;
import org.apache.spark.sql.execution.datasources.HadoopFsRelation;
import org.apache.spark.sql.execution.datasources.LogicalRelation;
import org.apache.spark.sql.execution.datasources.PartitioningAwareFileIndex;
import org.apache.spark.sql.execution.datasources.PathFilterFactory;
import org.apache.spark.sql.execution.datasources.PathFilterStrategy;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Image files as tables with every file that there is. Spark's file sources pass over files of 0
 * bytes without a word, and a row must not disappear: those are added from the listing.
 */
final class ImageFiles {

  /** Spark's source of images gives URIs where that of files gives paths: a blank is %20. */
  private static final UserDefinedFunction PATH_OF_URI =
      functions.udf(
          (UDF1<String, String>) uri -> new Path(new URI(uri)).toString(), DataTypes.StringType);

  private static final String RECURSIVE = "recursiveFileLookup";

  private static final StructType LISTED =
      new StructType()
          .add(ImageTable.PATH, DataTypes.StringType)
          .add("modificationTime", DataTypes.TimestampType)
          .add("length", DataTypes.LongType);

  private final SparkSession spark;
  private final String[] paths;
  private final Map<String, String> options;
  private final List<FileStatus> files;
  private final Partitions partitions;

  private ImageFiles(
      SparkSession spark,
      String[] paths,
      Map<String, String> options,
      List<FileStatus> files,
      Partitions partitions) {
    this.spark = spark;
    this.paths = paths;
    this.options = options;
    this.files = files;
    this.partitions = partitions;
  }

  /** Lists the files below the paths; the options are those of Spark's file sources. */
  static ImageFiles list(SparkSession spark, String[] paths, Map<String, String> options)
      throws IOException {
    FileTasks.tune(spark);
    if (isRecursive(options) && isLocal(spark, paths)) {
      List<FileStatus> files = listLocal(spark, paths, options);
      return new ImageFiles(spark, paths, options, files, Partitions.NONE);
    }
    PartitioningAwareFileIndex index = index(spark, paths, options);
    List<FileStatus> files = CollectionConverters.asJava(index.allFiles());
    return new ImageFiles(spark, paths, options, files, Partitions.of(index));
  }

  /** Spark tells partitions from the names of folders only where files are not looked up so. */
  private static boolean isRecursive(Map<String, String> options) {
    return options.entrySet().stream()
        .filter(option -> option.getKey().equalsIgnoreCase(RECURSIVE))
        .allMatch(option -> Boolean.parseBoolean(option.getValue()));
  }

  private static boolean isLocal(SparkSession spark, String[] paths) throws IOException {
    for (String path : paths) {
      if (!(new Path(path).getFileSystem(ClassicSpark.hadoopConf(spark))
          instanceof LocalFileSystem)) {
        return false;
      }
    }
    return true;
  }

  private static List<FileStatus> listLocal(
      SparkSession spark, String[] paths, Map<String, String> options) throws IOException {
    List<PathFilterStrategy> filters =
        CollectionConverters.asJava(
            PathFilterFactory.create(
                CaseInsensitiveMap$.MODULE$.apply(
                    scala.collection.immutable.Map.from(CollectionConverters.asScala(options)))));
    List<FileStatus> files = new ArrayList<>();
    for (String path : paths) {
      Path pattern = new Path(path);
      LocalFileSystem local =
          (LocalFileSystem) pattern.getFileSystem(ClassicSpark.hadoopConf(spark));
      for (FileStatus match : local.globStatus(pattern)) {
        files.addAll(LocalImageFiles.below(local, match.getPath()));
      }
    }
    files.removeIf(file -> !filters.stream().allMatch(filter -> filter.accept(file)));
    return files;
  }

  private static PartitioningAwareFileIndex index(
      SparkSession spark, String[] paths, Map<String, String> options) {
    LogicalRelation relation =
        (LogicalRelation)
            ((org.apache.spark.sql.classic.Dataset<Row>) read(spark, "binaryFile", paths, options))
                .queryExecution()
                .analyzed();
    return (PartitioningAwareFileIndex) ((HadoopFsRelation) relation.relation()).location();
  }

  private static Dataset<Row> read(
      SparkSession spark, String format, String[] paths, Map<String, String> options) {
    return spark.read().format(format).option(RECURSIVE, "true").options(options).load(paths);
  }

  /** How many files there are. */
  long count() {
    return files.size();
  }

  /**
   * Path, modification time and length, as listed, and the columns of partitions. The tasks open
   * the files one by one, so that one that can't be read, or is there no more, is a row with a
   * status and not the end of the job: Spark's source would ask for each file once more.
   */
  Dataset<Row> byPath() {
    List<Row> rows =
        files.stream()
            .map(
                file ->
                    partitions.append(
                        file,
                        file.getPath().toString(),
                        new Timestamp(file.getModificationTime()),
                        file.getLen()))
            .toList();
    return spark.createDataFrame(
        new JavaSparkContext(spark.sparkContext())
            .parallelize(rows, FileTasks.number(spark, files)),
        partitions.appendTo(LISTED));
  }

  /** Spark's own {@code image} struct, the columns of partitions, and the path. */
  Dataset<Row> decodedBySpark() {
    Dataset<Row> table = read(spark, "image", paths, options);
    List<Row> empty =
        files.stream().filter(file -> file.getLen() == 0).map(this::undecodable).toList();
    if (!empty.isEmpty()) {
      table = table.union(spark.createDataFrame(empty, table.schema()));
    }
    return table.withColumn("path", PATH_OF_URI.apply(functions.col("image.origin")));
  }

  private Row undecodable(FileStatus file) {
    String uri = file.getPath().toUri().toString();
    return partitions.append(file, RowFactory.create(uri, -1, -1, -1, -1, new byte[0]));
  }
}
