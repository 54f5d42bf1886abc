package io.mobilenetspark.spark.ml;

import io.mobilenetspark.common.Quantity;
import java.util.Locale;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StringType;

/**
 * A user's table as training reads it.
 *
 * @param rows with the columns {@code image}, {@code label} (doubles from 0), {@code weight} (of
 *     row and class), {@code isValidation}, {@code name} (of the image's file, where that is known)
 */
record LabelledImages(Dataset<Row> rows) {

  /**
   * Selects what is needed of a table.
   *
   * @throws IllegalArgumentException if a row's weight can't be used
   */
  static LabelledImages of(Dataset<Row> table, MobileNetFineTuner tuner, Labels labels) {
    Column label = labels.classes(tuner.getLabelCol());
    Column weight = functions.lit(1.0);
    if (tuner.isDefined(tuner.weightCol())) {
      weight = column(tuner.getWeightCol()).cast(DataTypes.DoubleType);
      requireWeights(table, weight, tuner.getWeightCol());
    }
    double[] byClass = labels.weights(tuner.getClassWeights());
    Column classWeight =
        functions
            .udf((UDF1<Double, Double>) index -> byClass[index.intValue()], DataTypes.DoubleType)
            .apply(label);
    Column isValidation =
        tuner.isDefined(tuner.validationIndicatorCol())
            ? functions.coalesce(column(tuner.getValidationIndicatorCol()), functions.lit(false))
            : functions.lit(false);
    return new LabelledImages(
        table.select(
            column(tuner.getInputCol()).as("image"),
            label.as("label"),
            weight.multiply(classWeight).as("weight"),
            isValidation.as("isValidation"),
            name(table, tuner.getInputCol()).as("name")));
  }

  /** What a message calls an image: bytes and structs would tell a person nothing. */
  private static Column name(Dataset<Row> table, String inputCol) {
    return table.schema().apply(inputCol).dataType() instanceof StringType
        ? functions.coalesce(column(inputCol), functions.lit(""))
        : functions.lit("");
  }

  private static void requireWeights(Dataset<Row> table, Column weight, String name) {
    long bad =
        table
            .filter(
                weight
                    .isNull()
                    .or(weight.isNaN())
                    .or(weight.lt(0))
                    .or(weight.equalTo(Double.POSITIVE_INFINITY)))
            .count();
    if (bad > 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Column '%s' has a weight that is NULL, negative or not finite in %s. Weights must be at least 0; 0 leaves a row out.",
              name,
              Quantity.of(bad, "row")));
    }
  }

  private static Column column(String name) {
    return functions.col("`" + name.replace("`", "``") + "`");
  }
}
