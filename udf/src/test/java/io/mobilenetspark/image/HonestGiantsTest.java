package io.mobilenetspark.image;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.testing.SampleImages;
import io.mobilenetspark.testing.TestProfiles;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Large and slow to decode, but nobody's bomb: the bounds on work refuse none of them. */
class HonestGiantsTest {

  private static BombTrial bombs;

  @BeforeAll
  static void open() {
    bombs = new BombTrial();
  }

  @AfterAll
  static void close() {
    bombs.close();
  }

  /** Large and slow to decode, but nobody's bomb. */
  @Test
  void honestGiantsPass() {
    BufferedImage photograph = BombTrial.smooth(4_000, 3_000);
    bombs.measure(
        "photograph of 12 megapixels, JPEG",
        BombTrial.written("jpeg", photograph, null, 0.95f),
        BombTrial.OPTIONS);
    ImageOptions turned =
        new ImageOptions(
            ImageSize.square(224), ResizeMethod.BILINEAR_ANTIALIAS, ImageLimits.DEFAULT);
    byte[] progressive = BombTrial.written("jpeg", photograph, "progressive", 0.95f);
    bombs.measure(
        "the same, progressive and turned",
        SampleImages.withExif(progressive, SampleImages.exif(6)),
        turned);
    bombs.measure(
        "the same, PNG", BombTrial.written("png", photograph, null, 0), BombTrial.OPTIONS);
    JpegBombs hundred =
        new JpegBombs(JpegBombs.PROGRESSIVE, 4_000, 3_000, 3, 2).sparseTables().scan(0, 0, 0x01);
    for (int i = 0; i < 99; i++) {
      int band = 1 + 2 * (i / 3 % 31);
      hundred.scanOf(1 + i % 3, band, band + 1, 0, JpegBombs.noise(60_000, i));
    }
    bombs.measure("12 megapixels in 100 scans, JPEG", hundred.end(), BombTrial.OPTIONS);
  }

  /** Of the size of today's largest cameras where the format's own costs allow it. */
  @Tag("slow")
  @Test
  void largeFilesOfEveryFormatPass() {
    BufferedImage photograph = BombTrial.smooth(5_000, 4_000);
    for (String format : new String[] {"bmp", "gif", "tiff"}) {
      byte[] file = BombTrial.written(format, photograph, null, 0);
      bombs.measure("20 megapixels, " + format, file, BombTrial.OPTIONS);
    }
    for (String compression : new String[] {"LZW", "Deflate", "PackBits", "JPEG"}) {
      byte[] tiff =
          BombTrial.written("tiff", photograph, compression, compression.equals("JPEG") ? 0.9f : 0);
      bombs.measure("20 megapixels, TIFF of " + compression, tiff, BombTrial.OPTIONS);
    }
    BufferedImage twelve = BombTrial.smooth(4_000, 3_000);
    bombs.measure(
        "12 megapixels, lossy WebP",
        BombTrial.written("webp", twelve, "Lossy", 0.9f),
        BombTrial.OPTIONS);
    bombs.measure(
        "6 megapixels, lossless WebP",
        BombTrial.written("webp", BombTrial.smooth(3_000, 2_000), "Lossless", 0.5f),
        BombTrial.OPTIONS);
    bombs.measure(
        "6 megapixels of noise, PNG",
        BombTrial.written("png", BombTrial.noise(2_500, BufferedImage.TYPE_INT_RGB), null, 0),
        BombTrial.OPTIONS);
    bombs.measure(
        "12 megapixels, PPM as text",
        HeapBombs.pnm("P3\n4000 3000\n255\n", "17 138 201 ", 11L * 12_000_000),
        BombTrial.OPTIONS);
    bombs.measure("16 megapixels, TGA of runs", HeapBombs.tga(10, 24, 4_000, 8), BombTrial.OPTIONS);
    bombs.measure(
        "16 megapixels, PSD of runs", HeapBombs.psd(3, 3, 8, 4_000, 4, 100), BombTrial.OPTIONS);
  }

  /** What cameras and editors put beside the pixels. */
  @Test
  void largeMetadataPasses() {
    byte[] jpeg = BombTrial.written("jpeg", BombTrial.smooth(4_000, 3_000), null, 0.9f);
    byte[] thumbnail = BombTrial.written("jpeg", BombTrial.smooth(160, 120), null, 0.9f);
    byte[] exif = SampleImages.concat(SampleImages.exif(6), thumbnail);
    byte[] xmp = new byte[60_000];
    Arrays.fill(xmp, (byte) ' ');
    byte[] file =
        SampleImages.concat(
            Arrays.copyOf(jpeg, 2),
            new byte[] {-1, (byte) 0xe1, (byte) 0xea, 0x62},
            xmp,
            Arrays.copyOfRange(jpeg, 2, jpeg.length));
    bombs.measure(
        "JPEG with a thumbnail and notes", SampleImages.withExif(file, exif), BombTrial.OPTIONS);
    byte[] profile = Arrays.copyOf(TestProfiles.tables(3), 3 << 20);
    ByteBuffer.wrap(profile).putInt(profile.length);
    byte[] smaller = BombTrial.written("jpeg", BombTrial.smooth(3_600, 2_700), null, 0.9f);
    bombs.measure(
        "9.7 megapixels with a profile of 3 MB, JPEG",
        TestProfiles.jpeg(smaller, profile, 65_000),
        BombTrial.OPTIONS.with(ImageSettings.COLOR_PROFILE, ColorProfile.SRGB));
  }

  @Test
  void longAnimationsPass() {
    byte[] still = BombTrial.written("gif", BombTrial.smooth(400, 300), null, 0);
    int frame = gifBlocks(still);
    byte[] body = Arrays.copyOfRange(still, frame, still.length - 1);
    ByteArrayOutputStream gif = new ByteArrayOutputStream();
    gif.write(still, 0, frame);
    for (int i = 0; i < 500; i++) {
      gif.writeBytes(body);
    }
    gif.write(0x3b);
    bombs.measure("GIF of 500 frames", gif.toByteArray(), BombTrial.OPTIONS);
    byte[] webp = BombTrial.written("webp", BombTrial.smooth(400, 300), "Lossy", 0.8f);
    bombs.measure("WebP of 300 frames", animation(webp, 400, 300, 300), BombTrial.OPTIONS);
  }

  /** Where the blocks begin, behind the screen's palette. */
  private static int gifBlocks(byte[] gif) {
    return 13 + ((gif[10] & 0x80) == 0 ? 0 : 3 << ((gif[10] & 7) + 1));
  }

  private static byte[] animation(byte[] still, int width, int height, int frames) {
    byte[] image = Arrays.copyOfRange(still, 12, still.length);
    ByteBuffer file =
        ByteBuffer.allocate(30 + 14 + frames * (24 + image.length)).order(ByteOrder.LITTLE_ENDIAN);
    file.put(TestReader.latin1("RIFF")).putInt(file.capacity() - 8);
    file.put(TestReader.latin1("WEBPVP8X")).putInt(10).putInt(2);
    file.put(u24(width - 1)).put(u24(height - 1));
    file.put(TestReader.latin1("ANIM")).putInt(6).putInt(0).putShort((short) 0);
    for (int i = 0; i < frames; i++) {
      file.put(TestReader.latin1("ANMF")).putInt(16 + image.length).put(new byte[6]);
      file.put(u24(width - 1)).put(u24(height - 1)).putInt(40).put(image);
    }
    return file.array();
  }

  private static byte[] u24(int value) {
    return new byte[] {(byte) value, (byte) (value >> 8), (byte) (value >> 16)};
  }
}
