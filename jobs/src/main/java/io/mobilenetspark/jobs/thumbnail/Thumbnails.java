package io.mobilenetspark.jobs.thumbnail;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.image.AspectMode;
import io.mobilenetspark.image.ImageOptions;
import io.mobilenetspark.image.ImageSettings;
import io.mobilenetspark.image.ResizeMethod;
import io.mobilenetspark.jobs.table.NamedColumns;
import io.mobilenetspark.jobs.table.StoredVectors;
import io.mobilenetspark.options.SettingValues;
import io.mobilenetspark.spark.ClassicSpark;
import io.mobilenetspark.spark.DecodedImages;
import io.mobilenetspark.spark.FeatureTable;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;
import org.jspecify.annotations.Nullable;

/** Reads some images of a table again, in tasks, and makes them small. */
public final class Thumbnails {

  private static final String ID = "id";
  private static final String IMAGE = "image";

  /** So many ids are a filter, by which Spark passes over parts of files. */
  private static final int FEW = 100;

  private Thumbnails() {}

  /**
   * Makes them, one an id.
   *
   * @param imageColumn the column with the images
   * @param ids of the rows
   * @param settings limits of the images
   * @return by id; none for rows that were not read when they were embedded
   */
  public static Map<@Nullable String, Thumbnail> of(
      SparkSession spark,
      StoredVectors table,
      String imageColumn,
      Set<@Nullable String> ids,
      SettingValues settings) {
    String name = NamedColumns.image(table.rows().schema(), imageColumn);
    Column text = StoredVectors.text(table.idColumn(), table.idType());
    Dataset<Row> read = table.rows().where(functions.col(FeatureTable.STATUS).equalTo("OK"));
    Dataset<Row> images =
        (ids.size() <= FEW ? read.where(isIn(text, ids)) : read)
            .select(text, StoredVectors.column(name));
    DataType type = images.schema().apply(1).dataType();
    Broadcast<Set<@Nullable String>> wanted =
        new JavaSparkContext(spark.sparkContext()).broadcast(ids);
    JavaRDD<InternalRow> rows =
        ClassicSpark.rows(images)
            .mapPartitions(partition -> firstOfEach(partition, wanted.value(), type));
    StructType schema = new StructType().add(ID, DataTypes.StringType).add(IMAGE, type);
    List<Thumbnail> made =
        DecodedImages.of(
                ClassicSpark.table(spark, rows, schema), IMAGE, List.of(ID), options(settings))
            .map(image -> Thumbnail.of(id(image.carried()), image))
            .collect();
    Map<@Nullable String, Thumbnail> byId = new HashMap<>();
    made.forEach(thumbnail -> byId.putIfAbsent(thumbnail.id(), thumbnail));
    return byId;
  }

  /** How images are decoded for {@link Thumbnail#of}. */
  static ImageOptions options(SettingValues limits) {
    return ImageOptions.of(
        ImageSize.square(Thumbnail.SIDE),
        limits
            .with(ImageSettings.RESIZE, ResizeMethod.AREA)
            .with(ImageSettings.ASPECT, AspectMode.PAD));
  }

  private static Column isIn(Column id, Set<@Nullable String> ids) {
    Column isNamed = id.isin(ids.stream().filter(Objects::nonNull).toArray());
    return ids.contains(null) ? isNamed.or(id.isNull()) : isNamed;
  }

  private static @Nullable String id(InternalRow row) {
    return row.isNullAt(0) ? null : row.getUTF8String(0).toString();
  }

  /**
   * Of rows with the same id the first alone, before any is decoded; a copy, for Spark uses a row
   * again.
   */
  static Iterator<InternalRow> firstOfEach(
      Iterator<InternalRow> rows, Set<@Nullable String> wanted, DataType imageType) {
    Set<@Nullable String> left = new HashSet<>(wanted);
    Iterable<InternalRow> all = () -> rows;
    return StreamSupport.stream(all.spliterator(), false)
        .takeWhile(row -> !left.isEmpty())
        .filter(row -> left.remove(id(row)))
        .map(row -> copy(row, imageType))
        .iterator();
  }

  private static InternalRow copy(InternalRow row, DataType imageType) {
    return new GenericInternalRow(
        new @Nullable Object[] {
          row.isNullAt(0) ? null : UTF8String.fromString(id(row)),
          row.isNullAt(1) ? null : InternalRow.copyValue(row.get(1, imageType))
        });
  }
}
