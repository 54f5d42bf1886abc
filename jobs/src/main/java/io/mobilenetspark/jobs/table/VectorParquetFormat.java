package io.mobilenetspark.jobs.table;

import io.mobilenetspark.spark.FeatureMetadata;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.mapreduce.Job;
import org.apache.parquet.hadoop.ParquetOutputFormat;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.datasources.OutputWriterFactory;
import org.apache.spark.sql.execution.datasources.parquet.ParquetFileFormat;
import org.apache.spark.sql.types.StructType;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Spark's Parquet format that also writes what the vectors are into the files' footers: the options
 * whose names begin with {@link FeatureMetadata#PREFIX} or {@link VectorWriteSupport#PREFIX} become
 * key-value metadata, so that readers other than Spark can tell whose vectors these are. The files
 * are plain Parquet.
 */
public final class VectorParquetFormat extends ParquetFileFormat {
  private static final long serialVersionUID = 1;

  @Override
  public OutputWriterFactory prepareWrite(
      SparkSession spark,
      Job job,
      scala.collection.immutable.Map<String, String> options,
      StructType schema) {
    OutputWriterFactory factory = super.prepareWrite(spark, job, options, schema);
    Configuration configuration = job.getConfiguration();
    ParquetOutputFormat.setWriteSupportClass(job, VectorWriteSupport.class);
    for (Map.Entry<String, String> option : CollectionConverters.asJava(options).entrySet()) {
      if (option.getKey().startsWith(FeatureMetadata.PREFIX)
          || option.getKey().startsWith(VectorWriteSupport.PREFIX)) {
        configuration.set(option.getKey(), option.getValue());
      }
    }
    return factory;
  }
}
