package io.mobilenetspark.image;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.testing.SampleImages;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Small files that claim much, and what they cost. */
class LimitsTest {

  private static final ImageOptions OPTIONS = TestReader.options(8, 8);
  private static TestReader reader;

  @BeforeAll
  static void open() {
    reader = new TestReader();
  }

  @AfterAll
  static void close() {
    reader.close();
  }

  /**
   * 10.8 GB of pixels in a file of some kilobytes; the file is whole, so that it could be inflated.
   */
  @Test
  void hugePngCostsNoMemory() throws IOException {
    byte[] bomb = huge(60_000, 60_000);
    assertThat(bomb).hasSizeLessThan(64 << 10);
    costsLessThan(
        16,
        () ->
            assertThat(rejection(bomb))
                .isEqualTo(
                    "TOO_MANY_PIXELS: PNG of 60000 x 60000 = 3600000000 pixels, the limit is"
                        + " 89478485"));
  }

  @Test
  void productOfSidesDoesNotOverflow() throws IOException {
    assertThat(rejection(huge(0x7fffffff, 0x7fffffff)))
        .startsWith("TOO_MANY_PIXELS: PNG of 2147483647 x 2147483647 pixels, the longest side");
    assertThat(rejection(huge(65_535, 65_535))).startsWith("TOO_MANY_PIXELS: PNG of 65535 x 65535");
  }

  /** Profiles and texts of 512 MB when inflated, in front of a picture of four pixels. */
  @Test
  void inflatablePngChunksCostNoMemory() throws IOException {
    byte[] png = SampleImages.png(new int[][] {{0xff112233, 0xff445566}, {0xff778899, 0xffaabbcc}});
    byte[] expected = reader.decoded(TestReader.encoded(png), OPTIONS);
    byte[] zeros = deflatedZeros(512 << 20);
    byte[] name = "bomb\0\0".getBytes(StandardCharsets.US_ASCII);
    byte[] international = "bomb\0\1\0\0\0".getBytes(StandardCharsets.US_ASCII);
    byte[] bomb =
        SampleImages.withChunk(
            SampleImages.withChunk(
                SampleImages.withChunk(png, "iCCP", SampleImages.concat(name, zeros)),
                "zTXt",
                SampleImages.concat(name, zeros)),
            "iTXt",
            SampleImages.concat(international, zeros));
    costsLessThan(
        32,
        () -> assertThat(reader.decoded(TestReader.encoded(bomb), OPTIONS)).isEqualTo(expected));
  }

  @Test
  void framesAreCounted() {
    byte[] animation = Corpus.file("data/images/gif/animated/1/animated.gif");
    GifBlocks blocks = blocks(animation);
    assertThat(blocks.frames()).isGreaterThan(1);
    ImageOptions still = limited(new ImageLimits(1 << 30, 1 << 30, 65_535, 1));
    assertThat(reader.rejection(TestReader.encoded(animation), still))
        .isEqualTo(
            String.format(
                Locale.ROOT,
                "TOO_MANY_FRAMES: GIF of %d frames or pages, the limit is 1",
                blocks.frames()));
    assertThat(
            reader.rejection(
                TestReader.encoded(Corpus.file("images/webp/animation/example.webp")), still))
        .startsWith("TOO_MANY_FRAMES: WEBP of");
    assertThat(
            reader.rejection(
                TestReader.encoded(Corpus.file("data/images/tiff/13/BigTIFFSubIFD8.tif")), OPTIONS))
        .isEqualTo("OK");
  }

  /** The entry of its directory gives the PNG fewer bytes than its header has. */
  @Test
  void anIconsEntryMayBeTooShortForItsImage() {
    byte[] icon = made("png.ico");
    assertThat(reader.rejection(TestReader.encoded(icon), OPTIONS)).isEqualTo("OK");
    for (int length : new int[] {0, 1, 24, 25, 39}) {
      byte[] cut = icon.clone();
      ByteBuffer.wrap(cut).order(ByteOrder.LITTLE_ENDIAN).putInt(14, length);
      assertThat(reader.rejection(TestReader.encoded(cut), OPTIONS))
          .isEqualTo("TRUNCATED: ICO of " + icon.length + " bytes that ends before its images");
    }
  }

  private static byte[] made(String name) {
    return requireNonNull(ClaimedFiles.all().get(name), name);
  }

