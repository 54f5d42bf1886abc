package io.mobilenetspark.jobs.search;

import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.jobs.table.VectorWriter;
import io.mobilenetspark.spark.FeatureMetadata;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.MetadataBuilder;
import org.apache.spark.sql.types.StructType;

/** Tables of made-up vectors, with the files and the metadata of those that embed writes. */
public final class VectorTables {

  private VectorTables() {}

  /** Columns of rows: id, features, status. */
  public static StructType columns(DataType id) {
    return new StructType()
        .add("id", id)
        .add("features", DataTypes.createArrayType(DataTypes.FloatType))
        .add("status", DataTypes.StringType);
  }

  /** Writes a table. */
  public static void write(List<Row> rows, DataType id, int dimension, int files, Path path) {
    SparkSession spark = Commands.session();
    Dataset<Row> table = spark.createDataFrame(rows, columns(id));
    Map<String, String> facts =
        Map.of(
            FeatureMetadata.PREFIX + "model.fingerprint",
            "made-up",
            FeatureMetadata.PREFIX + "dimension",
            Integer.toString(dimension));
    MetadataBuilder metadata = new MetadataBuilder();
    facts.forEach(metadata::putString);
    VectorWriter.of(
            table
                .withColumn("features", functions.col("features").as("features", metadata.build()))
                .repartition(files),
            facts)
        .save(path.toString());
  }
}
