package io.mobilenetspark.jobs.compare;

import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.jobs.table.StoredVectors;
import io.mobilenetspark.jobs.table.VectorFiles;
import io.mobilenetspark.spark.FeatureMetadata;
import io.mobilenetspark.spark.FeatureTable;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.FloatType;

/** Whether the vectors of a table can be compared with each other. */
public final class ComparableTable {

  private ComparableTable() {}

  /**
   * The dimension of a table's vectors, by its metadata.
   *
   * @throws UserException if files are damaged, or of several models, or there are no vectors
   */
  public static int requireDimension(StoredVectors table) {
    requireWhole(table);
    return dimension(table);
  }

  /** Neighbours that are not found for want of a file, or of another model, look like others. */
  private static void requireWhole(StoredVectors table) {
    if (!table.damaged().isEmpty()) {
      throw UserException.input(
          String.format(
              Locale.ROOT,
              "%s can't be used: damaged files: %s. Run embed again with --output-mode overwrite.",
              table.path(),
              String.join(", ", table.damaged())));
    }
    for (VectorFiles.Footer footer : table.footers()) {
      List<String> differing = FeatureMetadata.differing(table.facts(), footer.facts());
      if (!differing.isEmpty()) {
        throw UserException.input(
            String.format(
                Locale.ROOT,
                "%s can't be used: its vectors are of several kinds, in %s %s. Run embed again"
                    + " with --output-mode overwrite.",
                table.path(),
                footer.name(),
                StoredVectors.describe(differing, footer.facts(), table.facts())));
      }
    }
  }

  private static int dimension(StoredVectors table) {
    DataType type =
        table.rows().select(functions.col(FeatureTable.FEATURES)).schema().apply(0).dataType();
    String text = table.facts().get(FeatureMetadata.PREFIX + "dimension");
    boolean isVector = type instanceof ArrayType array && array.elementType() instanceof FloatType;
    if (!isVector || text == null) {
      throw UserException.input(
          String.format(
              Locale.ROOT,
              "%s has no vectors to use: its column '%s' is %s, %s metadata of embed. Pass a table"
                  + " that embed wrote.",
              table.path(),
              FeatureTable.FEATURES,
              type.simpleString(),
              text == null ? "without" : "with"));
    }
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw UserException.input(
          String.format(
              Locale.ROOT,
              "%s can't be used: the metadata of its column '%s' has '%s' for a dimension. Run"
                  + " embed again with --output-mode overwrite.",
              table.path(),
              FeatureTable.FEATURES,
              text),
          e);
    }
  }
}
