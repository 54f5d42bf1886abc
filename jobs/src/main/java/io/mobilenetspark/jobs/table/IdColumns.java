package io.mobilenetspark.jobs.table;

import io.mobilenetspark.jobs.common.ColumnNames;
import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.spark.ClassicSpark;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * The columns that name a row together. They are compared one by one, and never joined to a text,
 * where 1 and 23 would be the same as 12 and 3.
 *
 * @param names one at least
 */
public record IdColumns(List<String> names) {

  public IdColumns {
    names = List.copyOf(names);
  }

  /** What people call them: {@code sku}, or {@code (shop, sku)}. */
  public String label() {
    return names.size() == 1 ? names.get(0) : "(" + ColumnNames.text(names) + ")";
  }

  /** Whether it is this column alone. */
  public boolean isOnly(String name) {
    return names.size() == 1 && ClassicSpark.isSameName(names.get(0), name);
  }

  /**
   * Fails if they are several.
   *
   * @param place the table, for messages
   * @throws UserException if they are
   */
  void requireOne(String place) {
    if (names.size() > 1) {
      throw UserException.input(
          String.format(
              Locale.ROOT,
              "The rows of %s are named by the columns %s together, and this command goes by one."
                  + " Pass --id-column with one of them, such as %s; rows with the same value in it"
                  + " have the same name then.",
              place,
              label(),
              ColumnNames.text(names.subList(0, 1))));
    }
  }

  /** What names a row, as one value to group and join by. */
  public Column value() {
    return value(names.stream().map(StoredVectors::column).toList());
  }

  /** The same, of these rows, where others have columns of the same names. */
  public Column valueIn(Dataset<Row> rows) {
    return value(names.stream().map(name -> rows.col(StoredVectors.quoted(name))).toList());
  }

  /** A column, or a struct of several, whose fields other spellings of names don't matter to. */
  public static Column value(List<Column> columns) {
    return columns.size() == 1
        ? columns.get(0)
        : functions.struct(
            IntStream.range(0, columns.size())
                .mapToObj(i -> columns.get(i).as("c" + i))
                .toArray(Column[]::new));
  }

  /** Whether one of them is NULL. */
  public Column isNull() {
    return names.stream()
        .map(name -> StoredVectors.column(name).isNull())
        .reduce(Column::or)
        .orElseThrow();
  }

  /**
   * What names a row, as text for people.
   *
   * @param schema the rows'
   */
  public Column text(StructType schema) {
    List<Column> texts = new ArrayList<>();
    for (String name : names) {
      texts.add(StoredVectors.text(StoredVectors.column(name), schema.apply(name).dataType()));
    }
    return texts.size() == 1
        ? texts.get(0)
        : functions.concat(
            functions.lit("("),
            functions.concat_ws(
                ", ",
                texts.stream()
                    .map(text -> functions.coalesce(text, functions.lit("null")))
                    .toArray(Column[]::new)),
            functions.lit(")"));
  }

  /** The same of a value that was read. */
  public String nameOf(@Nullable Object value) {
    return names.size() > 1 && value instanceof Row row
        ? parts(row).stream().map(StoredVectors::nameOf).collect(Collectors.joining(", ", "(", ")"))
        : StoredVectors.nameOf(value);
  }

  /** A value that was read, for maps: Java compares bytes by the address of their array. */
  public static Object keyOf(@Nullable Object value) {
    return value instanceof byte[] bytes
        ? ByteBuffer.wrap(bytes)
        : value instanceof Row row
            ? parts(row).stream().map(IdColumns::keyOf).toList()
            : String.valueOf(value);
  }

  private static List<@Nullable Object> parts(Row row) {
    List<@Nullable Object> parts = new ArrayList<>();
    for (int i = 0; i < row.length(); i++) {
      parts.add(row.get(i));
    }
    return parts;
  }
}
