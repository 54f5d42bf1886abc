package io.mobilenetspark.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.OperatingSystemMXBean;
import io.mobilenetspark.testing.Cases;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.IntFunction;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The files that ask for the most work for their bytes, of each format: the worst that the limits
 * let pass, which is decoded and measured, and one more of its kind, which is refused unread.
 */
class ImageBombsTest {

  /**
   * CPU time. The estimates are for a core of a server of 2023 that has nothing else to do: the
   * exhaustive tier holds them to the limit; elsewhere a file of another order of magnitude fails.
   */
  private static final double MOST_SECONDS =
      Double.parseDouble(System.getProperty("bombs.seconds", Integer.toString(Cases.count(6, 2))));

  private static final ImageOptions OPTIONS =
      new ImageOptions(ImageSize.square(224), ResizeMethod.BILINEAR, ImageLimits.DEFAULT);

  /** The side of a square at the limit of pixels. */
  private static final int SIDE = 9_459;

  private static TestReader reader;
  private static final List<String> TABLE = new ArrayList<>();

  @BeforeAll
  static void open() {
    reader = new TestReader();
  }

  @AfterAll
  static void close() {
    reader.close();
    System.out.println("| file | bytes | CPU ms | ms a KB | outcome |");
    System.out.println("|---|---|---|---|---|");
    TABLE.forEach(System.out::println);
  }

  /** The file of the issue: 22 KB that took 17 s. */
  @Test
  void sequentialJpegOfManyScans() {
    IntFunction<byte[]> file = scans -> sequential(JpegBombs.BASELINE, 8_000, scans);
    assertThat(rejection(file.apply(2_000)))
        .matches(
            "TOO_MUCH_WORK: JPEG \\(8000 x 8000 pixels, 20\\d{3} bytes\\) asks for 3\\d\\.\\d s of"
                + " one core, in 2000 scans, the limit is 2\\.0 s");
    measureWorst("sequential JPEG of many scans", file, 4_000, OPTIONS);
    measureWorst(
        "arithmetic JPEG of many scans",
        scans -> sequential(JpegBombs.ARITHMETIC, 4_000, scans),
        4_000,
        OPTIONS);
    measureWorst(
        "JPEG of 8 x 8 pixels and many scans",
        scans -> sequential(JpegBombs.BASELINE, 8, scans * 1_000),
        8_000,
        OPTIONS);
  }

  @Test
  void progressiveJpegOfManyScans() {
    IntFunction<byte[]> refining =
        scans -> {
          byte[] endOfBlocks = new byte[16];
          Arrays.fill(endOfBlocks, (byte) 0x7e); // end-of-block runs of 2^14 blocks and more
          JpegBombs jpeg =
              new JpegBombs(JpegBombs.PROGRESSIVE, 8_000, 8_000, 1, 1)
                  .table(0x00, 0, 1)
                  .table(0x10, 0xe0, 1)
                  .scan(0, 0, 0x01)
                  .scanOf(1, 1, 63, 0x01, endOfBlocks);
          for (int i = 0; i < scans; i++) {
            jpeg.scanOf(1, 1, 63, 0x10, endOfBlocks);
          }
          return jpeg.end();
        };
    measureWorst("progressive JPEG of many scans", refining, 4_000, OPTIONS);
    IntFunction<byte[]> arithmetic =
        scans -> {
          JpegBombs jpeg =
              new JpegBombs(JpegBombs.ARITHMETIC_PROGRESSIVE, 2_000, 2_000, 1, 1).scan(0, 0, 1);
          for (int i = 0; i < scans; i++) {
            jpeg.scanOf(1, 1, 63, i == 0 ? 1 : 0x10);
          }
          return jpeg.end();
        };
    measureWorst("arithmetic progressive JPEG of many scans", arithmetic, 4_000, OPTIONS);
  }

  @Test
  void jpegsAtTheLimitOfPixels() {
    measureWorst(
        "JPEG of four components, incomplete",
        side ->
            new JpegBombs(JpegBombs.PROGRESSIVE, side, side, 4, 1)
                .table(0x00, 4, 0)
                .table(0x10, 0, 1)
                .scan(0, 0, 0, JpegBombs.noise(side * side / 32, 5))
                .end(),
        SIDE,
        OPTIONS);
    measureWorst(
        "JPEG of the longest codes",
        side -> {
          byte[] data = new byte[side * side / 64 * 136];
          return new JpegBombs(JpegBombs.BASELINE, side, side, 1, 1)
              .longCode(0x00, 1)
              .longCode(0x10, 1)
              .scan(0, 63, 0, data)
              .end();
        },
        SIDE / 2,
        OPTIONS);
    byte[] plain = sequential(JpegBombs.BASELINE, SIDE, 1);
    for (ResizeMethod method : ResizeMethod.values()) {
      ImageOptions options = new ImageOptions(ImageSize.square(224), method, ImageLimits.DEFAULT);
      measure("JPEG at the limit, " + method.optionName(), plain, options);
    }
    measure(
        "JPEG at the limit, turned", SampleImages.withExif(plain, SampleImages.exif(7)), OPTIONS);
  }

