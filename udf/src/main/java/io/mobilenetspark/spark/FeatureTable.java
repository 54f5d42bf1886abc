package io.mobilenetspark.spark;

import io.mobilenetspark.model.FrozenModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.classic.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;

/** Turns a table with an image column into a table with a vector column. */
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

  /** The columns that are added, in their order. */
  public static final List<String> ADDED = List.of(FEATURES, STATUS, ERROR, WIDTH, HEIGHT);

  private FeatureTable() {}

  /**
   * Checks that a table can be embedded, on its schema alone.
   *
   * @param schema the table's columns
   * @param imageColumn the column with the images
   * @param carried the columns to keep
   * @throws IllegalArgumentException if a column is missing, of a type that holds no image, or
   *     named as one of the {@link #ADDED}; the message names the columns that exist
   */
  public static void check(StructType schema, String imageColumn, List<String> carried) {
    imageColumn(schema, imageColumn);
    Set<String> seen = new LinkedHashSet<>();
    for (String name : carried) {
      requireColumn(schema, name);
      if (ADDED.contains(name)) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "Column '%s' can't be kept: the output has a column of that name. Rename it first; the output adds %s.",
                name,
                String.join(", ", ADDED)));
      }
      if (!seen.add(name)) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT, "Column '%s' is named twice", name));
      }
    }
  }

  /**
   * A table of vectors. Lazy: nothing is computed here, and TensorFlow is not loaded on the driver.
   *
   * @param table the images
   * @param imageColumn the column with the images
   * @param carried columns to keep, unchanged and first; the first one names a row in errors
   * @param model the model; broadcast to the executors
   * @param options how images are read and run; their image size must be the model's
   * @param counters counts rows by status
   * @return the carried columns, then {@link #ADDED}; as many rows as the table has unless the mode
   *     drops some
   * @throws IllegalArgumentException as {@link #check}
   */
  public static Dataset<Row> embed(
      Dataset<Row> table,
      String imageColumn,
      List<String> carried,
      FrozenModel model,
      EmbedOptions options,
      EmbedCounters counters) {
    StructType schema = table.schema();
    check(schema, imageColumn, carried);
    List<String> names = new ArrayList<>(carried);
    names.add(imageColumn);
    Dataset<Row> needed =
        table.select(names.stream().map(FeatureTable::column).toArray(Column[]::new));
    DataType[] carriedTypes =
        carried.stream().map(name -> schema.apply(name).dataType()).toArray(DataType[]::new);

    SparkSession spark = (SparkSession) table.sparkSession();
    JavaSparkContext context = new JavaSparkContext(spark.sparkContext());
    EmbedPartition embed =
        new EmbedPartition(
            context.broadcast(model),
            context.broadcast(new SerializableConfiguration(spark.sessionState().newHadoopConf())),
            options,
            counters,
            imageColumn(schema, imageColumn),
            carriedTypes);
    JavaRDD<InternalRow> rows = needed.queryExecution().toRdd().toJavaRDD().mapPartitions(embed);
    return spark.internalCreateDataFrame(
        rows.rdd(), outputSchema(schema, carried, model, options), false);
  }

  private static StructType outputSchema(
      StructType schema, List<String> carried, FrozenModel model, EmbedOptions options) {
    List<StructField> fields =
        carried.stream().map(schema::apply).collect(Collectors.toCollection(ArrayList::new));
    for (StructField added : EmbeddingRow.SCHEMA.fields()) {
      fields.add(
          added.name().equals(FEATURES)
              ? new StructField(
                  added.name(),
                  added.dataType(),
                  added.nullable(),
                  FeatureMetadata.columnMetadata(model, options))
              : added);
    }
    return new StructType(fields.toArray(StructField[]::new));
  }

  static ImageColumn imageColumn(StructType schema, String name) {
    DataType type = requireColumn(schema, name).dataType();
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

  private static StructField requireColumn(StructType schema, String name) {
    return Arrays.stream(schema.fields())
        .filter(field -> field.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    String.format(
                        Locale.ROOT,
                        "There is no column '%s'. The columns are: %s.",
                        name,
                        ImageColumn.describe(schema))));
  }

  /** A column by its whole name, dots included. */
  private static Column column(String name) {
    return functions.col("`" + name.replace("`", "``") + "`");
  }
}
