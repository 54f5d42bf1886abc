package io.mobilenetspark.spark;

import io.mobilenetspark.image.ImageOutcome;
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

/** What an embedded image is as columns: {@link FeatureTable#ADDED}, in that order. */
public final class EmbeddingRow {

  /** Names, types and nullability of the columns. */
  public static final StructType SCHEMA =
      new StructType(
          new StructField[] {
            field(FeatureTable.FEATURES, true),
            field(FeatureTable.STATUS, false),
            field(FeatureTable.ERROR, true),
            field(FeatureTable.WIDTH, true),
            field(FeatureTable.HEIGHT, true)
          });

  private EmbeddingRow() {}

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

  /** The columns of a NULL in place of an image. */
  public static InternalRow ofMissing() {
    Object[] values = new Object[SCHEMA.length()];
    values[1] = UTF8String.fromString(ImageStatus.NULL_INPUT.name());
    values[2] = UTF8String.fromString("the image is NULL");
    return new GenericInternalRow(values);
  }

  /** The columns of one image; the floats are copied once, into Spark's own layout. */
  public static InternalRow of(Embedding embedding) {
    Object[] values = new Object[SCHEMA.length()];
    float[] features = embedding.features();
    values[0] = features == null ? null : UnsafeArrayData.fromPrimitiveArray(features);
    values[1] = UTF8String.fromString(embedding.outcome().status().name());
    if (embedding.outcome() instanceof ImageOutcome.Read read) {
      values[3] = read.width();
      values[4] = read.height();
    } else if (embedding.outcome() instanceof ImageOutcome.Rejected rejected) {
      values[2] = UTF8String.fromString(rejected.reason());
    }
    return new GenericInternalRow(values);
  }
}
