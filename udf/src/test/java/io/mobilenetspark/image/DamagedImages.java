package io.mobilenetspark.image;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.testing.SampleImages;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * The program that {@link DamageTest} runs in a JVM of its own: reads damaged images until it has
 * read enough of them, and reports. Exits with 0, or with 3 for a hang and 4 for a throwable.
 *
 * <p>Arguments: how many images, the seed.
 */
final class DamagedImages {

  /** Wall clock, on a machine that may be busy. */
  private static final long HANG_MILLIS = 60_000;

  /** Small files, so that there is time for many. */
  static final List<String> SEEDS =
      List.of(
          "jpeg/5dhtsegments.jpg",
          "jpeg/6dhtsegments.jpg",
          "jpeg/0x00-to-0xFF-between-segments.jpg",
          "jpeg/cmyk-sample-no-icc.jpg",
          "jpeg/gray-sample.jpg",
          "jpeg/jfif-exif-xmp-adobe-progressive-negative-component-count.jpg",
          "jpeg/progressive-adobe-sof-bands-dont-match-sos-band-count.jpg",
          "jpeg/jfif-padded-segments.jpg",
          "jpeg/srgb-exif-no-ifd1.jpg",
          "jpeg-lossless/testimg_rgb.jpg",
          "images/jpeg/iptc/IMAGING-168/111083453-c07f1880-851e-11eb-8b61-2757f7d934bf.jpg",
          "data/images/png/2/28569-4.png",
          "data/images/png/2/28569-8.png",
          "data/images/png/3/testImage.png",
          "data/images/png/5/trns-gray.png",
          "data/images/png/5/trns-palette8.png",
          "data/images/png/5/trns-rgb.png",
          "images/png/IMAGING-340/image-with-exif.png",
          "data/images/bmp/2/@broken/SanselanTest.bmp",
          "data/images/bmp/3/V4-bitfields.bmp",
          "data/images/bmp/4/rle4.bmp",
          "data/images/bmp/4/rle8.bmp",
          "images/bmp/IMAGING-264/test-72_6-dpi.bmp",
          "data/images/gif/animated/2/no_disposal.gif",
          "data/images/gif/single/2/test.gif",
          "data/images/webp/2/1.sm.webp",
          "data/images/webp/2/5.sm.webp",
          "images/webp/alpha/alpha.webp",
          "images/webp/animation/example.webp",
          "images/webp/empty/empty-100x100.webp",
          "images/webp/xmp/test.webp",
          "data/images/tiff/3/1pagefax.tif",
          "data/images/tiff/10/Imaging258.tiff",
          "data/images/tiff/12/TransparencyTestTileAssociated.tif",
          "data/images/tiff/13/BigTIFF.tif",
          "data/images/tiff/13/BigTIFFSubIFD8.tif",
          "data/images/tiff/14/TestJpegCMYK.tiff",
          "data/images/tiff/14/TestJpegProgressive.tiff",
          "data/images/tiff/14/TestJpegTiles.tiff",
          "data/images/tiff/4/IndexColorPaletteTiled.tif",
          "data/images/tiff/9/USGS_13_n38w077_dir5.tiff",
          "data/images/pbm/2/5x5-rgb-alpha.pam",
          "pgm/feep.pgm",
          "pbm/j.pbm",
          "data/images/pbm/1/Oregon Scientific DS6639 - DSC_0307 - small.ppm",
          "IMAGING-373/OutOfMemory_epine.ico",
          "ico/joypad.ico",
          "data/images/ico/1/Oregon Scientific DS6639 - DSC_0307 - small.ico",
          "tga/CCM8.TGA",
          "tga/UTC16.TGA",
          "tga/monochrome16_top_left_rle.tga",
          "psd/gimp-32x32-packbits-overflow.psd",
          "psd/test_indexed.psd",
          "psd/transp.psd",
          "bmpsuite/g/pal8rle.bmp",
          "bmpsuite/q/rgba32abf.bmp");

  private static volatile long startedAt = Long.MAX_VALUE;
  private static volatile String current = "";

  private DamagedImages() {}

  public static void main(String[] args) throws IOException {
    // As in a Spark task whose context class loader knows none of our jars: ImageIO's own search
    // for plugins finds nothing then.
    Thread.currentThread().setContextClassLoader(ClassLoader.getPlatformClassLoader());
    int count = Integer.parseInt(args[0]);
    long seed = Long.parseLong(args[1]);
    List<byte[]> seeds = new ArrayList<>();
    SEEDS.forEach(name -> seeds.add(Corpus.file(name)));
    watch();
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    Map<ImageStatus, Integer> counts = new EnumMap<>(ImageStatus.class);
    long slowest = 0;
    String slowestImage = "";
    long began = System.nanoTime();
    try (TestReader reader = new TestReader()) {
      System.out.println("WHOLE " + digestOfWhole(reader));
      for (int i = 0; i < count; i++) {
        Random random = new Random(seed * 1_000_003 + i);
        int which = i % seeds.size();
        byte[] damaged = damage(seeds.get(which), seeds, random);
        current =
            String.format(Locale.ROOT, "image %d, seed %d, from %s", i, seed, SEEDS.get(which));
        startedAt = System.currentTimeMillis();
        long before = threads.getCurrentThreadCpuTime();
        try {
          ImageOutcome outcome = reader.outcome(TestReader.encoded(damaged), options(random));
          counts.merge(outcome.status(), 1, Integer::sum);
        } catch (Throwable e) { // of any kind: that is the finding
          System.out.println("THROWN by " + current);
          e.printStackTrace(System.out);
          Runtime.getRuntime().halt(4);
        }
        long took = (threads.getCurrentThreadCpuTime() - before) / 1_000_000;
        if (took > slowest) {
          slowest = took;
          slowestImage = current;
        }
        startedAt = Long.MAX_VALUE;
        if (i == count / 2) {
          System.out.println("RSS_HALF_MB " + residentMegabytes());
        }
      }
    }
    System.out.println("RSS_END_MB " + residentMegabytes());
    System.out.println("SLOWEST_CPU_MS " + slowest);
    System.out.println("SLOWEST was " + slowestImage);
    System.out.println("SECONDS " + (System.nanoTime() - began) / 1_000_000_000);
    counts.forEach((status, n) -> System.out.println("COUNT " + status + " " + n));
    System.out.println("SEEDS " + SEEDS.size());
  }

