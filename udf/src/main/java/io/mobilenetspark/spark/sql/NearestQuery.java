package io.mobilenetspark.spark.sql;

import io.mobilenetspark.common.Quantity;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.Literal;
import org.apache.spark.sql.catalyst.expressions.objects.StaticInvoke;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.unsafe.types.UTF8String;
import scala.Option;

/**
 * The vector that {@code mobilenet_nearest} is asked for: one that no row can be near to is an
 * error, or it would have no rows without a word. Public because Spark calls {@link #checked}, in
 * generated code, too.
 */
public final class NearestQuery {

  /** Of a table whose column does not tell the dimension of its vectors. */
  static final int ANY_DIMENSION = 0;

  private static final DataType VECTOR = DataTypes.createArrayType(DataTypes.FloatType);

  private NearestQuery() {}

  /**
   * The vector itself.
   *
   * @param table that is searched
   * @param dimension of its vectors, or {@link #ANY_DIMENSION}
   * @throws IllegalArgumentException if it has another dimension or no direction
   */
  public static ArrayData checked(ArrayData vector, UTF8String table, int dimension) {
    int length = vector.numElements();
    if (dimension != ANY_DIMENSION && length != dimension) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: the query has %s, and the vectors of %s have %d. Only vectors of one model can"
                  + " be compared.",
              NearestRows.NAME,
              Quantity.of(length, "value"),
              table,
              dimension));
    }
    boolean hasDirection = false;
    for (int i = 0; i < length; i++) {
      if (vector.isNullAt(i) || !Float.isFinite(vector.getFloat(i))) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "%s: value %d of the query is %s, so that no vector is near to it.",
                NearestRows.NAME,
                i + 1,
                vector.isNullAt(i) ? "NULL" : String.valueOf(vector.getFloat(i))));
      }
      hasDirection |= vector.getFloat(i) != 0;
    }
    if (!hasDirection) {
      throw new IllegalArgumentException(
          NearestRows.NAME + ": the query is a vector of zeros, which has no direction.");
    }
    return vector;
  }

  /** An expression of {@link #checked}; NULL if the vector is. */
  static Expression of(Expression vector, String table, int dimension) {
    return new StaticInvoke(
        NearestQuery.class,
        VECTOR,
        "checked",
        Scala.seq(
            List.of(
                vector,
                Literal.create(UTF8String.fromString(table), DataTypes.StringType),
                Literal.create(dimension, DataTypes.IntegerType))),
        Scala.seq(List.of(VECTOR, DataTypes.StringType, DataTypes.IntegerType)),
        true,
        true,
        true,
        Option.empty());
  }
}
