package io.mobilenetspark.jobs.embed;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;

import io.mobilenetspark.jobs.table.IdColumns;
import io.mobilenetspark.jobs.table.StoredVectors;
import io.mobilenetspark.spark.ClassicSpark;
import io.mobilenetspark.spark.FeatureTable;
import io.mobilenetspark.spark.FileHashes;
import io.mobilenetspark.spark.ImageColumn;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.MapType;

/**
 * Rows that are to be computed, as {@link Duplicates} sorts them: the image, its hash, and in one
 * struct, by number, what the table takes over, so that no user's column has the name of one of
 * these.
 *
 * @param rows the rows; with the column {@code hash} if the hashes are known
 * @param image the column with the images
 * @param ids how many columns name a row together
 * @param carried what the table takes over: those first, and {@code hash}
 * @param hash the column that has the images' hashes
 * @param maxBytes files of more are not read
 */
record HashedRows(
    Dataset<Row> rows, String image, int ids, List<String> carried, String hash, long maxBytes) {

  static final String IMAGE = "image";

  /** See {@link ContentHash}. */
  static final String SHA = "sha";

  static final String CARRIED = "carried";

  private DataType imageType() {
    return rows.schema().apply(FeatureTable.columnIndex(rows.schema(), image)).dataType();
  }

  /** Whether a row names its image, and weighs little. */
  boolean isOfPaths() {
    return ImageColumn.of(imageType()) instanceof ImageColumn.Location;
  }

  /** The columns {@link #IMAGE}, {@link #SHA} and {@link #CARRIED}; files are read for it. */
  Dataset<Row> packed() {
    List<Column> columns = new ArrayList<>();
    columns.add(StoredVectors.column(image).as(IMAGE));
    List<Column> taken = new ArrayList<>();
    for (int i = 0; i < carried.size(); i++) {
      String name = carried.get(i);
      taken.add((name.equals(hash) ? lit(true) : StoredVectors.column(name)).as(field(i)));
    }
    columns.add(struct(taken.toArray(Column[]::new)).as(CARRIED));
    if (FeatureTable.hasColumn(rows.schema(), hash)) {
      columns.add(StoredVectors.column(hash).as(SHA));
    } else if (ImageColumn.of(imageType()) instanceof ImageColumn.InRow type) {
      columns.add(ContentHash.of(type, StoredVectors.column(image)).as(SHA));
    } else {
      return FileHashes.add(rows.select(columns.toArray(Column[]::new)), IMAGE, SHA, maxBytes);
    }
    return rows.select(columns.toArray(Column[]::new));
  }

  /** The rows with the names that users know, ready to be embedded. */
  Dataset<Row> unpack(Dataset<Row> packed) {
    List<Column> columns = new ArrayList<>();
    if (carried.stream().noneMatch(name -> ClassicSpark.isSameName(name, image))) {
      columns.add(col(IMAGE).as(image));
    }
    for (int i = 0; i < carried.size(); i++) {
      columns.add(carriedColumn(i).as(carried.get(i)));
    }
    return packed.select(columns.toArray(Column[]::new));
  }

  /** What the table takes over at this position, out of a packed row. */
  Column carriedColumn(int index) {
    return carried.get(index).equals(hash) ? col(SHA) : col(CARRIED).getField(field(index));
  }

  /** The row's name, out of a packed row. */
  Column id() {
    return IdColumns.value(
        IntStream.range(0, ids).mapToObj(i -> col(CARRIED).getField(field(i))).toList());
  }

  /** Whether such names can be told apart: Spark compares no maps. */
  boolean areComparable() {
    return carried.subList(0, ids).stream()
        .map(name -> rows.schema().apply(FeatureTable.columnIndex(rows.schema(), name)))
        .noneMatch(column -> column.dataType() instanceof MapType);
  }

  private static String field(int index) {
    return "c" + index;
  }
}
