package io.mobilenetspark.spark.train;

import io.mobilenetspark.common.Quantity;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StringType;

/**
 * A user's table as training reads it. Rows that count nothing, by their own weight or by that of
 * their class, are not in it: batches are filled with others.
 *
 * @param classes the classes of those that are
 * @param leftOut rows of weight 0
 * @param rows with the columns {@code image}, {@code label} (doubles from 0), {@code weight} (of
 *     row and class), {@code isValidation}, {@code name} (of the image's file, where that is known)
 */
public record LabelledImages(Labels classes, long leftOut, Dataset<Row> rows) {

  /**
   * The columns of a user's table, and what its classes count.
   *
   * @param image bytes, paths or image structs
   * @param label strings, or whole numbers from 0
   * @param weight numbers, at least 0; empty if all rows count the same
   * @param isValidation booleans; empty if no rows are marked
   * @param classWeights {@code none}, {@code balanced}, or {@code label=weight} pairs with commas
   */
  public record Columns(
      String image,
      String label,
      Optional<String> weight,
      Optional<String> isValidation,
      String classWeights) {}

  /**
   * Selects what is needed of a table.
   *
   * @throws IllegalArgumentException if a row's label or weight can't be used, or if fewer than two
   *     classes count
   */
  public static LabelledImages of(Dataset<Row> all, Columns columns) {
    Dataset<Row> table = all;
    Column weight = functions.lit(1.0);
    long leftOut = 0;
    if (columns.weight.isPresent()) {
      weight = column(columns.weight.get()).cast(DataTypes.DoubleType);
      leftOut = requireWeights(all, weight, columns.weight.get());
      table = all.filter(counts(weight));
    }
    Labels given = Labels.of(table, columns.label);
    double[] weights = given.weights(columns.classWeights);
    Labels labels = given.without(weights, columns.label);
    double[] byClass = given.weightsWithout(weights);
    leftOut += given.rows() - labels.rows();
    if (given != labels) {
      table = table.filter(given.isOneOf(labels, columns.label));
    }
    Column label = labels.classes(columns.label);
    Column classWeight =
        functions
            .udf((UDF1<Double, Double>) index -> byClass[index.intValue()], DataTypes.DoubleType)
            .apply(label);
    Column isValidation =
        columns
            .isValidation
            .map(name -> functions.coalesce(column(name), functions.lit(false)))
            .orElse(functions.lit(false));
    return new LabelledImages(
        labels,
        leftOut,
        table
            .select(
                column(columns.image).as("image"),
                label.as("label"),
                weight.multiply(classWeight).as("weight"),
                isValidation.as("isValidation"),
                name(table, columns.image).as("name"))
            .filter(counts(functions.col("weight")))); // the product of two small ones may be 0
  }

  /** Training takes floats, of which the smallest numbers are none. */
  private static Column counts(Column weight) {
    return weight.cast(DataTypes.FloatType).gt(0);
  }

  /** What a message calls an image: bytes and structs would tell a person nothing. */
  private static Column name(Dataset<Row> table, String inputCol) {
    return table.schema().apply(inputCol).dataType() instanceof StringType
        ? functions.coalesce(column(inputCol), functions.lit(""))
        : functions.lit("");
  }

  /** How many rows have the weight 0, if all weights are ones. */
  private static long requireWeights(Dataset<Row> table, Column weight, String name) {
    Column single = weight.cast(DataTypes.FloatType);
    Column isBad =
        weight
            .isNull()
            .or(weight.isNaN())
            .or(weight.lt(0))
            .or(single.equalTo(Float.POSITIVE_INFINITY));
    Row counts =
        table
            .agg(
                functions.count_if(isBad),
                functions.count_if(functions.not(counts(weight))),
                functions.count(functions.lit(1)))
            .head();
    long bad = counts.getLong(0);
    long without = counts.getLong(1);
    if (bad > 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Column '%s' has a weight that is NULL, negative or not finite (as a float) in %s. Weights must be at least 0; 0 leaves a row out.",
              name,
              Quantity.of(bad, "row")));
    }
    if (without > 0 && without == counts.getLong(2)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "All %d rows have the weight 0 in column '%s', which leaves them out. Give those to train on a weight above 0.",
              without,
              name));
    }
    return without;
  }

  private static Column column(String name) {
    return functions.col("`" + name.replace("`", "``") + "`");
  }
}
