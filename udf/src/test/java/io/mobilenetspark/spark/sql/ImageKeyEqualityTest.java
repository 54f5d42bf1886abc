package io.mobilenetspark.spark.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.spark.ImageColumn;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.unsafe.types.UTF8String;
import org.junit.jupiter.api.Test;

/** Which images are the same. */
class ImageKeyEqualityTest {

  /** Keys of files and of contents are their bytes, of which all count. */
  @Test
  void imagesAreEqualByEveryByte() {
    ImageColumn column = new ImageColumn.Content();
    byte[] bytes = new byte[50];
    bytes[0] = 1;
    ImageKey key = ImageKey.of(column, bytes);
    assertThat(key).isEqualTo(ImageKey.of(column, bytes.clone())).isNotEqualTo("key");
    assertThat(key).hasSameHashCodeAs(ImageKey.of(column, bytes.clone()));
    for (int i = 0; i < bytes.length; i++) {
      byte[] other = bytes.clone();
      other[i]++;
      assertThat(ImageKey.of(column, other)).isNotEqualTo(key);
    }
    assertThat(ImageKey.ofPath(new byte[0]))
        .isNotEqualTo(key)
        .isEqualTo(ImageKey.ofPath(new byte[0]));
  }

  /** Files of one camera begin alike, and hash by their last 32 bytes and their length. */
  @Test
  void imagesHashByTheirEnds() {
    byte[] bytes = new byte[50];
    int hash = ImageKey.ofPath(bytes).hashCode();
    for (int i = 0; i < bytes.length; i++) {
      byte[] other = bytes.clone();
      other[i] = 1;
      assertThat(ImageKey.ofPath(other).hashCode() != hash).as("byte %d", i).isEqualTo(i >= 18);
    }
    assertThat(ImageKey.ofPath(new byte[51]).hashCode()).isNotEqualTo(hash);
    assertThat(ImageKey.ofPath(new byte[] {1, 2}).hashCode())
        .isNotEqualTo(ImageKey.ofPath(new byte[] {2, 1}).hashCode());
    assertThat(ImageKey.ofPath(new byte[] {3}).hashCode()).isEqualTo(31 + 3);
  }

  @Test
  void pixelsAreEqualByTheirShapesToo() {
    ImageColumn column = new ImageColumn.PixelStruct(6, 1, 2, 3, 5);
    byte[] data = new byte[12];
    ImageKey key = ImageKey.of(column, pixels(2, 2, 3, data));
    assertThat(key).isEqualTo(ImageKey.of(column, pixels(2, 2, 3, data.clone())));
    assertThat(ImageKey.of(column, pixels(4, 2, 3, data))).isNotEqualTo(key);
    assertThat(ImageKey.of(column, pixels(2, 4, 3, data))).isNotEqualTo(key);
    assertThat(ImageKey.of(column, pixels(2, 2, 4, data))).isNotEqualTo(key);
    assertThat(ImageKey.of(column, pixels(2, 2, 3, new byte[11]))).isNotEqualTo(key);
  }

  private static InternalRow pixels(int height, int width, int channels, byte[] data) {
    return new GenericInternalRow(new Object[] {null, height, width, channels, 0, data});
  }

  @Test
  void keysAreOfWhatTheColumnHas() {
    byte[] bytes = {1, 2, 3};
    assertThat(ImageKey.of(new ImageColumn.Location(), UTF8String.fromBytes(bytes)))
        .isEqualTo(ImageKey.ofPath(bytes));
    InternalRow file = new GenericInternalRow(new Object[] {null, bytes});
    assertThat(ImageKey.of(new ImageColumn.ContentStruct(2, 1), file))
        .isEqualTo(ImageKey.of(new ImageColumn.Content(), bytes));
  }
}