  @Test
  void restartMarkersAndSegments() {
    measureWorst(
        "JPEG with a restart marker for every block",
        side -> {
          byte[] data = new byte[3 * (side / 8) * (side / 8)];
          for (int i = 0; i < data.length / 3; i++) {
            data[3 * i + 1] = -1;
            data[3 * i + 2] = (byte) (0xd0 + i % 8);
          }
          return new JpegBombs(JpegBombs.BASELINE, side / 8 * 8, side / 8 * 8, 3, 1)
              .sparseTables()
              .bytes(0xff, 0xdd, 0, 4, 0, 1)
              .scan(0, 63, 0, data)
              .end();
        },
        SIDE,
        OPTIONS);
    measureWorst(
        "JPEG of Huffman tables",
        count -> {
          JpegBombs jpeg = new JpegBombs(JpegBombs.BASELINE, 8, 8, 1, 1).sparseTables();
          for (int i = 0; i < count * 1_000; i++) {
            jpeg.table(0x00, 0);
          }
          return jpeg.scan(0, 63, 0).end();
        },
        10_000,
        OPTIONS);
  }

  @Test
  void pngs() {
    measure("PNG with a gigabyte behind its last row", trailing(1_024), OPTIONS);
    assertThat(rejection(trailing(1_200)))
        .startsWith("TOO_MUCH_WORK: PNG (16 x 16 pixels, 12")
        .endsWith(" s of one core, the limit is 2.0 s");
    measureWorst(
        "interlaced PNG of 16 bits and alpha",
        side -> RasterBombs.png(side, side, 16, 6, 1, 0),
        SIDE,
        OPTIONS);
    measureWorst(
        "the same, blended",
        side -> RasterBombs.png(side, side, 16, 6, 1, 0),
        SIDE,
        OPTIONS.withAlpha(AlphaMode.WHITE));
    measureWorst(
        "PNG of noise",
        side -> written("png", noise(side, BufferedImage.TYPE_INT_RGB), null, 0),
        4_000,
        OPTIONS);
    byte[] png = RasterBombs.png(16, 16, 8, 2, 0, 0);
    measureWorst(
        "PNG of empty chunks",
        count -> {
          ByteArrayOutputStream out = new ByteArrayOutputStream();
          out.write(png, 0, 33);
          byte[] chunk = RasterBombs.chunk("IDAT", new byte[0]);
          for (int i = 0; i < count * 1_000; i++) {
            out.writeBytes(chunk);
          }
          out.write(png, 33, png.length - 33);
          return out.toByteArray();
        },
        20_000,
        OPTIONS);
  }

  @Test
  void gifsAndBmps() {
    measureWorst(
        "GIF of long codes", side -> RasterBombs.gif(side, side, new byte[0]), SIDE, OPTIONS);
    measureWorst(
        "GIF of small blocks",
        thousands -> {
          byte[] blocks = new byte[2_000 * thousands + 3];
          Arrays.fill(blocks, (byte) 1);
          blocks[0] = 0x21;
          blocks[1] = (byte) 0xfe;
          blocks[blocks.length - 1] = 0;
          return RasterBombs.gif(16, 16, blocks);
        },
        100_000,
        OPTIONS);
    measureWorst(
        "BMP of 24 bits",
        side -> {
          int row = (3 * side + 3) / 4 * 4;
          return RasterBombs.bmp(side, 24, 0, new byte[row * side]);
        },
        SIDE - 10,
        OPTIONS);
    measureWorst(
        "BMP of runs",
        side -> {
          ByteArrayOutputStream out = new ByteArrayOutputStream();
          for (int y = 0; y < side; y++) {
            for (int x = 0; x < side; x += 255) {
              out.write(Math.min(255, side - x));
              out.write(7);
            }
            out.write(0);
            out.write(0);
          }
          return RasterBombs.bmp(side, 8, 1, out.toByteArray());
        },
        SIDE,
        OPTIONS);
  }

  @Test
  void webps() {
    // No header tells how many tables there are; all that the format knows are within the limit.
    measure("WebP of Huffman tables", RasterBombs.webp(1_024, 1_024, 65_536), OPTIONS);
    measure("the same at the limit of pixels", RasterBombs.webp(SIDE, SIDE, 65_536), OPTIONS);
    measureWorst(
        "lossy WebP of noise",
        side -> written("webp", noise(side, BufferedImage.TYPE_INT_RGB), "Lossy", 1f),
        4_000,
        OPTIONS);
  }

