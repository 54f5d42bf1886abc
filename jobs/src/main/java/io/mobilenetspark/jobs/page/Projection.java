package io.mobilenetspark.jobs.page;

import io.mobilenetspark.jobs.compare.SearchVector;
import java.io.Serializable;
import java.util.Arrays;
import java.util.function.LongToIntFunction;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.mllib.linalg.Matrix;
import org.apache.spark.mllib.linalg.Vector;
import org.apache.spark.mllib.linalg.Vectors;
import org.apache.spark.mllib.linalg.distributed.RowMatrix;
import org.apache.spark.sql.catalyst.InternalRow;
import scala.Tuple2;

/**
 * The principal axes of a table's vectors, by Spark MLlib on all rows. Vectors count by their
 * directions alone, as they do when an audit compares them.
 */
final class Projection implements Serializable {
  private static final long serialVersionUID = 1;

  /** Of a map. */
  static final int LEAST_AXES = 2;

  private final float[][] axes;
  private final double[] explained;
  private final int dimension;
  private final long rows;

  private Projection(float[][] axes, double[] explained, int dimension, long rows) {
    this.axes = axes;
    this.explained = explained;
    this.dimension = dimension;
    this.rows = rows;
  }

  /**
   * Finds the axes.
   *
   * @param vectors rows with vectors in their first column; others may be among them
   * @param dimension of the vectors
   * @param most how many axes, by the number of rows that have a vector with a direction; fewer if
   *     the vectors have fewer values
   */
  static Projection of(JavaRDD<InternalRow> vectors, int dimension, LongToIntFunction most) {
    JavaRDD<Vector> units =
        vectors
            .filter(row -> SearchVector.fault(row, 0, dimension).isEmpty())
            .map(row -> Vectors.dense(unit(row)));
    long rows = units.count();
    int wanted = Math.min(most.applyAsInt(rows), dimension);
    if (rows < 2) { // which have no covariance
      return new Projection(new float[wanted][dimension], new double[wanted], dimension, rows);
    }
    Tuple2<Matrix, Vector> found =
        new RowMatrix(units.rdd(), rows, dimension)
            .computePrincipalComponentsAndExplainedVariance(wanted);
    float[][] axes = new float[wanted][];
    for (int i = 0; i < wanted; i++) {
      axes[i] = axis(found._1(), i);
    }
    double[] explained =
        Arrays.stream(found._2().toArray()).map(part -> Double.isFinite(part) ? part : 0).toArray();
    return new Projection(axes, explained, dimension, rows);
  }

  private static double[] unit(InternalRow row) {
    float[] values = row.getArray(0).toFloatArray();
    double norm = Math.sqrt(SearchVector.squares(values));
    double[] unit = new double[values.length];
    for (int i = 0; i < unit.length; i++) {
      unit[i] = values[i] / norm;
    }
    return unit;
  }

  /** An axis has two directions: the one whose greatest value is positive is taken. */
  private static float[] axis(Matrix components, int column) {
    float[] axis = new float[components.numRows()];
    float greatest = 0;
    for (int i = 0; i < axis.length; i++) {
      axis[i] = (float) components.apply(i, column);
      greatest = Math.abs(axis[i]) > Math.abs(greatest) ? axis[i] : greatest;
    }
    for (int i = 0; i < axis.length && greatest < 0; i++) {
      axis[i] = -axis[i];
    }
    return axis;
  }

  /** Rows that have a vector with a direction. */
  long rows() {
    return rows;
  }

  /** Which part of the variance an axis has, 0 to 1. */
  double explained(int axis) {
    return axis < explained.length ? explained[axis] : 0;
  }

  /** Which part of the variance all axes have together, 0 to 1. */
  double explained() {
    return Math.min(1, Arrays.stream(explained).sum());
  }

  /**
   * Where the vector in a row's first column is along the axes, at least two; nothing if it has no
   * direction.
   */
  float[] coordinates(InternalRow row) {
    if (SearchVector.fault(row, 0, dimension).isPresent()) {
      return new float[0];
    }
    double[] unit = unit(row);
    float[] coordinates = new float[Math.max(LEAST_AXES, axes.length)];
    for (int i = 0; i < axes.length; i++) {
      double sum = 0;
      for (int j = 0; j < unit.length; j++) {
        sum += unit[j] * axes[i][j];
      }
      coordinates[i] = (float) sum;
    }
    return coordinates;
  }
}
