package io.mobilenetspark.spark.sql;

import io.mobilenetspark.spark.ImageColumn;
import java.util.Arrays;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.unsafe.types.UTF8String;
import org.jspecify.annotations.Nullable;

/** An image by its content. Equal keys are equal images, byte for byte. */
final class ImageKey {

  /** Files differ in their lengths mostly, and in their last bytes if not. */
  private static final int HASHED = 32;

  private final byte[] bytes;
  private final int width;
  private final int height;
  private final int channels;

  private ImageKey(byte[] bytes, int width, int height, int channels) {
    this.bytes = bytes;
    this.width = width;
    this.height = height;
    this.channels = channels;
  }

  /** The key of a column's value, an image or the path of one. */
  static ImageKey of(ImageColumn column, Object value) {
    if (column instanceof ImageColumn.Location) {
      return ofPath(((UTF8String) value).getBytes());
    } else if (column instanceof ImageColumn.ContentStruct struct) {
      return new ImageKey(((InternalRow) value).getBinary(struct.content()), 0, 0, 0);
    } else if (column instanceof ImageColumn.PixelStruct struct) {
      InternalRow image = (InternalRow) value;
      return new ImageKey(
          image.getBinary(struct.data()),
          image.getInt(struct.width()),
          image.getInt(struct.height()),
          image.getInt(struct.channels()));
    }
    return new ImageKey((byte[]) value, 0, 0, 0);
  }

  /** The key of a file. */
  static ImageKey ofPath(byte[] path) {
    return new ImageKey(path, 0, 0, 0);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ImageKey that
        && width == that.width
        && height == that.height
        && channels == that.channels
        && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    int hash = bytes.length;
    for (int i = Math.max(0, bytes.length - HASHED); i < bytes.length; i++) {
      hash = 31 * hash + bytes[i];
    }
    return hash;
  }
}
