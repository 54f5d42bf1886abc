package io.mobilenetspark.image;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.testing.Cases;
import io.mobilenetspark.testing.SampleImages;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is measured of pixels is what plain loops over all of them give. */
class ImageStatisticsTest {

  private static TestReader reader;

  @BeforeAll
  static void open() {
    reader = new TestReader();
  }

  @AfterAll
  static void close() {
    reader.close();
  }

  private static ImageOptions measuring() {
    return TestReader.options(8, 8).with(ImageSettings.IMAGE_STATS, true);
  }

  private static ImageStatistics measured(ImageInput input, ImageOptions options) {
    ImageOutcome.Read read = (ImageOutcome.Read) reader.outcome(input, options);
    return requireNonNull(read.statistics(), "statistics");
  }

  private static ImageInput input(int[][] image) {
    return new ImageInput.Encoded(SampleImages.png(image));
  }

  /** Shapes of soft and hard edges, and noise, of 0xRRGGBB. */
  private static int[][] drawn(int height, int width, Random random) {
    double period = 2 + random.nextInt(60);
    int contrast = 1 + random.nextInt(120);
    int noise = random.nextInt(40);
    int tint = random.nextInt(1 << 24);
    int[][] image = new int[height][width];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        double wave = Math.sin(x / period) * Math.cos(y / period * 1.3);
        int rgb = 0;
        for (int shift = 0; shift < 24; shift += 8) {
          int base = (tint >> shift) & 0xff;
          int value = (int) (base + contrast * wave) + random.nextInt(noise + 1);
          rgb |= Math.max(0, Math.min(255, value)) << shift;
        }
        image[y][x] = rgb;
      }
    }
    return image;
  }

  /** The luma of a cell, which is a rectangle of real sides over the pixels that are taken. */
  private static double cell(int[][] image, int row, int rows, int column, int columns) {
    int downStride = Math.max(1, image.length / 1024);
    int acrossStride = Math.max(1, image[0].length / 1024);
    int samplesDown = image.length / downStride;
    int samplesAcross = image[0].length / acrossStride;
    double height = samplesDown / (double) rows;
    double width = samplesAcross / (double) columns;
    double sum = 0;
    for (int y = (int) (row * height); y < (row + 1) * height - 1e-9; y++) {
      double down = Math.min(y + 1, (row + 1) * height) - Math.max(y, row * height);
      for (int x = (int) (column * width); x < (column + 1) * width - 1e-9; x++) {
        double across = Math.min(x + 1, (column + 1) * width) - Math.max(x, column * width);
        int rgb = image[y * downStride + downStride / 2][x * acrossStride + acrossStride / 2];
        double luma =
            0.299 * ((rgb >> 16) & 0xff) + 0.587 * ((rgb >> 8) & 0xff) + 0.114 * (rgb & 0xff);
        sum += down * across * luma;
      }
    }
    return sum / (height * width);
  }

  private static ImageStatistics byPlainLoops(int[][] image) {
    int rows = Math.min(256, image.length);
    int columns = Math.min(256, image[0].length);
    double[][] grid = new double[rows][columns];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        grid[row][column] = cell(image, row, rows, column, columns);
      }
    }
    double[] lumas = new double[3 * rows * columns];
    double[] edges = new double[rows * columns];
    int count = 0;
    int step = Math.max(1, rows / 21);
    for (int row = step / 2; row < rows; row += step) {
      double[] above = grid[Math.max(0, row - 1)];
      double[] below = grid[Math.min(rows - 1, row + 1)];
      double[] here = grid[row];
      for (int x = 0; x < columns; x++) {
        double left = here[Math.max(0, x - 1)];
        double right = here[Math.min(columns - 1, x + 1)];
        lumas[3 * count] = above[x];
        lumas[3 * count + 1] = here[x];
        lumas[3 * count + 2] = below[x];
        edges[count] = left + right + above[x] + below[x] - 4 * here[x];
        count++;
      }
    }
    return new ImageStatistics(
        mean(lumas, 3 * count), variance(edges, count) / Math.max(1, variance(lumas, 3 * count)));
  }

  private static double mean(double[] values, int count) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += values[i];
    }
    return sum / count;
  }

  private static double variance(double[] values, int count) {
    double mean = mean(values, count);
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += (values[i] - mean) * (values[i] - mean);
    }
    return sum / count;
  }

  private static void requireThatOfLoops(int[][] image) {
    ImageStatistics measured = measured(input(image), measuring());
    ImageStatistics expected = byPlainLoops(image);
    String size = image[0].length + " x " + image.length;
    assertThat(measured.brightness()).as(size).isCloseTo(expected.brightness(), within(1e-4));
    assertThat(measured.sharpness())
        .as(size)
        .isCloseTo(expected.sharpness(), within(1e-7 + 1e-4 * expected.sharpness()));
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1",
    "1, 2",
    "2, 500",
    "500, 2",
    "3, 3",
    "42, 43",
    "63, 256",
    "256, 256",
    "257, 255",
    "375, 500",
    "5, 1023",
    "1024, 4",
    "2100, 7",
    "7, 4099"
  })
  void asPlainLoopsGiveIt(int height, int width) {
    requireThatOfLoops(drawn(height, width, new Random(31L * height + width)));
  }

  @Test
  void asPlainLoopsGiveItForAnySize() {
    Random random = new Random(Cases.seed(getClass()));
    int cases = Cases.count(3, 20, 400);
    for (int i = 0; i < cases; i++) {
      requireThatOfLoops(drawn(1 + random.nextInt(700), 1 + random.nextInt(700), random));
    }
  }

  @Test
  void oneColourHasItsLumaAndNoSharpness() {
    ImageStatistics red = measured(input(new int[][] {{0xff0000, 0xff0000}}), measuring());

    assertThat(red.brightness()).isCloseTo(0.299 * 255, within(1e-4));
    assertThat(red.sharpness()).isZero();
  }

  /** They are the image's: whatever the model's input is made of it. */
  @Test
  void resizingCroppingAndTurningDontMatter() {
    int[][] image = drawn(90, 60, new Random(5));
    byte[] png = SampleImages.png(image);
    ImageInput turned =
        new ImageInput.Encoded(SampleImages.withChunk(png, "eXIf", SampleImages.exif(6)));
    ImageOptions others =
        ImageOptions.of(
            new ImageSize(20, 31),
            io.mobilenetspark.options.SettingValues.none()
                .with(ImageSettings.IMAGE_STATS, true)
                .with(ImageSettings.CROP_FRACTION, 0.4)
                .with(ImageSettings.ASPECT, AspectMode.PAD)
                .with(ImageSettings.RESIZE, ResizeMethod.BICUBIC));

    assertThat(measured(turned, others))
        .isEqualTo(measured(new ImageInput.Encoded(png), measuring()));
  }

  @Test
  void theyAreOfPixelsOfImageStructsToo() {
    int[][] image = drawn(40, 50, new Random(6));
    byte[] bgr = new byte[3 * 40 * 50];
    for (int i = 0; i < 40 * 50; i++) {
      for (int c = 0; c < 3; c++) {
        bgr[3 * i + c] = (byte) (image[i / 50][i % 50] >> (8 * c));
      }
    }

    assertThat(measured(new ImageInput.Pixels(50, 40, 3, bgr), measuring()))
        .isEqualTo(measured(input(image), measuring()));
  }

  @Test
  void nothingIsMeasuredUnlessAsked() {
    ImageOutcome outcome =
        reader.outcome(input(drawn(9, 9, new Random(7))), TestReader.options(8, 8));

    assertThat(((ImageOutcome.Read) outcome).statistics()).isNull();
  }
}
