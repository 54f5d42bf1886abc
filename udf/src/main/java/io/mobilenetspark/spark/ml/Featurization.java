package io.mobilenetspark.spark.ml;

import io.mobilenetspark.model.FrozenModel;
import io.mobilenetspark.spark.EmbedCounters;
import io.mobilenetspark.spark.EmbedOptions;
import io.mobilenetspark.spark.FeatureMetadata;
import io.mobilenetspark.spark.FeatureTable;
import io.mobilenetspark.spark.ImageColumn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.classic.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * What a stage does to a table: all columns stay as they are, a vector column comes after them, and
 * a column of errors if one is wanted.
 *
 * @param input the column with the images
 * @param output the column to add
 * @param error the column of errors to add
 * @param mode the vectors' type
 */
record Featurization(String input, String output, Optional<String> error, OutputMode mode) {

  /** The type byte of a dense vector, in the struct that MLlib's Vector is to Spark. */
  private static final byte DENSE = 1;

  /**
   * The columns that come out.
   *
   * @param vectors what the vector column says of itself
   * @throws IllegalArgumentException if a column is missing, holds no images, or is there already
   */
  StructType outputSchema(StructType schema, Metadata vectors) {
    FeatureTable.check(schema, input, List.of());
    requireFree(schema, "outputCol", output);
    List<StructField> fields = new ArrayList<>(Arrays.asList(schema.fields()));
    DataType type =
        switch (mode) {
          case ARRAY -> DataTypes.createArrayType(DataTypes.FloatType, false);
          case VECTOR -> SQLDataTypes.VectorType();
        };
    fields.add(new StructField(output, type, true, vectors));
    if (error.isPresent()) {
      requireFree(new StructType(fields.toArray(StructField[]::new)), "errorCol", error.get());
      fields.add(new StructField(error.get(), DataTypes.StringType, true, Metadata.empty()));
    }
    return new StructType(fields.toArray(StructField[]::new));
  }

  private static void requireFree(StructType schema, String param, String name) {
    if (Arrays.asList(schema.fieldNames()).contains(name)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Column '%s', which %s names, exists already. Set another name, or drop the column. The columns are: %s.",
              name,
              param,
              ImageColumn.describe(schema)));
    }
  }

  /** What a vector column says of itself, once the model is known. */
  Metadata metadata(FrozenModel model, EmbedOptions options) {
    Metadata facts = FeatureMetadata.columnMetadata(model, options);
    return switch (mode) {
      case ARRAY -> facts;
      case VECTOR -> new AttributeGroup(output, model.dimension()).toMetadata(facts);
    };
  }

  /** The table with its vectors. Lazy. */
  Dataset<Row> apply(Dataset<Row> table, FrozenModel model, EmbedOptions options) {
    StructType schema = table.schema();
    // By position, since columns may have any name, those that the embedding adds among them.
    String[] names = new String[schema.length()];
    Arrays.setAll(names, i -> "c" + i);
    SparkSession spark = (SparkSession) table.sparkSession();
    Dataset<Row> vectors =
        FeatureTable.embed(
            table.toDF(names),
            names[schema.fieldIndex(input)],
            mostReadableFirst(schema, names),
            model,
            options,
            EmbedCounters.register(spark.sparkContext()));
    List<Column> columns = new ArrayList<>();
    for (String name : names) {
      columns.add(functions.col(name));
    }
    columns.add(vector());
    if (error.isPresent()) {
      columns.add(
          functions.concat(
              functions.col(FeatureTable.STATUS),
              functions.lit(": "),
              functions.col(FeatureTable.ERROR)));
    }
    // Not by aliases: a struct becomes a Vector by its schema alone, without boxing its floats.
    return spark.internalCreateDataFrame(
        vectors.select(columns.toArray(Column[]::new)).queryExecution().toRdd(),
        outputSchema(schema, metadata(model, options)),
        false);
  }

  /** The first column names a row in errors: bytes and structs would tell a person nothing. */
  private static List<String> mostReadableFirst(StructType schema, String[] names) {
    List<String> ordered = new ArrayList<>(Arrays.asList(names));
    for (int i = 0; i < names.length; i++) {
      DataType type = schema.apply(i).dataType();
      if (type instanceof StringType || type instanceof NumericType) {
        ordered.remove(names[i]);
        ordered.add(0, names[i]);
        break;
      }
    }
    return ordered;
  }

  private Column vector() {
    Column features = functions.col(FeatureTable.FEATURES);
    return switch (mode) {
      case ARRAY -> features;
      case VECTOR ->
          functions.when(
              features.isNotNull(),
              functions.struct(
                  functions.lit(DENSE),
                  functions.lit(null).cast(DataTypes.IntegerType),
                  functions.lit(null).cast(DataTypes.createArrayType(DataTypes.IntegerType)),
                  features.cast(DataTypes.createArrayType(DataTypes.DoubleType, false))));
    };
  }
}
