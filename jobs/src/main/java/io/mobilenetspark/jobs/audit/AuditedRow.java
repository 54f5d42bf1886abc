package io.mobilenetspark.jobs.audit;

import static java.util.Objects.requireNonNullElse;

import io.mobilenetspark.image.ImageStatistics;
import java.util.Arrays;
import java.util.stream.Stream;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * What the driver keeps of a row.
 *
 * @param id as text that {@code --query-id} of {@code similar} takes
 * @param label null if it has none
 * @param split null if it belongs to none
 * @param status of a row whose image was not read; null for others
 * @param error the status and the reason of such a row, for people; empty for others
 * @param width of the image in pixels; 0 if that is not known
 * @param height of the image in pixels; 0 if that is not known
 * @param statistics of its pixels; null if the table has none of it
 */
record AuditedRow(
    @Nullable String id,
    @Nullable String label,
    @Nullable String split,
    @Nullable String status,
    String error,
    int width,
    int height,
    @Nullable ImageStatistics statistics) {

  /** Of a row whose status is NULL, which embed writes none of. */
  private static final String NO_STATUS = "NO_STATUS";

  /** Positions in {@link #COLUMNS}. */
  static final int FEATURES = 0;

  static final int SPLIT = 1;
  private static final int ID = 2;
  private static final int LABEL = 3;
  private static final int STATUS = 4;
  private static final int ERROR = 5;
  private static final int WIDTH = 6;
  private static final int HEIGHT = 7;
  private static final int BRIGHTNESS = 8;
  private static final int SHARPNESS = 9;

  /** The columns that follow the vector. */
  static final StructType COLUMNS =
      new StructType()
          .add("split", DataTypes.StringType)
          .add("id", DataTypes.StringType)
          .add("label", DataTypes.StringType)
          .add("status", DataTypes.StringType)
          .add("error", DataTypes.StringType)
          .add("width", DataTypes.IntegerType)
          .add("height", DataTypes.IntegerType)
          .add("brightness", DataTypes.DoubleType)
          .add("sharpness", DataTypes.DoubleType);

  /** Of the vector and {@link #COLUMNS}. */
  static String[] names() {
    return Stream.concat(Stream.of("features"), Arrays.stream(COLUMNS.fieldNames()))
        .toArray(String[]::new);
  }

  /** Of a row with the vector and {@link #COLUMNS}. */
  static AuditedRow of(InternalRow row) {
    String told = text(row, STATUS);
    String status = "OK".equals(told) ? null : requireNonNullElse(told, NO_STATUS);
    String reason = text(row, ERROR);
    String error = told == null ? "the row has no status" : told;
    return new AuditedRow(
        text(row, ID),
        text(row, LABEL),
        text(row, SPLIT),
        status,
        status == null ? "" : error + (reason == null ? "" : ": " + reason),
        row.isNullAt(WIDTH) ? 0 : row.getInt(WIDTH),
        row.isNullAt(HEIGHT) ? 0 : row.getInt(HEIGHT),
        row.isNullAt(BRIGHTNESS) || row.isNullAt(SHARPNESS)
            ? null
            : new ImageStatistics(row.getDouble(BRIGHTNESS), row.getDouble(SHARPNESS)));
  }

  /** Whether it has an image whose pixels were not looked at. */
  boolean isUnmeasured() {
    return status == null && statistics == null;
  }

  /** The vector and the split alone, at the same positions. */
  static InternalRow compared(InternalRow row) {
    return new GenericInternalRow(
        new @Nullable Object[] {
          row.isNullAt(FEATURES) ? null : row.getArray(FEATURES),
          row.isNullAt(SPLIT) ? null : row.getUTF8String(SPLIT)
        });
  }

  private static @Nullable String text(InternalRow row, int column) {
    return row.isNullAt(column) ? null : row.getUTF8String(column).toString();
  }
}
