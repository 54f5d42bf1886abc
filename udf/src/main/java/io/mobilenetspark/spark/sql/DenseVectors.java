package io.mobilenetspark.spark.sql;

import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeArrayData;
import org.apache.spark.sql.catalyst.util.ArrayData;

/**
 * MLlib's vectors as Spark stores them: a struct of type, size, indices and values. Public because
 * generated code calls it.
 */
public final class DenseVectors {

  private static final byte DENSE = 1;

  private DenseVectors() {}

  /** The same numbers as a dense vector; boxes none of them. */
  public static InternalRow of(ArrayData floats) {
    double[] values = new double[floats.numElements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = floats.getFloat(i);
    }
    return new GenericInternalRow(
        new Object[] {DENSE, null, null, UnsafeArrayData.fromPrimitiveArray(values)});
  }
}