  /** A digest of the outcomes and pixels of the files before they are damaged. */
  static String digestOfWhole(TestReader reader) {
    StringBuilder all = new StringBuilder();
    for (String name : SEEDS) {
      ImageInput input = TestReader.encoded(Corpus.file(name));
      ImageOutcome outcome = reader.outcome(input, TestReader.options(1, 1));
      all.append(name).append(outcome);
      if (outcome instanceof ImageOutcome.Read) {
        all.append(Arrays.hashCode(reader.decoded(input, TestReader.options(1, 1))));
      }
    }
    return Integer.toHexString(all.toString().hashCode());
  }

  private static ImageOptions options(Random random) {
    return new ImageOptions(
            ImageSize.square(16),
            ResizeMethod.BILINEAR,
            new ImageLimits(1L << 26, 4_000_000, ImageLimits.DEFAULT_MAX_SIDE))
        .with(ImageSettings.ALPHA, pick(AlphaMode.values(), random))
        .with(ImageSettings.DECODE_SCALE, pick(DecodeScale.values(), random))
        .with(ImageSettings.COLOR_PROFILE, pick(ColorProfile.values(), random));
  }

  private static <T> T pick(T[] values, Random random) {
    return values[random.nextInt(values.length)];
  }

  private static byte[] damage(byte[] whole, List<byte[]> others, Random random) {
    byte[] bytes = whole.clone();
    switch (random.nextInt(9)) {
      case 6, 7, 8 -> {
        byte[] mutant = StructuredDamage.of(bytes, random);
        return mutant.length == 0 ? bytes : mutant;
      }
      case 0 -> flipBits(bytes, random, bytes.length);
      case 1 -> flipBits(bytes, random, Math.min(bytes.length, 300));
      case 2 -> {
        return Arrays.copyOf(bytes, random.nextInt(bytes.length));
      }
      case 3 -> {
        return splice(bytes, others.get(random.nextInt(others.size())), random);
      }
      case 4 -> wrongNumber(bytes, random);
      default -> {
        int from = random.nextInt(bytes.length);
        int to = Math.min(bytes.length, from + 1 + random.nextInt(64));
        return SampleImages.concat(
            Arrays.copyOf(bytes, random.nextBoolean() ? from : to),
            Arrays.copyOfRange(bytes, random.nextBoolean() ? from : to, bytes.length));
      }
    }
    return bytes;
  }

  private static void flipBits(byte[] bytes, Random random, int within) {
    for (int i = 1 + random.nextInt(16); i > 0; i--) {
      bytes[random.nextInt(within)] ^= (byte) (1 << random.nextInt(8));
    }
  }

  /** The beginning of one file and the rest of another. */
  private static byte[] splice(byte[] head, byte[] tail, Random random) {
    int at = random.nextInt(Math.min(head.length, random.nextBoolean() ? 64 : head.length));
    return SampleImages.concat(
        Arrays.copyOf(head, at), Arrays.copyOfRange(tail, Math.min(at, tail.length), tail.length));
  }

  /** A number where a size, a length or an offset may be. */
  private static void wrongNumber(byte[] bytes, Random random) {
    long[] numbers = {0, 1, 2, 0x7f, 0xff, 0x7fff, 0xffff, 0x10000, 0x7fffffff, 0xffffffffL};
    for (int n = 1 + random.nextInt(3); n > 0; n--) {
      long number = numbers[random.nextInt(numbers.length)];
      int width = 1 << random.nextInt(3);
      int at = random.nextInt(Math.min(bytes.length, random.nextBoolean() ? 128 : bytes.length));
      boolean isLittle = random.nextBoolean();
      for (int i = 0; i < width && at + i < bytes.length; i++) {
        bytes[at + i] = (byte) (number >> (8 * (isLittle ? i : width - 1 - i)));
      }
    }
  }

  private static void watch() {
    Thread watch =
        new Thread(
            () -> {
              while (true) {
                if (System.currentTimeMillis() - startedAt > HANG_MILLIS) {
                  System.out.println("HANG in " + current);
                  Runtime.getRuntime().halt(3);
                }
                try {
                  Thread.sleep(100);
                } catch (InterruptedException e) {
                  return;
                }
              }
            },
            "watch");
    watch.setDaemon(true);
    watch.start();
  }

  private static long residentMegabytes() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return -1; // no Linux
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
        .findFirst()
        .orElseThrow();
  }
}
