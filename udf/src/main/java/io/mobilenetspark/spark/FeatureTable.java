package io.mobilenetspark.spark;

import io.mobilenetspark.image.ImageSettings;
import io.mobilenetspark.options.SettingValues;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;

/**
 * The columns of a table with vectors, and what a table must have to be embedded. Names are
 * compared as {@code spark.sql.caseSensitive} of the current session says.
 */
public final class FeatureTable {

  /** The vector: array&lt;float&gt; without nulls, or NULL where there is none. */
  public static final String FEATURES = "features";

  /** The {@link io.mobilenetspark.image.ImageStatus}'s name; never NULL. */
  public static final String STATUS = "status";

  /** Why there is no vector; NULL where there is one. */
  public static final String ERROR = "error";

  /** Width of the decoded image in pixels, before resizing; NULL where it was not decoded. */
  public static final String WIDTH = "width";

  /** Height of the decoded image in pixels, before resizing; NULL where it was not decoded. */
  public static final String HEIGHT = "height";

  /**
   * What the image's pixels tell, {@link EmbeddingRow#STATISTICS}; NULL where it was not decoded.
   */
  public static final String IMAGE_STATS = "image_stats";

  /** The columns that are added, in their order. */
  public static final List<String> ADDED = List.of(FEATURES, STATUS, ERROR, WIDTH, HEIGHT);

  private FeatureTable() {}

  /** The columns that are added, as {@link ImageSettings#IMAGE_STATS} says. */
  public static List<String> added(SettingValues settings) {
    return settings.get(ImageSettings.IMAGE_STATS)
        ? Stream.concat(ADDED.stream(), Stream.of(IMAGE_STATS)).toList()
        : ADDED;
  }

  /**
   * Checks that a table can be embedded, on its schema alone; of columns that are added, {@link
   * #ADDED}.
   */
  public static void check(StructType schema, String imageColumn, List<String> carried) {
    check(schema, imageColumn, carried, ADDED);
  }

  /**
   * Checks that a table can be embedded, on its schema alone.
   *
   * @param schema the table's columns
   * @param imageColumn the column with the images
   * @param carried the columns to keep
   * @param adding the columns that are added
   * @throws IllegalArgumentException if a column is missing, of a type that holds no image, or
   *     named as one that is added; the message names the columns that exist
   */
  public static void check(
      StructType schema, String imageColumn, List<String> carried, List<String> adding) {
    imageColumn(schema, imageColumn);
    Set<Integer> seen = new HashSet<>();
    for (String name : carried) {
      int index = columnIndex(schema, name);
      if (adding.stream().anyMatch(added -> ClassicSpark.isSameName(added, name))) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "Column '%s' can't be kept: the output has a column of that name. Rename it first; the output adds %s.",
                name,
                String.join(", ", adding)));
      }
      if (!seen.add(index)) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT, "Column '%s' is named twice", name));
      }
    }
  }

  static ImageColumn imageColumn(StructType schema, String name) {
    DataType type = schema.apply(columnIndex(schema, name)).dataType();
    ImageColumn column = ImageColumn.of(type);
    if (column == null) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Column '%s' holds no images: its type is %s. Accepted: %s. The columns are: %s.",
              name,
              type.simpleString(),
              ImageColumn.ACCEPTED,
              ImageColumn.describe(schema)));
    }
    return column;
  }

  /**
   * The position of a column, by the rule of {@code spark.sql.caseSensitive}.
   *
   * @param schema the table's columns
   * @param name the whole name, dots included
   * @throws IllegalArgumentException if there is no such column, or more than one
   */
  public static int columnIndex(StructType schema, String name) {
    int[] found =
        IntStream.range(0, schema.length())
            .filter(i -> ClassicSpark.isSameName(schema.apply(i).name(), name))
            .toArray();
    if (found.length == 1) {
      return found[0];
    }
    throw new IllegalArgumentException(
        String.format(
            Locale.ROOT,
            found.length == 0
                ? "There is no column '%s'. The columns are: %s."
                : "Column '%s' is ambiguous: there are several of that name. Rename all but one. The columns are: %s.",
            name,
            ImageColumn.describe(schema)));
  }

  /** Whether a table has a column of this name, by the rule of {@code spark.sql.caseSensitive}. */
  public static boolean hasColumn(StructType schema, String name) {
    return Arrays.stream(schema.fieldNames())
        .anyMatch(other -> ClassicSpark.isSameName(other, name));
  }
}
