package io.mobilenetspark.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.testing.SampleImages;
import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OrientationTest {

  private static final ImageOptions APPLY = TestReader.options(1, 1);
  private static final ImageOptions IGNORE =
      APPLY.with(ImageSettings.EXIF_ORIENTATION, ExifOrientation.IGNORE);
  private static TestReader reader;

  @BeforeAll
  static void open() {
    reader = new TestReader();
  }

  @AfterAll
  static void close() {
    reader.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void pngOfAnyOrientationIsUpright(int orientation) {
    int[][] upright = noise(5, 7);
    byte[] png = SampleImages.png(SampleImages.stored(upright, orientation));
    byte[] turned = SampleImages.withChunk(png, "eXIf", SampleImages.exif(orientation));

    assertThat(decoded(turned, APPLY)).isEqualTo(decoded(SampleImages.png(upright), APPLY));
    assertThat(decoded(turned, IGNORE)).isEqualTo(decoded(png, APPLY));
    assertThat(reader.outcome(TestReader.encoded(turned), APPLY))
        .isEqualTo(new ImageOutcome.Read(ImageFormat.PNG, 7, 5, null));
  }

  /**
   * A JPEG survives a turn without loss if it consists of whole blocks of one gray each: their
   * transforms have a constant term only, which no turn changes.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void jpegOfAnyOrientationIsUpright(int orientation) {
    int[][] upright = grayBlocks(3, 4);
    byte[] jpeg = jpeg(SampleImages.stored(upright, orientation));
    byte[] turned = SampleImages.withExif(jpeg, SampleImages.exif(orientation));

    assertThat(decoded(turned, APPLY)).isEqualTo(decoded(jpeg(upright), APPLY));
    assertThat(decoded(turned, IGNORE)).isEqualTo(decoded(jpeg, APPLY));
  }

  /** Photographs that were turned and compressed anew: alike, not equal. */
  @ParameterizedTest
  @ValueSource(strings = {"Landscape", "Portrait"})
  void realPhotographsAreUpright(String name) {
    byte[] upright = decoded(Corpus.file(String.format(Locale.ROOT, "exif/%s_1.jpg", name)), APPLY);
    for (int orientation = 2; orientation <= 8; orientation++) {
      byte[] file = Corpus.file(String.format(Locale.ROOT, "exif/%s_%d.jpg", name, orientation));
      assertThat(meanDifference(decoded(file, APPLY), upright))
          .as("orientation %d", orientation)
          .isLessThan(4);
      assertThat(meanDifference(decoded(file, IGNORE), upright))
          .as("orientation %d, ignored", orientation)
          .isGreaterThan(20);
    }
  }

  @Test
  void tiffsOwnTagIsApplied() {
    int[][] upright = noise(4, 6);
    byte[] plain =
        SampleImages.file(SampleImages.stored(upright, 6), "tiff", BufferedImage.TYPE_INT_RGB);
    byte[] expected =
        decoded(SampleImages.file(upright, "tiff", BufferedImage.TYPE_INT_RGB), APPLY);
    assertThat(decoded(plain, APPLY)).isNotEqualTo(expected);
    assertThat(decoded(withOrientationTag(plain, 6), APPLY)).isEqualTo(expected);
  }

  @Test
  void webpsExifChunkIsApplied() {
    byte[] plain = Corpus.file("data/images/webp/2/1.sm.webp"); // 320 x 214, no metadata
    byte[] stored = decoded(plain, APPLY);
    byte[] exif = SampleImages.exif(6);
    ByteBuffer extended = ByteBuffer.allocate(30).order(ByteOrder.LITTLE_ENDIAN);
    extended.put(plain, 0, 4).putInt(plain.length + 18 + 8 + exif.length - 8).put(plain, 8, 4);
    extended.put("VP8X".getBytes(StandardCharsets.US_ASCII)).putInt(10).putInt(8); // has EXIF
    extended.putShort((short) 319).put((byte) 0).putShort((short) 213).put((byte) 0);
    ByteBuffer chunk = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    chunk.put("EXIF".getBytes(StandardCharsets.US_ASCII)).putInt(exif.length);
    byte[] turned =
        SampleImages.concat(
            extended.array(), Arrays.copyOfRange(plain, 12, plain.length), chunk.array(), exif);

    assertThat(decoded(turned, IGNORE)).isEqualTo(stored);
    assertThat(reader.outcome(TestReader.encoded(turned), APPLY))
        .isEqualTo(new ImageOutcome.Read(ImageFormat.WEBP, 214, 320, null));
    // Stored for a turn to the right, the upright picture is what is stored.
    byte[] upright = decoded(turned, APPLY);
    assertThat(SampleImages.stored(SampleImages.ofRgb(upright, 320, 214), 6))
        .isDeepEqualTo(SampleImages.ofRgb(stored, 214, 320));
  }

  /** Broken metadata is common in files that every viewer shows. */
  @Test
  void brokenExifNeverFailsAnImage() {
    int[][] image = grayBlocks(2, 2);
    byte[] expected = decoded(jpeg(image), APPLY);
    byte[] whole = SampleImages.exif(6);
    for (int length = 0; length < whole.length; length++) {
      byte[] file = SampleImages.withExif(jpeg(image), Arrays.copyOf(whole, length));
      assertThat(reader.outcome(TestReader.encoded(file), APPLY))
          .as("EXIF of %d bytes", length)
          .isInstanceOf(ImageOutcome.Read.class);
    }
    for (int value : new int[] {0, 9, 255, 65_535}) {
      byte[] file = SampleImages.withExif(jpeg(image), SampleImages.exif(value));
      assertThat(decoded(file, APPLY)).as("orientation %d", value).isEqualTo(expected);
    }
    Random random = new Random(7);
    for (int i = 0; i < 500; i++) {
      byte[] exif = whole.clone();
      for (int flips = 0; flips < 4; flips++) {
        exif[random.nextInt(exif.length)] = (byte) random.nextInt();
      }
      assertThat(
              reader.outcome(TestReader.encoded(SampleImages.withExif(jpeg(image), exif)), APPLY))
          .as("EXIF %s", TestReader.hex(exif))
          .isInstanceOf(ImageOutcome.Read.class);
    }
  }

  private static byte[] decoded(byte[] file, ImageOptions options) {
    return reader.decoded(TestReader.encoded(file), options);
  }

  private static byte[] jpeg(int[][] image) {
    return SampleImages.file(image, "jpg", BufferedImage.TYPE_INT_RGB);
  }

  private static int[][] noise(int height, int width) {
    Random random = new Random(42);
    int[][] image = new int[height][width];
    for (int[] row : image) {
      Arrays.setAll(row, x -> 0xff000000 | random.nextInt(1 << 24));
    }
    return image;
  }

  /** Blocks of 16 x 16 pixels, the largest that a JPEG with halved color is coded in. */
  private static int[][] grayBlocks(int rows, int columns) {
    int[][] image = new int[16 * rows][16 * columns];
    for (int y = 0; y < image.length; y++) {
      for (int x = 0; x < image[0].length; x++) {
        int gray = 16 * (1 + y / 16 * columns + x / 16);
        image[y][x] = 0xff000000 | gray << 16 | gray << 8 | gray;
      }
    }
    return image;
  }

  private static double meanDifference(byte[] a, byte[] b) {
    assertThat(a).hasSameSizeAs(b);
    long sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += Math.abs((a[i] & 0xff) - (b[i] & 0xff));
    }
    return (double) sum / a.length;
  }

  /** The writer puts an upright orientation into the directory; this is another one. */
  private static byte[] withOrientationTag(byte[] tiff, int orientation) {
    byte[] changed = tiff.clone();
    boolean isLittle = tiff[0] == 'I';
    int directory = number(tiff, 4, 4, isLittle);
    int entries = number(tiff, directory, 2, isLittle);
    for (int i = 0; i < entries; i++) {
      int entry = directory + 2 + 12 * i;
      if (number(tiff, entry, 2, isLittle) == 274) {
        put(changed, entry + 8, orientation, 2, isLittle);
        return changed;
      }
    }
    throw new AssertionError("no entry to change");
  }

  private static int number(byte[] bytes, int at, int length, boolean isLittle) {
    int value = 0;
    for (int i = 0; i < length; i++) {
      value = value << 8 | (bytes[isLittle ? at + length - 1 - i : at + i] & 0xff);
    }
    return value;
  }

  private static void put(byte[] bytes, int at, int value, int length, boolean isLittle) {
    for (int i = 0; i < length; i++) {
      bytes[isLittle ? at + i : at + length - 1 - i] = (byte) (value >> (8 * i));
    }
  }
}
