package io.mobilenetspark.spark.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.IntegralType;
import org.apache.spark.sql.types.StringType;

/** Names a row in errors, where nobody has said which column is its id. */
final class RowNames {

  private static final int MOST = 3;
  private static final int MOST_CHARACTERS = 200;

  private RowNames() {}

  /** The row's first texts and whole numbers, such as {@code path=file:/a.jpg, id=7}. */
  static String describe(InternalRow row, List<Attribute> columns) {
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < columns.size() && parts.size() < MOST; i++) {
      DataType type = columns.get(i).dataType();
      if (type instanceof StringType || type instanceof IntegralType) {
        String value = String.valueOf(row.get(i, type));
        parts.add(
            String.format(
                Locale.ROOT,
                "%s=%s",
                columns.get(i).name(),
                value.substring(0, Math.min(value.length(), MOST_CHARACTERS))));
      }
    }
    return parts.isEmpty()
        ? "of a row (select a column that names rows to see which)"
        : "of the row with " + String.join(", ", parts);
  }
}
