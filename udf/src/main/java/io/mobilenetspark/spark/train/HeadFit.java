package io.mobilenetspark.spark.train;

import io.mobilenetspark.train.Head;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.ml.linalg.Matrix;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/**
 * Fits a head on feature vectors, by MLlib's logistic regression. In one task, the same rows in the
 * same order give the same bits; the sums of several are added as they end, and rows go to tasks by
 * where they are cached, so that the last bits differ.
 */
final class HeadFit {

  private static final int MAX_ITERATIONS = 300;
  private static final double TOLERANCE = 1e-7;

  /**
   * Of feature vectors, that a task works on for some milliseconds, longer than it takes to start.
   */
  private static final long BYTES_OF_TASK = 16L << 20;

  private HeadFit() {}

  /** Each of some hundred iterations is a job: of a few rows, its tasks would take the time. */
  private static Dataset<Row> inFewTasks(Dataset<Row> rows) {
    long bytes =
        rows.count() * rows.select("features").head().<Vector>getAs(0).size() * Double.BYTES;
    return rows.coalesce(Math.toIntExact(1 + bytes / BYTES_OF_TASK));
  }

  /**
   * Fits a head.
   *
   * @param rows with columns {@code features} (a vector), {@code label} (doubles from 0), {@code
   *     weight}; read many times, so cached
   * @param classes number of classes
   * @param regParam of the L2 regularisation, as MLlib's
   */
  static Head fit(Dataset<Row> rows, int classes, double regParam) {
    Column label =
        functions
            .col("label")
            .as(
                "label",
                NominalAttribute.defaultAttr()
                    .withName("label")
                    .withNumValues(classes)
                    .toMetadata());
    LogisticRegressionModel model =
        new LogisticRegression()
            .setFamily("multinomial") // also for two classes: a row of weights each, as a head has
            .setStandardization(false) // the vectors are of one scale
            .setRegParam(regParam)
            .setMaxIter(MAX_ITERATIONS)
            .setTol(TOLERANCE)
            .setWeightCol("weight")
            .fit(inFewTasks(rows).withColumn("label", label));
    Matrix coefficients = model.coefficientMatrix();
    int features = coefficients.numCols();
    float[] weights = new float[features * classes];
    for (int i = 0; i < features; i++) {
      for (int j = 0; j < classes; j++) {
        weights[i * classes + j] = (float) coefficients.apply(j, i);
      }
    }
    Vector intercepts = model.interceptVector();
    float[] biases = new float[classes];
    for (int j = 0; j < classes; j++) {
      biases[j] = (float) intercepts.apply(j);
    }
    return new Head(weights, biases);
  }
}
