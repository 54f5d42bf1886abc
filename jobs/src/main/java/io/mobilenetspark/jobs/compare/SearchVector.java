package io.mobilenetspark.jobs.compare;

import io.mobilenetspark.common.Quantity;
import java.io.Serializable;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.util.ArrayData;

/** A vector that has a direction. */
public final class SearchVector implements Serializable {
  private static final long serialVersionUID = 1;

  // No more than this: an index keeps one of each row.
  private final float[] values;
  private final double norm;

  private SearchVector(float[] values, double norm) {
    this.values = values;
    this.norm = norm;
  }

  /** Why a vector can't be compared with others. */
  public enum Fault {
    MISSING("no vector"),
    OTHER_DIMENSION("a vector of another dimension"),
    NOT_FINITE("a value that is NaN, infinite or NULL"),
    ZERO("a vector of zeros, which has no direction");

    private final String vector;

    Fault(String vector) {
      this.vector = vector;
    }

    /** What a row has in place of a vector that can be compared. */
    public String vector() {
      return vector;
    }

    /** What is said of rows. */
    public String text() {
      return "have " + vector;
    }

    /** So many rows, for messages: {@code 1 row that has no vector}. */
    public String rows(long count) {
      return String.format(
          Locale.ROOT,
          "%s that %s %s",
          Quantity.of(count, "row"),
          count == 1 ? "has" : "have",
          vector);
    }
  }

  /**
   * A vector without a fault.
   *
   * @throws IllegalArgumentException if it has one
   */
  public static SearchVector of(float[] values) {
    double squares = squares(values);
    double norm = Math.sqrt(squares);
    if (!(norm > 0 && norm < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "a vector of length %s has no direction", norm));
    }
    return new SearchVector(values, norm);
  }

  /** What is wrong with the vector in a column; empty if it has a direction. */
  public static Optional<Fault> fault(InternalRow row, int column, int dimension) {
    if (row.isNullAt(column)) {
      return Optional.of(Fault.MISSING);
    }
    ArrayData values = row.getArray(column);
    if (values.numElements() != dimension) {
      return Optional.of(Fault.OTHER_DIMENSION);
    }
    for (int i = 0; i < dimension; i++) {
      if (values.isNullAt(i)) {
        return Optional.of(Fault.NOT_FINITE);
      }
    }
    double squares = squares(values.toFloatArray());
    if (!(squares < Double.POSITIVE_INFINITY)) {
      return Optional.of(Fault.NOT_FINITE);
    }
    return squares == 0 ? Optional.of(Fault.ZERO) : Optional.empty();
  }

  /** As it was given; not to be changed. */
  public float[] values() {
    return values;
  }

  /**
   * The same of length 1, with zeros up to a multiple of {@link DotProducts#STEP}. Computed with
   * each call.
   */
  public float[] unit() {
    float[] unit = new float[(values.length + DotProducts.STEP - 1) & -DotProducts.STEP];
    for (int i = 0; i < values.length; i++) {
      unit[i] = (float) (values[i] / norm);
    }
    return unit;
  }

  /** The sum of the squares; that of finite floats is finite. */
  public static double squares(float[] values) {
    double squares = 0;
    for (float value : values) {
      squares += (double) value * value;
    }
    return squares;
  }

  /** The cosine, what {@code mobilenet_cosine_similarity} says. */
  public float cosine(SearchVector other) {
    double dot = 0;
    for (int i = 0; i < values.length; i++) {
      dot += (double) values[i] * other.values[i];
    }
    return (float) Math.max(-1, Math.min(1, dot / (norm * other.norm))) + 0f; // -0 is 0
  }
}
