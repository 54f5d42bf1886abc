package io.mobilenetspark.spark.ml;

import io.mobilenetspark.model.FrozenModel;
import io.mobilenetspark.options.Setting;
import io.mobilenetspark.options.SettingException;
import io.mobilenetspark.spark.Decision;
import io.mobilenetspark.spark.EmbedOptions;
import io.mobilenetspark.spark.FeatureTable;
import io.mobilenetspark.train.Head;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.ml.linalg.DenseVector;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * The columns that a classification model adds, by MLlib's conventions: features, logits,
 * probabilities, the predicted class. A column whose name is set to nothing is left out.
 */
final class Predictions {

  private static final UserDefinedFunction PROBABILITIES =
      functions.udf(
          (UDF1<@Nullable Vector, @Nullable Vector>)
              logits -> logits == null ? null : new DenseVector(Head.softmax(logits.toArray())),
          SQLDataTypes.VectorType());

  private Predictions() {}

  /**
   * The columns that come out.
   *
   * @throws IllegalArgumentException if the image column is missing or holds no images, or one of
   *     the new columns is there already
   */
  static StructType outputSchema(HasPredictionParams<?> stage, StructType schema) {
    StructType out = featurization(stage).outputSchema(schema, Metadata.empty());
    List<StructField> fields = new ArrayList<>(Arrays.asList(out.fields()));
    add(
        fields,
        StageSettings.RAW_PREDICTION_COL,
        stage.getRawPredictionCol(),
        SQLDataTypes.VectorType());
    add(
        fields,
        StageSettings.PROBABILITY_COL,
        stage.getProbabilityCol(),
        SQLDataTypes.VectorType());
    add(fields, StageSettings.PREDICTION_COL, stage.getPredictionCol(), DataTypes.DoubleType);
    return new StructType(fields.toArray(StructField[]::new));
  }

  private static void add(
      List<StructField> fields, Setting<String> setting, String name, DataType type) {
    if (name.isEmpty()) {
      return;
    }
    if (FeatureTable.hasColumn(new StructType(fields.toArray(StructField[]::new)), name)) {
      throw new SettingException(
          "Column '%s', which %s names, exists already. Set another name, or drop the column.",
          name, setting);
    }
    fields.add(new StructField(name, type, true, Metadata.empty()));
  }

  private static Featurization featurization(HasPredictionParams<?> stage) {
    return new Featurization(
        stage.getInputCol(),
        stage.getFeaturesCol(),
        StageSettings.FEATURES_COL,
        stage.isDefined(stage.errorCol()) ? Optional.of(stage.getErrorCol()) : Optional.empty(),
        VectorForm.VECTOR);
  }

  /**
   * The table with its predictions. Lazy.
   *
   * @throws IllegalArgumentException if the stage has thresholds of another number of classes
   */
  static Dataset<Row> apply(
      HasPredictionParams<?> stage,
      Dataset<Row> table,
      FrozenModel model,
      EmbedOptions options,
      Head head,
      List<String> labels) {
    Decision decision =
        stage.isDefined(stage.thresholds())
            ? Decision.by(stage.getThresholds(), labels)
            : Decision.MOST_PROBABLE;
    Dataset<Row> out = featurization(stage).apply(table, model, options);
    Column raw = logits(head).apply(out.col("`" + stage.getFeaturesCol().replace("`", "``") + "`"));
    Column probability = PROBABILITIES.apply(raw);
    Column prediction =
        predicted(decision)
            .apply(raw)
            .as(
                stage.getPredictionCol(),
                NominalAttribute.defaultAttr()
                    .withName(stage.getPredictionCol())
                    .withValues(labels.toArray(String[]::new))
                    .toMetadata());
    out = with(out, stage.getRawPredictionCol(), raw);
    out = with(out, stage.getProbabilityCol(), probability);
    return with(out, stage.getPredictionCol(), prediction);
  }

  private static Dataset<Row> with(Dataset<Row> table, String name, Column column) {
    return name.isEmpty() ? table : table.withColumn(name, column);
  }

  private static UserDefinedFunction logits(Head head) {
    UDF1<@Nullable Vector, @Nullable Vector> function =
        features -> features == null ? null : new DenseVector(head.logits(features.toArray()));
    return functions.udf(function, SQLDataTypes.VectorType());
  }

  private static UserDefinedFunction predicted(Decision decision) {
    UDF1<@Nullable Vector, @Nullable Double> function =
        logits -> logits == null ? null : (double) decision.of(logits.toArray());
    return functions.udf(function, DataTypes.DoubleType);
  }
}