  @Test
  void tiffs() {
    measureWorst(
        "TIFF with a predictor, deflate", side -> tiff(side, 0, 8, 1, 317, 2), SIDE, OPTIONS);
    measureWorst("TIFF in planes, deflate", side -> tiff(side, 0, 8, 2), SIDE, OPTIONS);
    measureWorst("TIFF of tiles of 16 x 16", side -> tiff(side, 16, 8, 1), SIDE, OPTIONS);
    measureWorst(
        "TIFF of LZW",
        side -> written("tiff", noise(side, BufferedImage.TYPE_3BYTE_BGR), "LZW", 0),
        4_000,
        OPTIONS);
    byte[] tile =
        new JpegBombs(JpegBombs.BASELINE, 16, 16, 3, 1).sparseTables().scan(0, 63, 0).end();
    measureWorst(
        "TIFF of JPEG tiles",
        side -> RasterBombs.sharedTiles(side, side, 16, 7, 6, 3, 8, 1, tile),
        SIDE,
        OPTIONS);
    byte[] scans = sequential(JpegBombs.BASELINE, 1_024, 100);
    measureWorst(
        "TIFF whose tiles are one JPEG of 100 scans",
        side -> RasterBombs.sharedTiles(side, side, 16, 7, 6, 3, 8, 1, scans),
        SIDE,
        OPTIONS);
  }

  /** Every tag's value is the whole block. */
  @Test
  void tagsThatShareTheirValues() {
    IntFunction<byte[]> fractions =
        kibibytes -> {
          RasterBombs.Tag[] tags = new RasterBombs.Tag[60_000];
          for (int i = 0; i < tags.length; i++) {
            tags[i] = new RasterBombs.Tag(65_000, 5, 128L * kibibytes, 8);
          }
          tags[0] = new RasterBombs.Tag(256, 4, 1, 16);
          tags[1] = new RasterBombs.Tag(257, 4, 1, 16);
          tags[2] = new RasterBombs.Tag(273, 4, 1, 8);
          return RasterBombs.tiff(new byte[1024 * kibibytes], tags);
        };
    assertThat(rejection(fractions.apply(100))).startsWith("TOO_MUCH_WORK: TIFF (16 x 16 pixels");
    measure("TIFF whose tags share a value", fractions.apply(2), OPTIONS);
    byte[] jpeg = sequential(JpegBombs.BASELINE, 16, 1);
    RasterBombs.Tag[] tags = new RasterBombs.Tag[5_000];
    for (int i = 0; i < tags.length; i++) {
      tags[i] =
          new RasterBombs.Tag(i == 0 ? 274 : 1_000 + i, 4, i == 0 ? 1 : 15_000, i == 0 ? 6 : 8);
    }
    byte[] exif = RasterBombs.tiff(new byte[10], tags);
    measure("EXIF whose tags share a value", SampleImages.withExif(jpeg, exif), OPTIONS);
  }

  /** Large and slow to decode, but nobody's bomb. */
  @Test
  void honestGiantsPass() {
    BufferedImage photograph = smooth(4_000, 3_000);
    measure("photograph of 12 megapixels, JPEG", written("jpeg", photograph, null, 0.95f), OPTIONS);
    ImageOptions turned =
        new ImageOptions(
            ImageSize.square(224), ResizeMethod.BILINEAR_ANTIALIAS, ImageLimits.DEFAULT);
    byte[] progressive = written("jpeg", photograph, "progressive", 0.95f);
    measure(
        "the same, progressive and turned",
        SampleImages.withExif(progressive, SampleImages.exif(6)),
        turned);
    measure("the same, PNG", written("png", photograph, null, 0), OPTIONS);
    JpegBombs hundred =
        new JpegBombs(JpegBombs.PROGRESSIVE, 4_000, 3_000, 3, 2).sparseTables().scan(0, 0, 0x01);
    for (int i = 0; i < 99; i++) {
      int band = 1 + 2 * (i / 3 % 31);
      hundred.scanOf(1 + i % 3, band, band + 1, 0, JpegBombs.noise(60_000, i));
    }
    measure("12 megapixels in 100 scans, JPEG", hundred.end(), OPTIONS);
  }

  private static byte[] trailing(long mebibytes) {
    return RasterBombs.png(16, 16, 8, 2, 0, mebibytes << 20);
  }

  private static byte[] sequential(int frame, int side, int scans) {
    JpegBombs jpeg = new JpegBombs(frame, side, side, 3, 1).sparseTables();
    for (int i = 0; i < scans; i++) {
      jpeg.scanOf(1 + i % 3, 0, 63, 0);
    }
    return jpeg.end();
  }

  private static byte[] tiff(int side, int tile, int compression, int planar, int... more) {
    int ofTile = tile == 0 ? side : tile;
    byte[] data = RasterBombs.deflated((planar == 2 ? 1L : 3L) * ofTile * ofTile);
    return RasterBombs.sharedTiles(side, side, tile, compression, 2, 3, 8, planar, data, more);
  }

