package io.mobilenetspark.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.OperatingSystemMXBean;
import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.testing.Cases;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
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

/**
 * The files that ask for the most work for their bytes, of each format: the worst that the limits
 * let pass, which is decoded and measured, and one more of its kind, which is refused unread.
 */
final class BombTrial implements AutoCloseable {

  /**
   * CPU time. The estimates are for a core of a server of 2023 that has nothing else to do: the
   * exhaustive tier holds them to the limit; elsewhere a file of another order of magnitude fails.
   */
  private static final double MOST_SECONDS =
      Double.parseDouble(System.getProperty("bombs.seconds", Integer.toString(Cases.count(6, 2))));

  static final ImageOptions OPTIONS =
      new ImageOptions(ImageSize.square(224), ResizeMethod.BILINEAR, ImageLimits.DEFAULT);

  /** The side of a square at the limit of pixels. */
  static final int SIDE = 9_459;

  private final TestReader reader = new TestReader();
  private final List<String> table = new ArrayList<>();

  @Override
  public void close() {
    reader.close();
    System.out.println("| file | bytes | CPU ms | ms a KB | outcome |");
    System.out.println("|---|---|---|---|---|");
    table.forEach(System.out::println);
  }

  static BufferedImage noise(int side, int type) {
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

  static BufferedImage smooth(int width, int height) {
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
  static byte[] written(String format, BufferedImage image, @Nullable String kind, float quality) {
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
        if (format.equals("webp") || format.equals("tiff")) {
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
  void measureWorst(String name, IntFunction<byte[]> file, int most, ImageOptions options) {
    int small = Math.max(8, most / 64);
    double work = work(file.apply(small), options);
    double more = work(file.apply(2 * small), options);
    // The part that does not grow is nothing beside the limit, but it is a lot of a small file.
    double power = Math.max(1, Math.rint(Math.log(more / work) / Math.log(2)));
    double factor = Math.pow(1e9 * OPTIONS.get(ImageSettings.MAX_DECODE_SECONDS) / more, 1 / power);
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

  void measure(String name, byte[] file, ImageOptions options) {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    double best = Double.MAX_VALUE;
    String outcome = "";
    for (int i = 0; i < Cases.count(1, 2); i++) {
      long before = system.getProcessCpuTime();
      outcome = reader.rejection(TestReader.encoded(file), options);
      best = Math.min(best, (system.getProcessCpuTime() - before) / 1e9);
    }
    String status = outcome.replaceAll(":.*", "");
    table.add(
        String.format(
            Locale.ROOT,
            "| %s | %,d | %.0f | %.3f | %s |",
            name,
            file.length,
            best * 1e3,
            best * 1e3 * 1024 / file.length,
            status));
    System.out.println(table.get(table.size() - 1) + " " + outcome);
    assertThat(best).as(name + ": " + outcome).isLessThan(MOST_SECONDS);
    assertThat(status).as(name + ": " + outcome).isEqualTo("OK");
  }

  String rejection(byte[] file) {
    return reader.rejection(TestReader.encoded(file), OPTIONS);
  }
}
