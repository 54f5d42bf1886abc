package io.mobilenetspark.jobs.embed;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.encode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sha2;

import io.mobilenetspark.spark.ImageColumn;
import org.apache.spark.sql.Column;

/**
 * SHA-256 of what decides an image's vector, in hexadecimal: two images with the same one are the
 * same. NULL where there is no image.
 */
final class ContentHash {

  private static final int BITS = 256;

  private ContentHash() {}

  /**
   * Of images that are in the rows themselves. Of Spark's image struct, "height,width,nChannels,"
   * and the data: the same bytes may be pixels of other sides.
   */
  static Column of(ImageColumn.InRow type, Column image) {
    if (type instanceof ImageColumn.ContentStruct) {
      return sha2(image.getField("content"), BITS);
    } else if (type instanceof ImageColumn.PixelStruct) {
      Column sides =
          concat_ws(
              ",", side(image, "height"), side(image, "width"), side(image, "nChannels"), lit(""));
      return sha2(concat(encode(sides, "UTF-8"), image.getField("data")), BITS);
    }
    return sha2(image, BITS);
  }

  /** A NULL would be passed over, and its neighbour be taken for it. */
  private static Column side(Column image, String name) {
    return coalesce(image.getField(name).cast("string"), lit("NULL"));
  }
}