  /** The reader makes the palette of 2^30 colors that the entry's bits a pixel can have. */
  @Test
  void anIconsEntryMayClaimMoreColorsThanItsBitmap() {
    for (int bits : new int[] {24, 30}) {
      byte[] icon = made("bitmap24.ico");
      ByteBuffer.wrap(icon)
          .order(ByteOrder.LITTLE_ENDIAN)
          .putShort(12, (short) bits)
          .putShort(22 + 14, (short) 1);
      ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
      assertThat(reader.rejection(TestReader.encoded(icon), OPTIONS)).isEqualTo("OK");
      assertThat(threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before)
          .as("bytes of the heap")
          .isLessThan(16 << 20);
    }
  }

  /**
   * ImageIO's reader takes the lower half of a BigTIFF's count whose upper half is negative: here
   * one value, 32,767 samples a pixel, where the count alone would end the directory.
   */
  @Test
  void aNegativeCountOf64BitsIsReadAsTheDecoderReadsIt() {
    byte[] tiff = Corpus.file("data/images/tiff/13/BigTIFF.tif").clone();
    ByteBuffer buffer = ByteBuffer.wrap(tiff).order(ByteOrder.LITTLE_ENDIAN);
    int samples = (int) buffer.getLong(8) + 8 + 20 * 5;
    assertThat(buffer.getShort(samples)).isEqualTo((short) 277);
    buffer.putLong(samples + 4, 0xffff_0000_0000_0001L);
    assertThat(reader.rejection(TestReader.encoded(tiff), OPTIONS)).isEqualTo("OK");
    buffer.putShort(samples + 12, (short) 0x7fff);
    assertThat(reader.rejection(TestReader.encoded(tiff), OPTIONS))
        .isEqualTo("CORRUPT: TIFF of 32767 samples a pixel, 8 bits each");
  }

  /** A thousand frames that fill a large canvas; the first is all that is unpacked. */
  @Test
  void framesBehindTheFirstCostNothing() {
    int[][] image = new int[1_000][1_000];
    for (int[] row : image) {
      Arrays.fill(row, 0xff808080);
    }
    byte[] gif = SampleImages.file(image, "gif", BufferedImage.TYPE_BYTE_INDEXED);
    int frame = frameStart(gif);
    byte[] one = Arrays.copyOfRange(gif, frame, gif.length - 1);
    ByteArrayOutputStream bomb = new ByteArrayOutputStream();
    bomb.write(gif, 0, frame);
    for (int i = 0; i < 1_000; i++) {
      bomb.writeBytes(one);
    }
    bomb.write(0x3b);
    assertThat(blocks(bomb.toByteArray()).frames()).isEqualTo(1_000);
    costsLessThan(64, () -> assertThat(rejection(bomb.toByteArray())).isEqualTo("OK"));
  }

  @Test
  void encodedBytesAreLimited() {
    byte[] file = Corpus.file("jpeg/5dhtsegments.jpg");
    assertThat(
            reader.rejection(
                TestReader.encoded(file), limited(new ImageLimits(file.length - 1, 1 << 20, 999))))
        .isEqualTo("TOO_LARGE: the image has 9322 bytes, the limit is 9321");
    assertThat(
            reader.rejection(
                TestReader.encoded(file), limited(new ImageLimits(file.length, 211 * 167, 211))))
        .isEqualTo("OK");
    assertThat(
            reader.rejection(
                TestReader.encoded(file),
                limited(new ImageLimits(file.length, 211 * 167 - 1, 211))))
        .startsWith("TOO_MANY_PIXELS: JPEG of 211 x 167 = 35237 pixels");
    assertThat(
            reader.rejection(
                TestReader.encoded(file), limited(new ImageLimits(file.length, 211 * 167, 210))))
        .startsWith("TOO_MANY_PIXELS: JPEG of 211 x 167 pixels, the longest side allowed is 210");
  }

