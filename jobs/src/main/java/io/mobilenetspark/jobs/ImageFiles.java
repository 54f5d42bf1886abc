package io.mobilenetspark.jobs;

import java.net.URI;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
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

  private final SparkSession spark;
  private final Dataset<Row> files;
  private final String[] paths;
  private final Map<String, String> options;
  private final List<FileStatus> empty;
  private final long count;

  private ImageFiles(
      SparkSession spark,
      Dataset<Row> files,
      String[] paths,
      Map<String, String> options,
      List<FileStatus> listed) {
    this.spark = spark;
    this.files = files;
    this.paths = paths;
    this.options = options;
    this.empty = listed.stream().filter(file -> file.getLen() == 0).toList();
    this.count = listed.size();
  }

  /** Lists the files below the paths; the options are those of Spark's file sources. */
  static ImageFiles list(SparkSession spark, String[] paths, Map<String, String> options) {
    FileTasks.tune(spark);
    Dataset<Row> files = read(spark, "binaryFile", paths, options);
    LogicalRelation relation =
        (LogicalRelation)
            ((org.apache.spark.sql.classic.Dataset<Row>) files).queryExecution().analyzed();
    PartitioningAwareFileIndex index =
        (PartitioningAwareFileIndex) ((HadoopFsRelation) relation.relation()).location();
    return new ImageFiles(
        spark, files, paths, options, CollectionConverters.asJava(index.allFiles()));
  }

  private static Dataset<Row> read(
      SparkSession spark, String format, String[] paths, Map<String, String> options) {
    return spark
        .read()
        .format(format)
        .option("recursiveFileLookup", "true")
        .options(options)
        .load(paths);
  }

  /** How many files there are. */
  long count() {
    return count;
  }

  /**
   * Path, modification time and length. The content stays unread: the tasks open the files one by
   * one, so that one that can't be read is a row with a status and not the end of the job.
   */
  Dataset<Row> byPath() {
    Dataset<Row> table = files.drop("content");
    if (empty.isEmpty()) {
      return table;
    }
    List<Row> rows =
        empty.stream()
            .map(
                file ->
                    RowFactory.create(
                        file.getPath().toString(),
                        new java.sql.Timestamp(file.getModificationTime()),
                        0L))
            .toList();
    return table.union(spark.createDataFrame(rows, table.schema()));
  }

  /** Spark's own {@code image} struct, and the path. */
  Dataset<Row> decodedBySpark() {
    Dataset<Row> table =
        read(spark, "image", paths, options)
            .withColumn("path", PATH_OF_URI.apply(functions.col("image.origin")));
    if (empty.isEmpty()) {
      return table;
    }
    List<Row> rows =
        empty.stream()
            .map(file -> file.getPath().toString())
            .map(
                path ->
                    RowFactory.create(RowFactory.create(path, -1, -1, -1, -1, new byte[0]), path))
            .toList();
    return table.union(spark.createDataFrame(rows, table.schema()));
  }
}
