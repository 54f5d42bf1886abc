package io.mobilenetspark.spark;

import io.mobilenetspark.image.ImageOptions;
import io.mobilenetspark.image.ImageOutcome;
import io.mobilenetspark.image.ImageSettings;
import io.mobilenetspark.image.ImageStatistics;
import io.mobilenetspark.image.ImageStatus;
import io.mobilenetspark.runtime.Embedding;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeArrayData;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * What an embedded image is as columns: {@link FeatureTable#ADDED}, in that order, and {@link
 * FeatureTable#IMAGE_STATS} behind them, which is NULL, and in no schema, unless it is asked for.
 */
public final class EmbeddingRow {

  /** Field of {@link #STATISTICS}. */
  public static final String BRIGHTNESS = "brightness";

  /** Field of {@link #STATISTICS}. */
  public static final String SHARPNESS = "sharpness";

  /** Names, types and nullability of {@link FeatureTable#ADDED}. */
  public static final StructType SCHEMA =
      new StructType(
          new StructField[] {
            field(FeatureTable.FEATURES, true),
            field(FeatureTable.STATUS, false),
            field(FeatureTable.ERROR, true),
            field(FeatureTable.WIDTH, true),
            field(FeatureTable.HEIGHT, true)
          });

  /** The type of {@link FeatureTable#IMAGE_STATS}, see {@link ImageStatistics}. */
  public static final StructType STATISTICS =
      new StructType()
          .add(BRIGHTNESS, DataTypes.DoubleType, false)
          .add(SHARPNESS, DataTypes.DoubleType, false);

  private static final StructType WITH_STATISTICS =
      SCHEMA.add(FeatureTable.IMAGE_STATS, STATISTICS, true);

  private EmbeddingRow() {}

  /** Names, types and nullability of the columns of images that are read so. */
  public static StructType schema(ImageOptions options) {
    return options.get(ImageSettings.IMAGE_STATS) ? WITH_STATISTICS : SCHEMA;
  }

  private static StructField field(String name, boolean isNullable) {
    return new StructField(
        name,
        switch (name) {
          case FeatureTable.FEATURES -> DataTypes.createArrayType(DataTypes.FloatType, false);
          case FeatureTable.WIDTH, FeatureTable.HEIGHT -> DataTypes.IntegerType;
          default -> DataTypes.StringType;
        },
        isNullable,
        Metadata.empty());
  }

  /** The columns of a NULL in place of an image, as {@link #schema} has them. */
  public static InternalRow ofMissing(ImageOptions options) {
    Object[] values = new Object[schema(options).length()];
    values[1] = UTF8String.fromString(ImageStatus.NULL_INPUT.name());
    values[2] = UTF8String.fromString("the image is NULL");
    return new GenericInternalRow(values);
  }

  /**
   * The columns of one image, as {@link #schema} has them; the floats are copied once, into Spark's
   * own layout.
   *
   * @param options by which it was read
   */
  public static InternalRow of(Embedding embedding, ImageOptions options) {
    Object[] values = new Object[schema(options).length()];
    float[] features = embedding.features();
    values[0] = features == null ? null : UnsafeArrayData.fromPrimitiveArray(features);
    values[1] = UTF8String.fromString(embedding.outcome().status().name());
    if (embedding.outcome() instanceof ImageOutcome.Read read) {
      values[3] = read.width();
      values[4] = read.height();
      if (read.statistics() != null) {
        values[5] = struct(read.statistics());
      }
    } else if (embedding.outcome() instanceof ImageOutcome.Rejected rejected) {
      values[2] = UTF8String.fromString(rejected.reason());
    }
    return new GenericInternalRow(values);
  }

  private static InternalRow struct(ImageStatistics statistics) {
    return new GenericInternalRow(new Object[] {statistics.brightness(), statistics.sharpness()});
  }
}