  /** One tile of 60,000 x 60,000 around an image of one pixel. */
  @Test
  void hugeTiffTileCostsNoMemory() {
    ByteBuffer tiff = ByteBuffer.allocate(300).order(ByteOrder.LITTLE_ENDIAN);
    tiff.put((byte) 'I').put((byte) 'I').putShort((short) 42).putInt(8).putShort((short) 9);
    int[][] tags = {
      {256, 1},
      {257, 1},
      {258, 8},
      {259, 1},
      {262, 1},
      {322, 60_000},
      {323, 60_000},
      {324, 8},
      {325, 100}
    };
    for (int[] tag : tags) {
      tiff.putShort((short) tag[0]).putShort((short) 4).putInt(1).putInt(tag[1]);
    }
    costsLessThan(
        16,
        () ->
            assertThat(rejection(tiff.array()))
                .startsWith("TOO_MANY_PIXELS: TIFF of 60000 x 60000"));
  }

  @Test
  void hugeWebpBmpAndGifCostNoMemory() {
    byte[] webp = Corpus.file("images/webp/empty/empty-100x100.webp").clone();
    Arrays.fill(webp, 26, 30, (byte) 0xff); // claims 16,383 x 16,383 pixels
    byte[] bmp = Corpus.file("data/images/bmp/4/rle8.bmp").clone();
    bmp[20] = 1; // the third byte of the width
    byte[] gif = Corpus.file("data/images/gif/animated/2/no_disposal.gif").clone();
    Arrays.fill(gif, frameStart(gif) + 5, frameStart(gif) + 9, (byte) 0xff);
    costsLessThan(
        16,
        () -> {
          assertThat(rejection(webp)).startsWith("TOO_MANY_PIXELS: WEBP");
          assertThat(rejection(bmp)).startsWith("TOO_MANY_PIXELS: BMP");
          assertThat(rejection(gif)).startsWith("TOO_MANY_PIXELS: GIF of 65535 x 65535");
        });
  }

  private static String rejection(byte[] file) {
    return reader.rejection(TestReader.encoded(file), OPTIONS);
  }

  private static ImageOptions limited(ImageLimits limits) {
    return new ImageOptions(ImageSize.square(8), ResizeMethod.BILINEAR, limits);
  }

  private static GifBlocks blocks(byte[] gif) {
    try {
      return GifBlocks.of(gif);
    } catch (RejectedImageException e) {
      throw new AssertionError(e);
    }
  }

  /** The position of the first image descriptor, where there is no extension before it but one. */
  private static int frameStart(byte[] gif) {
    int at = 13 + ((gif[10] & 0x80) == 0 ? 0 : 3 << ((gif[10] & 7) + 1));
    while (gif[at] == 0x21) {
      at += 2;
      while (gif[at] != 0) {
        at += 1 + (gif[at] & 0xff);
      }
      at++;
    }
    return at;
  }

  /** A PNG with a header of that size and a few inflatable rows. */
  private static byte[] huge(int width, int height) throws IOException {
    byte[] png = SampleImages.png(new int[][] {{0}});
    ByteBuffer header = ByteBuffer.allocate(25);
    header.putInt(13).putInt(0x49484452).putInt(width).putInt(height);
    header.put(new byte[] {8, 2, 0, 0, 0});
    CRC32 crc = new CRC32();
    crc.update(header.array(), 4, 17);
    header.putInt((int) crc.getValue());
    byte[] file =
        SampleImages.concat(
            Arrays.copyOf(png, 8), header.array(), Arrays.copyOfRange(png, 33, png.length));
    return SampleImages.withChunk(file, "IDAT", deflatedZeros(16 << 20));
  }

  private static byte[] deflatedZeros(int length) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflate = new DeflaterOutputStream(out, new Deflater(9))) {
      byte[] zeros = new byte[1 << 20];
      for (int written = 0; written < length; written += zeros.length) {
        deflate.write(zeros);
      }
    }
    return out.toByteArray();
  }

  /** Runs it and fails if this process has held so many megabytes more than before. */
  private static void costsLessThan(long megabytes, Runnable test) {
    Path clear = Path.of("/proc/self/clear_refs");
    Assumptions.assumeTrue(Files.isWritable(clear), "NOT TESTED: needs Linux's /proc");
    try {
      test.run(); // classes are loaded and pools are filled by the first run
      Files.writeString(clear, "5"); // sets the peak back to what is held now
      long before = peakMegabytes();
      test.run();
      assertThat(peakMegabytes() - before).as("megabytes more at the peak").isLessThan(megabytes);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static long peakMegabytes() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
        .findFirst()
        .orElseThrow();
  }
}
