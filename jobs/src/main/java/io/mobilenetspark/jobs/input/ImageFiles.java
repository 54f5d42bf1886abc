package io.mobilenetspark.jobs.input;

import io.mobilenetspark.common.Sha256;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.execution.datasources.HadoopFsRelation;
import org.apache.spark.sql.execution.datasources.LogicalRelation;
import org.apache.spark.sql.execution.datasources.PartitioningAwareFileIndex;
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

  static final String MODIFIED = "modificationTime";

  private static final StructType LISTED =
      new StructType()
          .add(ImageTable.PATH, DataTypes.StringType)
          .add(MODIFIED, DataTypes.LongType) // milliseconds since 1970
          .add("length", DataTypes.LongType);

  /** The driver holds no more files: some 50 MB. */
  static final int MAX_FILES_ON_DRIVER = 100_000;

  private final SparkSession spark;
  private final String[] paths;
  private final Map<String, String> options;
  private final FileListing.Found found;
  private final Partitions partitions;

  private ImageFiles(
      SparkSession spark,
      String[] paths,
      Map<String, String> options,
      FileListing.Found found,
      Partitions partitions) {
    this.spark = spark;
    this.paths = paths;
    this.options = options;
    this.found = found;
    this.partitions = partitions;
  }

  /** Lists the files below the paths; the options are those of Spark's file sources. */
  static ImageFiles list(SparkSession spark, String[] paths, Map<String, String> options)
      throws IOException {
    return list(spark, paths, options, MAX_FILES_ON_DRIVER);
  }

  /** The same, with another limit. */
  static ImageFiles list(
      SparkSession spark, String[] paths, Map<String, String> options, int maxFilesOnDriver)
      throws IOException {
    FileTasks.tune(spark);
    if (isRecursive(options)) {
      return new ImageFiles(
          spark,
          paths,
          options,
          FileListing.of(spark, paths, options, maxFilesOnDriver),
          Partitions.NONE);
    }
    PartitioningAwareFileIndex index = index(spark, paths, options);
    List<Listed> files =
        CollectionConverters.asJava(index.allFiles()).stream()
            .map(file -> Listed.of(file.getPath().toString(), file))
            .toList();
    // Of places that overlap, Spark lists files twice.
    return new ImageFiles(spark, paths, options, FileListing.few(files), Partitions.of(index));
  }

  /**
   * Spark tells partitions from the names of folders only where files are not looked up so; that
   * listing is Spark's, on the driver.
   */
  private static boolean isRecursive(Map<String, String> options) {
    return options.entrySet().stream()
        .filter(option -> option.getKey().equalsIgnoreCase(RECURSIVE))
        .allMatch(option -> Boolean.parseBoolean(option.getValue()));
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
    return found.count();
  }

  /**
   * A digest of what was listed; empty where the driver has not listed it. The same one is the same
   * files, as far as a listing tells.
   */
  Optional<String> digest() {
    if (!(found instanceof FileListing.Few few)) {
      return Optional.empty();
    }
    MessageDigest digest = Sha256.digest();
    for (Listed file : few.files()) {
      String line = file.path() + '\n' + file.modified() + ' ' + file.length() + '\n';
      digest.update(line.getBytes(StandardCharsets.UTF_8));
    }
    return Optional.of(HexFormat.of().formatHex(digest.digest()));
  }

  /**
   * Path, modification time and length, as listed, and the columns of partitions. The tasks open
   * the files one by one, so that one that can't be read, or is there no more, is a row with a
   * status and not the end of the job: Spark's source would ask for each file once more.
   */
  Dataset<Row> byPath() {
    // Which class a time in a row is of is a setting of the session; a number's is not.
    return spark
        .createDataFrame(
            found instanceof FileListing.Many many ? rows(many) : rows((FileListing.Few) found),
            partitions.appendTo(LISTED))
        .withColumn(MODIFIED, functions.timestamp_millis(functions.col(MODIFIED)));
  }

  private JavaRDD<Row> rows(FileListing.Few few) {
    return new JavaSparkContext(spark.sparkContext())
        .parallelize(
            few.files().stream().map(file -> partitions.append(file, listed(file))).toList(),
            FileTasks.number(spark, few.files()));
  }

  private static JavaRDD<Row> rows(FileListing.Many many) {
    return many.files().map(file -> RowFactory.create(listed(file)));
  }

  private static Object[] listed(Listed file) {
    return new Object[] {file.path(), file.modified(), file.length()};
  }

  /** Spark's own {@code image} struct, the columns of partitions, and the path. */
  Dataset<Row> decodedBySpark() {
    Dataset<Row> table = read(spark, "image", paths, options);
    List<Row> empty = found.empty().stream().map(this::undecodable).toList();
    if (!empty.isEmpty()) {
      table = table.union(spark.createDataFrame(empty, table.schema()));
    }
    return table.withColumn("path", PATH_OF_URI.apply(functions.col("image.origin")));
  }

  private Row undecodable(Listed file) {
    String uri = new Path(file.path()).toUri().toString();
    return partitions.append(file, RowFactory.create(uri, -1, -1, -1, -1, new byte[0]));
  }
}
