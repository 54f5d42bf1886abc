package io.mobilenetspark.spark.ml;

import io.mobilenetspark.model.FrozenModel;
import io.mobilenetspark.options.Setting;
import io.mobilenetspark.options.SettingException;
import io.mobilenetspark.spark.EmbedOptions;
import io.mobilenetspark.spark.FeatureMetadata;
import io.mobilenetspark.spark.FeatureTable;
import io.mobilenetspark.spark.ImageColumn;
import io.mobilenetspark.spark.sql.EmbeddedTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * What a stage does to a table: all columns stay as they are, a vector column comes after them, and
 * a column of errors if one is wanted.
 *
 * @param input the column with the images
 * @param output the column to add
 * @param outputSetting what names it
 * @param error the column of errors to add
 * @param mode the vectors' type
 */
record Featurization(
    String input,
    String output,
    Setting<String> outputSetting,
    Optional<String> error,
    VectorForm mode) {

  /**
   * The columns that come out.
   *
   * @param vectors what the vector column says of itself
   * @throws IllegalArgumentException if a column is missing, holds no images, or is there already
   */
  StructType outputSchema(StructType schema, Metadata vectors) {
    FeatureTable.check(schema, input, List.of());
    requireFree(schema, outputSetting, output);
    List<StructField> fields = new ArrayList<>(Arrays.asList(schema.fields()));
    DataType type =
        switch (mode) {
          case ARRAY -> DataTypes.createArrayType(DataTypes.FloatType, false);
          case VECTOR -> SQLDataTypes.VectorType();
        };
    fields.add(new StructField(output, type, true, vectors));
    if (error.isPresent()) {
      requireFree(
          new StructType(fields.toArray(StructField[]::new)), StageSettings.ERROR_COL, error.get());
      fields.add(new StructField(error.get(), DataTypes.StringType, true, Metadata.empty()));
    }
    return new StructType(fields.toArray(StructField[]::new));
  }

  private static void requireFree(StructType schema, Setting<String> setting, String name) {
    if (FeatureTable.hasColumn(schema, name)) {
      throw new SettingException(
          "Column '%s', which %s names, exists already. Set another name, or drop the column. The columns are: %s.",
          name, setting, ImageColumn.describe(schema));
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
    EmbeddedTable embedded =
        EmbeddedTable.of(
            table, FeatureTable.columnIndex(schema, input), model, options, Optional.empty());
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < schema.length(); i++) {
      columns.add(embedded.column(i));
    }
    Column vectors =
        switch (mode) {
          case ARRAY -> embedded.result(FeatureTable.FEATURES);
          case VECTOR -> embedded.vector();
        };
    columns.add(vectors.as(output, metadata(model, options)));
    error.ifPresent(name -> columns.add(embedded.problem().as(name)));
    return embedded.select(columns);
  }
}
