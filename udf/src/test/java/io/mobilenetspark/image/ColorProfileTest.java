package io.mobilenetspark.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.testing.Cases;
import io.mobilenetspark.testing.SampleImages;
import io.mobilenetspark.testing.TestProfiles;
import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ColorProfileTest {

  private static final ImageOptions IGNORE = TestReader.options(1, 1);
  private static final ImageOptions SRGB =
      IGNORE.with(ImageSettings.COLOR_PROFILE, ColorProfile.SRGB);
  private static final int[][] COLORS = colors();
  private static TestReader reader;

  @BeforeAll
  static void open() {
    reader = new TestReader();
  }

  @AfterAll
  static void close() {
    reader.close();
  }

  /** All corners, grays, and colors between; 1,000 of them. */
  private static int[][] colors() {
    int[][] image = new int[10][100];
    for (int i = 0; i < 1_000; i++) {
      int red = i / 100 * 255 / 9;
      int green = i / 10 % 10 * 255 / 9;
      int blue = i % 10 * 255 / 9;
      image[i / 100][i % 100] = 0xff000000 | red << 16 | green << 8 | blue;
    }
    return image;
  }

  private static byte[] expected() {
    byte[] rgb = new byte[3_000];
    for (int i = 0; i < 1_000; i++) {
      int color = COLORS[i / 100][i % 100];
      int[] srgb =
          TestProfiles.adobeRgbToSrgb(
              new int[] {color >> 16 & 0xff, color >> 8 & 0xff, color & 0xff});
      for (int c = 0; c < 3; c++) {
        rgb[3 * i + c] = (byte) srgb[c];
      }
    }
    return rgb;
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "tiff", "bmp", "psd"})
  void colorsOfLosslessFormatsAreThoseOfTheFormulas(String format) {
    byte[] profile = TestProfiles.adobeRgb();
    byte[] file =
        switch (format) {
          case "png" -> TestProfiles.png(COLORS, profile);
          case "tiff" -> tiff(COLORS, profile);
          case "bmp" -> bmp(COLORS, profile);
          default -> psd(COLORS, profile);
        };
    byte[] plain = decoded(SampleImages.png(COLORS), IGNORE);
    assertThat(decoded(file, IGNORE)).as("ignore").isEqualTo(plain);
    assertThat(furthest(decoded(file, SRGB), expected())).isLessThanOrEqualTo(2);
    assertThat(furthest(plain, expected())).isGreaterThan(40);
  }

  @ParameterizedTest
  @ValueSource(ints = {60_000, 200, 117})
  void profileOfJpegIsPutTogether(int part) {
    byte[] plain = SampleImages.file(blocks(), "jpg", BufferedImage.TYPE_INT_RGB);
    byte[] file = TestProfiles.jpeg(plain, TestProfiles.adobeRgb(), part);
    byte[] stored = decoded(plain, IGNORE);
    assertThat(decoded(file, IGNORE)).isEqualTo(stored);
    byte[] converted = decoded(file, SRGB);
    for (int i = 0; i < stored.length; i += 3) {
      int[] srgb =
          TestProfiles.adobeRgbToSrgb(
              new int[] {stored[i] & 0xff, stored[i + 1] & 0xff, stored[i + 2] & 0xff});
      for (int c = 0; c < 3; c++) {
        assertThat(converted[i + c] & 0xff).isBetween(srgb[c] - 2, srgb[c] + 2);
      }
    }
  }

  @Test
  void profileOfWebpIsFound() {
    byte[] plain = Corpus.file("data/images/webp/2/1.sm.webp"); // 320 x 214, no metadata
    byte[] profile = TestProfiles.adobeRgb();
    ByteBuffer extended = ByteBuffer.allocate(30).order(ByteOrder.LITTLE_ENDIAN);
    extended.put(plain, 0, 4).putInt(plain.length + 18 + 8 + profile.length - 8).put(plain, 8, 4);
    extended.put("VP8X".getBytes(StandardCharsets.US_ASCII)).putInt(10).putInt(0x20);
    extended.putShort((short) 319).put((byte) 0).putShort((short) 213).put((byte) 0);
    ByteBuffer chunk = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    chunk.put("ICCP".getBytes(StandardCharsets.US_ASCII)).putInt(profile.length);
    byte[] file =
        SampleImages.concat(
            extended.array(), chunk.array(), profile, Arrays.copyOfRange(plain, 12, plain.length));
    assertThat(decoded(file, IGNORE)).isEqualTo(decoded(plain, IGNORE));
    assertThat(decoded(file, SRGB)).isNotEqualTo(decoded(plain, IGNORE));
  }

  /** What has no profile is sRGB: nothing moves. */
  @Test
  void imageWithoutProfileStaysAsItIs() {
    for (String name : new String[] {"jpeg/cmyk-sample-no-icc.jpg", "jpeg/5dhtsegments.jpg"}) {
      assertThat(decoded(Corpus.file(name), SRGB)).isEqualTo(decoded(Corpus.file(name), IGNORE));
    }
  }

  /** The inks of a printed photograph, by its own profile: other colors, the same picture. */
  @ParameterizedTest
  @ValueSource(strings = {"jpeg/cmyk-sample-multiple-chunk-icc.jpg", "psd/cmyk_8bits.psd"})
  void inksAreConvertedByTheirProfile(String name) {
    byte[] ignored = decoded(Corpus.file(name), IGNORE);
    byte[] converted = decoded(Corpus.file(name), SRGB);
    double difference = 0;
    for (int i = 0; i < ignored.length; i++) {
      difference += Math.abs((ignored[i] & 0xff) - (converted[i] & 0xff));
    }
    assertThat(difference / ignored.length).isBetween(2.0, 60.0);
  }

  /** None fails its image, and none keeps a thread or takes much memory. */
  @Test
  void brokenProfilesAreTakenForSrgb() {
    byte[] profile = TestProfiles.displayP3();
    byte[] plain = decoded(SampleImages.png(COLORS), IGNORE);
    for (int length : new int[] {0, 1, 127, 131, 132, 200}) {
      byte[] file = TestProfiles.png(COLORS, Arrays.copyOf(profile, length));
      assertThat(decoded(file, SRGB)).as("%d bytes", length).isEqualTo(plain);
    }
    byte[] huge = TestProfiles.png(COLORS, Arrays.copyOf(profile, 17 << 20));
    assertThat(decoded(huge, SRGB)).as("17 MiB").isEqualTo(plain);
    long seed = Cases.seed(ColorProfileTest.class);
    for (int i = 0; i < Cases.count(500, 20_000); i++) {
      Random random = new Random(seed + i);
      byte[] mutant = profile.clone();
      for (int flips = 1 + random.nextInt(8); flips > 0; flips--) {
        int within = random.nextBoolean() ? 260 : mutant.length;
        mutant[random.nextInt(within)] = (byte) random.nextInt();
      }
      assertThat(reader.outcome(TestReader.encoded(TestProfiles.png(COLORS, mutant)), SRGB))
          .as("mutant %d of seed %d", i, seed)
          .isInstanceOf(ImageOutcome.Read.class);
    }
  }

  private static byte[] decoded(byte[] file, ImageOptions options) {
    return reader.decoded(TestReader.encoded(file), options);
  }

  private static int furthest(byte[] a, byte[] b) {
    assertThat(a).hasSameSizeAs(b);
    int furthest = 0;
    for (int i = 0; i < a.length; i++) {
      furthest = Math.max(furthest, Math.abs((a[i] & 0xff) - (b[i] & 0xff)));
    }
    return furthest;
  }

  private static int[][] blocks() {
    int[][] image = new int[32][64];
    for (int y = 0; y < 32; y++) {
      for (int x = 0; x < 64; x++) {
        image[y][x] = COLORS[y / 16 * 5][x / 16 * 31];
      }
    }
    return image;
  }

  private static byte[] tiff(int[][] image, byte[] profile) {
    byte[] pixels = planes(image, 1);
    int width = image[0].length;
    int directory = 8 + pixels.length + profile.length;
    ByteBuffer tiff = ByteBuffer.allocate(directory + 200).order(ByteOrder.LITTLE_ENDIAN);
    tiff.put((byte) 'I').put((byte) 'I').putShort((short) 42).putInt(directory);
    tiff.put(pixels).put(profile).putShort((short) 9);
    int[][] tags = {
      {256, 3, 1, width}, {257, 3, 1, image.length}, {258, 3, 1, 8}, {259, 3, 1, 1},
      {262, 3, 1, 2}, {273, 4, 1, 8}, {277, 3, 1, 3}, {279, 4, 1, pixels.length},
      {34_675, 7, profile.length, 8 + pixels.length}
    };
    for (int[] tag : tags) {
      tiff.putShort((short) tag[0]).putShort((short) tag[1]).putInt(tag[2]).putInt(tag[3]);
    }
    return tiff.array();
  }

  private static byte[] bmp(int[][] image, byte[] profile) {
    byte[] plain = SampleImages.file(image, "bmp", BufferedImage.TYPE_3BYTE_BGR);
    byte[] pixels = Arrays.copyOfRange(plain, 54, plain.length);
    ByteBuffer bmp =
        ByteBuffer.allocate(138 + pixels.length + profile.length).order(ByteOrder.LITTLE_ENDIAN);
    bmp.put(plain, 0, 54).put(pixels, 0, 0).putInt(10, 138).putInt(14, 124).position(138);
    bmp.put(pixels).put(profile);
    bmp.putInt(14 + 56, 0x4d424544).putInt(14 + 112, 124 + pixels.length);
    return bmp.putInt(14 + 116, profile.length).array();
  }

  private static byte[] psd(int[][] image, byte[] profile) {
    byte[] pixels = planes(image, image.length * image[0].length);
    ByteBuffer psd = ByteBuffer.allocate(100 + profile.length + pixels.length);
    psd.put("8BPS".getBytes(StandardCharsets.US_ASCII)).putShort((short) 1).put(new byte[6]);
    psd.putShort((short) 3).putInt(image.length).putInt(image[0].length);
    psd.putShort((short) 8).putShort((short) 3).putInt(0);
    int padded = (profile.length + 1) / 2 * 2;
    psd.putInt(12 + padded).put("8BIM".getBytes(StandardCharsets.US_ASCII));
    psd.putShort((short) 1039).putShort((short) 0).putInt(profile.length).put(profile);
    psd.position(psd.position() + padded - profile.length);
    psd.putInt(0).putShort((short) 0).put(pixels);
    return Arrays.copyOf(psd.array(), psd.position());
  }

  /** Red, green and blue, each value so many bytes behind the one before: 1 interleaves them. */
  private static byte[] planes(int[][] image, int step) {
    int width = image[0].length;
    byte[] bytes = new byte[3 * width * image.length];
    for (int i = 0; i < width * image.length; i++) {
      int color = image[i / width][i % width];
      int at = step == 1 ? 3 * i : i;
      for (int c = 0; c < 3; c++) {
        bytes[at + c * step] = (byte) (color >> (16 - 8 * c));
      }
    }
    return bytes;
  }
}
