package io.mobilenetspark.jobs.table;

import io.mobilenetspark.jobs.common.ClassFolders;
import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.spark.ClassicSpark;
import io.mobilenetspark.spark.FeatureTable;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/** Columns beside the vectors, by the names that users give them. */
public final class NamedColumns {

  /** Names the directory that an image file is in, as {@code finetune} does. */
  public static final String DIRECTORY = "directory";

  private static final String PATH = "path";

  private NamedColumns() {}

  /**
   * Labels as text; NULL for rows without one.
   *
   * @param name a column, or {@link #DIRECTORY}; null for no labels at all
   * @throws UserException if there is no such column
   */
  public static Column label(Dataset<Row> rows, @Nullable String name) {
    boolean isDirectory =
        name != null
            && ClassicSpark.isSameName(name, DIRECTORY)
            && !FeatureTable.hasColumn(rows.schema(), name);
    if (!isDirectory) {
      return text(rows, name, "--labels");
    }
    StructType schema = rows.schema();
    int path = index(schema, PATH, "--labels directory");
    if (!(schema.apply(path).dataType() instanceof StringType)) {
      throw UserException.input(
          "--labels directory needs paths of files, but column 'path' holds no text. Pass the name"
              + " of a column with labels.");
    }
    Column file = StoredVectors.column(schema.fieldNames()[path]);
    Column folder = ClassFolders.folder(file);
    List<String> above = ClassFolders.above(rows, folder);
    Column label = ClassFolders.folderName(file);
    return above.isEmpty()
        ? label
        : functions.when(functions.not(folder.isin(above.toArray())), label);
  }

  /** The column with paths of images, if there is one: what {@code embed} calls it. */
  public static @Nullable String paths(StructType schema) {
    boolean hasPaths =
        FeatureTable.hasColumn(schema, PATH)
            && schema.apply(FeatureTable.columnIndex(schema, PATH)).dataType()
                instanceof StringType;
    return hasPaths ? PATH : null;
  }

  /**
   * A column's values as text.
   *
   * @param name null for NULLs
   * @param option that names it, for messages
   * @throws UserException if there is no such column
   */
  public static Column text(Dataset<Row> rows, @Nullable String name, String option) {
    if (name == null) {
      return functions.lit(null).cast(DataTypes.StringType);
    }
    StructType schema = rows.schema();
    int index = index(schema, name, option);
    return StoredVectors.text(
        StoredVectors.column(schema.fieldNames()[index]), schema.apply(index).dataType());
  }

  /**
   * The schema's own spelling of the name of a column with images.
   *
   * @throws UserException if there is no such column, or it holds no images
   */
  public static String image(StructType schema, String name) {
    int index = index(schema, name, "--images");
    try {
      FeatureTable.check(schema, name, List.of());
    } catch (IllegalArgumentException e) {
      throw UserException.input("--images: " + e.getMessage(), e);
    }
    return schema.fieldNames()[index];
  }

  private static int index(StructType schema, String name, String option) {
    try {
      return FeatureTable.columnIndex(schema, name);
    } catch (IllegalArgumentException e) {
      throw UserException.input(
          String.format(
              Locale.ROOT,
              "%s: %s Columns beside the vectors are those that embed kept by --keep-columns.",
              option,
              e.getMessage()),
          e);
    }
  }
}
