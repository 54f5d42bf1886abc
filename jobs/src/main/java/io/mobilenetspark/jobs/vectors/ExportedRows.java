package io.mobilenetspark.jobs.vectors;

import io.mobilenetspark.jobs.compare.SearchVector;
import java.util.Iterator;
import java.util.Locale;
import java.util.NoSuchElementException;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeArrayData;
import org.apache.spark.sql.types.DataType;
import org.jspecify.annotations.Nullable;

/**
 * Of a part's rows those that are exported, as they are exported. A task fails whose part has other
 * rows than were counted: the number of them is already written by then.
 */
final class ExportedRows
    implements Function2<Integer, Iterator<InternalRow>, Iterator<InternalRow>> {
  private static final long serialVersionUID = 1;

  private final long[] counts;
  private final DataType idType;
  private final int dimension;
  private final Normalization normalization;

  /**
   * @param counts how many rows of each part are exported
   * @param idType of the rows' first column, whose second one is the vector
   * @param dimension of the vectors
   */
  ExportedRows(long[] counts, DataType idType, int dimension, Normalization normalization) {
    this.counts = counts;
    this.idType = idType;
    this.dimension = dimension;
    this.normalization = normalization;
  }

  @Override
  public Iterator<InternalRow> call(Integer part, Iterator<InternalRow> rows) {
    long counted = counts[part];
    return new Iterator<>() {
      private long found;
      private @Nullable InternalRow next;

      @Override
      public boolean hasNext() {
        while (next == null && rows.hasNext()) {
          InternalRow row = rows.next();
          if (SearchVector.fault(row, 1, dimension).isEmpty()) {
            found++;
            next = exported(row);
          }
        }
        if (found > counted || (next == null && found < counted)) {
          throw new IllegalStateException(
              String.format(
                  Locale.ROOT,
                  "the table has changed while it was read: a part of it had %,d vectors, and has %s",
                  counted,
                  found > counted ? "more" : "fewer"));
        }
        return next != null;
      }

      @Override
      public InternalRow next() {
        if (!hasNext() || next == null) {
          throw new NoSuchElementException();
        }
        InternalRow row = next;
        next = null;
        return row;
      }
    };
  }

  private InternalRow exported(InternalRow row) {
    float[] values = row.getArray(1).toFloatArray();
    return new GenericInternalRow(
        new @Nullable Object[] {
          row.isNullAt(0) ? null : row.get(0, idType),
          UnsafeArrayData.fromPrimitiveArray(normalization.of(values))
        });
  }
}