  private static BufferedImage noise(int side, int type) {
    BufferedImage image = new BufferedImage(side, side, type);
    Random random = new Random(1);
    int[] row = new int[side];
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        row[x] = random.nextInt() | 0xff000000;
      }
      image.setRGB(0, y, side, 1, row, 0, side);
    }
    return image;
  }

  private static BufferedImage smooth(int width, int height) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Random random = new Random(1);
    int[] row = new int[width];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int light = (int) (128 + 60 * Math.sin(x / 90.0) + 50 * Math.cos(y / 70.0));
        row[x] = 0x10101 * (light + random.nextInt(12));
      }
      image.setRGB(0, y, width, 1, row, 0, width);
    }
    return image;
  }

  /** A file by one of ImageIO's writers; {@code kind} is a compression's name, or progressive. */
  private static byte[] written(
      String format, BufferedImage image, @Nullable String kind, float quality) {
    ImageWriter writer = null;
    try {
      writer =
          format.equals("webp")
              ? new com.luciad.imageio.webp.WebPImageWriterSpi().createWriterInstance()
              : ImageIO.getImageWritersByFormatName(format).next();
      ImageWriteParam param = writer.getDefaultWriteParam();
      if ("progressive".equals(kind)) {
        param.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
      } else if (kind != null) {
        param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
        param.setCompressionType(kind);
      }
      if (quality > 0) {
        param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
        if (format.equals("webp")) {
          param.setCompressionType(kind); // setting the mode forgets it
        }
        param.setCompressionQuality(quality);
      }
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      try (ImageOutputStream stream = ImageIO.createImageOutputStream(out)) {
        writer.setOutput(stream);
        writer.write(null, new IIOImage(image, null, null), param);
      }
      return out.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      if (writer != null) {
        writer.dispose();
      }
    }
  }

  /**
   * Measures about the largest file of a kind that passes, and sees that the next larger ones
   * don't. Its parameter is guessed from two small ones: work grows as a power of it.
   */
  private static void measureWorst(
      String name, IntFunction<byte[]> file, int most, ImageOptions options) {
    int small = Math.max(8, most / 64);
    double work = work(file.apply(small), options);
    double more = work(file.apply(2 * small), options);
    // The part that does not grow is nothing beside the limit, but it is a lot of a small file.
    double power = Math.max(1, Math.rint(Math.log(more / work) / Math.log(2)));
    double factor = Math.pow(ImageLimits.DEFAULT.maxWork() / more, 1 / power);
    int guess = (int) Math.min(most, 2 * small * factor);
    int passes = guess;
    while (!passes(file.apply(passes), options)) {
      passes = passes * 97 / 100;
    }
    measure(name, file.apply(passes), options);
    int fails = (int) Math.min(most, guess * 1.1);
    if (fails > passes * 1.03) {
      assertThat(reader.rejection(TestReader.encoded(file.apply(fails)), options))
          .as(name)
          .startsWith("TOO_MUCH_WORK");
    }
  }

  private static double work(byte[] file, ImageOptions options) {
    try {
      ImageHeader header = ImageReader.header(file, options.limits());
      Orientation orientation = Orientation.of(header.format(), file);
      return DecodeWork.nanoseconds(header, file, orientation, options);
    } catch (RejectedImageException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean passes(byte[] file, ImageOptions options) {
    try {
      ImageHeader header = ImageReader.header(file, options.limits());
      DecodeWork.check(header, file, Orientation.of(header.format(), file), options);
      return true;
    } catch (RejectedImageException e) {
      assertThat(e.outcome().status()).isEqualTo(ImageStatus.TOO_MUCH_WORK);
      return false;
    }
  }

  private static void measure(String name, byte[] file, ImageOptions options) {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    double best = Double.MAX_VALUE;
    String outcome = "";
    for (int i = 0; i < 2; i++) {
      long before = system.getProcessCpuTime();
      outcome = reader.rejection(TestReader.encoded(file), options);
      best = Math.min(best, (system.getProcessCpuTime() - before) / 1e9);
    }
    String status = outcome.replaceAll(":.*", "");
    TABLE.add(
        String.format(
            Locale.ROOT,
            "| %s | %,d | %.0f | %.3f | %s |",
            name,
            file.length,
            best * 1e3,
            best * 1e3 * 1024 / file.length,
            status));
    System.out.println(TABLE.get(TABLE.size() - 1) + " " + outcome);
    assertThat(best).as(name + ": " + outcome).isLessThan(MOST_SECONDS);
    assertThat(status).as(name + ": " + outcome).isEqualTo("OK");
  }

  private static String rejection(byte[] file) {
    return reader.rejection(TestReader.encoded(file), OPTIONS);
  }
}
