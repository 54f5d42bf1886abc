package io.mobilenetspark.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.testing.SampleImages;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IcoDirectoryTest {

  private static byte[] bitmap(int width, int height, int bits, int colors) {
    ByteBuffer bitmap = ByteBuffer.allocate(40).order(ByteOrder.LITTLE_ENDIAN);
    bitmap.putInt(40).putInt(width).putInt(2 * height).putShort((short) 1).putShort((short) bits);
    return bitmap.putInt(32, colors).array();
  }

  private static byte[] png(int width, int height) {
    return ByteBuffer.allocate(40).putInt(0x89504e47).putInt(16, width).putInt(20, height).array();
  }

  /** Of images of 40 bytes. */
  private static byte[] icon(byte[]... images) {
    ByteBuffer icon = ByteBuffer.allocate(6 + 16 * images.length).order(ByteOrder.LITTLE_ENDIAN);
    icon.putShort((short) 0).putShort((short) 1).putShort((short) images.length);
    for (int i = 0; i < images.length; i++) {
      icon.putLong(0).putInt(images[i].length).putInt(icon.capacity() + 40 * i);
    }
    return SampleImages.concat(icon.array(), SampleImages.concat(images));
  }

  private static IcoDirectory largest(byte[] icon) {
    try {
      return IcoDirectory.largest(icon);
    } catch (RejectedImageException e) {
      throw new AssertionError(e);
    }
  }

  private static String rejection(byte[] icon) {
    try {
      return IcoDirectory.largest(icon).toString();
    } catch (RejectedImageException e) {
      return e.outcome().status() + ": " + e.outcome().reason();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1, 1, true",
    "0, 2, 1, true",
    "0, 2, 256, true",
    "0, 3, 1, false",
    "0, 0, 1, false",
    "1, 1, 1, false",
    "0, 1, 0, false"
  })
  void isToldByItsFirstBytes(int reserved, int type, int images, boolean isIco) {
    ByteBuffer start = ByteBuffer.allocate(6).order(ByteOrder.LITTLE_ENDIAN);
    start.putShort((short) reserved).putShort((short) type).putShort((short) images);
    assertThat(IcoDirectory.isIco(start.array())).isEqualTo(isIco);
    assertThat(IcoDirectory.isIco(Arrays.copyOf(start.array(), 5))).isFalse();
  }

  @Test
  void theLargestIsReadAndOfThoseTheDeepest() {
    byte[] small = bitmap(9, 9, 32, 0);
    assertThat(largest(icon(small, bitmap(20, 10, 8, 0), small)))
        .isEqualTo(new IcoDirectory(1, 6 + 48 + 40, 40, 20, 10, 8, false, 3));
    assertThat(largest(icon(small, bitmap(9, 9, 24, 0))).index()).isZero();
    assertThat(largest(icon(bitmap(9, 9, 24, 0), small)).index()).isEqualTo(1);
    assertThat(largest(icon(small, small)).index()).as("the first of equals").isZero();
    assertThat(largest(icon(small, bitmap(10, 8, 32, 0))).index()).as("80 pixels").isZero();
    assertThat(largest(icon(png(9, 10), small)))
        .isEqualTo(new IcoDirectory(0, 38, 40, 9, 10, 32, true, 2));
    assertThat(largest(icon(png(-1, -1), small)).width()).as("no overflow").isEqualTo(0xffffffffL);
  }

  @Test
  void aHeaderSaysWhatDecodesIt() {
    assertThat(largest(icon(png(300, 10))).header())
        .isEqualTo(
            new ImageHeader(ImageFormat.ICO, 300, 10, 1, ImageHeader.Decoder.TENSORFLOW, 12));
    byte[] small = bitmap(3, 2, 32, 0);
    assertThat(largest(icon(small, small)).header())
        .isEqualTo(new ImageHeader(ImageFormat.ICO, 3, 2, 2, ImageHeader.Decoder.IMAGE_IO, 12));
  }

  @Test
  void imagesThatAreCutOffDontCount() {
    byte[] icon = icon(bitmap(9, 9, 32, 0), bitmap(20, 20, 32, 0));
    byte[] cut = Arrays.copyOf(icon, icon.length - 1);
    assertThat(largest(cut).index()).isZero();
    assertThat(IcoDirectory.reachesEnd(icon)).isTrue();
    assertThat(IcoDirectory.reachesEnd(cut)).isFalse();
    assertThat(rejection(Arrays.copyOf(icon, 50)))
        .isEqualTo("TRUNCATED: ICO of 50 bytes that ends before its images");
    assertThat(rejection(Arrays.copyOf(icon, 38)))
        .isEqualTo("TRUNCATED: ICO of 38 bytes that ends before its images");
    assertThat(rejection(Arrays.copyOf(icon, 37)))
        .isEqualTo("TRUNCATED: ICO directory needs 38 bytes, the image has 37");
    assertThat(IcoDirectory.reachesEnd(Arrays.copyOf(icon, 37))).isFalse();
    byte[] empty = icon(bitmap(9, 9, 32, 0));
    ByteBuffer.wrap(empty).order(ByteOrder.LITTLE_ENDIAN).putInt(6 + 8, 0).putInt(6 + 12, 22);
    assertThat(IcoDirectory.reachesEnd(Arrays.copyOf(empty, 22))).as("of nothing").isTrue();
  }

  @ParameterizedTest
  @CsvSource({"256, 256, false", "257, 1, true", "1, 257, true"})
  void entriesHaveASideOfAByte(int width, int height, boolean isTooWide) {
    assertThat(largest(icon(bitmap(width, height, 32, 0))).isTooWideForItsEntry())
        .isEqualTo(isTooWide);
  }

  @Test
  void thePngIsThatOfItsEntry() {
    assertThat(largest(icon(bitmap(1, 1, 1, 0), png(3, 2))).png(icon(png(1, 1), png(3, 2))))
        .isEqualTo(png(3, 2));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 8, 9, 24, 32})
  void entriesSayWhatTheBitmapHas(int bits) {
    byte[] icon = icon(bitmap(9, 9, 1, 0), bitmap(20, 20, bits, 0));
    int entry = 6 + 16;
    Arrays.fill(icon, entry + 4, entry + 8, (byte) 30);
    byte[] honest = largest(icon).withOwnColors(icon);
    byte[] expected = icon.clone();
    if (bits > 8) {
      expected[entry + 2] = 2;
    } else {
      expected[entry + 6] = (byte) bits;
      expected[entry + 7] = 0;
    }
    assertThat(honest).isEqualTo(expected);
    byte[] told = icon.clone();
    told[entry + 2] = 16;
    byte[] toldHonest = largest(told).withOwnColors(told);
    assertThat(toldHonest[entry + 6]).isEqualTo((byte) 30);
    assertThat(toldHonest[entry + 2]).isEqualTo((byte) (bits > 8 ? 2 : 16));
    byte[] cursor = icon.clone();
    cursor[2] = 2;
    assertThat(largest(cursor).withOwnColors(cursor)[entry + 6])
        .as("a hot spot")
        .isEqualTo((byte) 30);
  }

  /** A file header of 14 bytes, the bitmap's header, a palette, and the pixels. */
  @ParameterizedTest
  @CsvSource({"1, 0, 62", "8, 0, 1078", "8, 16, 118", "9, 16, 54", "24, 0, 54"})
  void aBitmapBecomesAFile(int bits, int colors, int pixelsAt) throws RejectedImageException {
    byte[] bitmap = bitmap(20, 10, bits, colors);
    byte[] icon = icon(bitmap);
    ByteBuffer bmp = ByteBuffer.wrap(largest(icon).bmp(icon)).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(bmp.capacity()).isEqualTo(54);
    assertThat(bmp.getShort(0)).isEqualTo((short) ('B' | 'M' << 8));
    assertThat(bmp.getInt(2)).isEqualTo(54);
    assertThat(bmp.getInt(6)).isZero();
    assertThat(bmp.getInt(10)).isEqualTo(pixelsAt);
    assertThat(bmp.getInt(14 + 8)).as("height without the mask").isEqualTo(10);
    byte[] rest = Arrays.copyOfRange(bmp.array(), 14, 54);
    ByteBuffer.wrap(rest).order(ByteOrder.LITTLE_ENDIAN).putInt(8, 20);
    assertThat(rest).isEqualTo(bitmap);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 39, 41, -1})
  void aBitmapHasAHeaderThatFits(int header) {
    byte[] bitmap = bitmap(20, 10, 8, 0);
    ByteBuffer.wrap(bitmap).order(ByteOrder.LITTLE_ENDIAN).putInt(0, header);
    byte[] icon = icon(bitmap);
    try {
      largest(icon).bmp(icon);
      throw new AssertionError("taken");
    } catch (RejectedImageException e) {
      assertThat(e.outcome())
          .isEqualTo(
              new ImageOutcome.Rejected(
                  ImageStatus.CORRUPT,
                  "ICO with a bitmap header of " + (header & 0xffffffffL) + " bytes"));
    }
  }
}
