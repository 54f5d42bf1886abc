package io.mobilenetspark.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.testing.SampleImages;
import java.util.Arrays;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** JPEGs that ask for the most work for their bytes. */
class JpegBombsTest {

  private static BombTrial bombs;

  @BeforeAll
  static void open() {
    bombs = new BombTrial();
  }

  @AfterAll
  static void close() {
    bombs.close();
  }

  /** The file of the issue: 22 KB that took 17 s. */
  @Test
  void sequentialJpegOfManyScans() {
    IntFunction<byte[]> file = scans -> sequential(JpegBombs.BASELINE, 8_000, scans);
    assertThat(bombs.rejection(file.apply(2_000)))
        .matches(
            "TOO_MUCH_WORK: JPEG \\(8000 x 8000 pixels, 20\\d{3} bytes\\) asks for 3\\d\\.\\d s of"
                + " one core, in 2000 scans, the limit is 2\\.0 s");
    bombs.measureWorst("sequential JPEG of many scans", file, 4_000, BombTrial.OPTIONS);
    bombs.measureWorst(
        "arithmetic JPEG of many scans",
        scans -> sequential(JpegBombs.ARITHMETIC, 4_000, scans),
        4_000,
        BombTrial.OPTIONS);
    bombs.measureWorst(
        "JPEG of 8 x 8 pixels and many scans",
        scans -> sequential(JpegBombs.BASELINE, 8, scans * 1_000),
        8_000,
        BombTrial.OPTIONS);
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
    bombs.measureWorst("progressive JPEG of many scans", refining, 4_000, BombTrial.OPTIONS);
    IntFunction<byte[]> arithmetic =
        scans -> {
          JpegBombs jpeg =
              new JpegBombs(JpegBombs.ARITHMETIC_PROGRESSIVE, 2_000, 2_000, 1, 1).scan(0, 0, 1);
          for (int i = 0; i < scans; i++) {
            jpeg.scanOf(1, 1, 63, i == 0 ? 1 : 0x10);
          }
          return jpeg.end();
        };
    bombs.measureWorst(
        "arithmetic progressive JPEG of many scans", arithmetic, 4_000, BombTrial.OPTIONS);
  }

  @Test
  @Tag("slow")
  void jpegsAtTheLimitOfPixels() {
    bombs.measureWorst(
        "JPEG of four components, incomplete",
        side ->
            new JpegBombs(JpegBombs.PROGRESSIVE, side, side, 4, 1)
                .table(0x00, 4, 0)
                .table(0x10, 0, 1)
                .scan(0, 0, 0, JpegBombs.noise(side * side / 32, 5))
                .end(),
        BombTrial.SIDE,
        BombTrial.OPTIONS);
    bombs.measureWorst(
        "JPEG of the longest codes",
        side -> {
          byte[] data = new byte[side * side / 64 * 136];
          return new JpegBombs(JpegBombs.BASELINE, side, side, 1, 1)
              .longCode(0x00, 1)
              .longCode(0x10, 1)
              .scan(0, 63, 0, data)
              .end();
        },
        BombTrial.SIDE / 2,
        BombTrial.OPTIONS);
    byte[] plain = sequential(JpegBombs.BASELINE, BombTrial.SIDE, 1);
    for (ResizeMethod method : ResizeMethod.values()) {
      ImageOptions options = new ImageOptions(ImageSize.square(224), method, ImageLimits.DEFAULT);
      bombs.measure("JPEG at the limit, " + method.optionName(), plain, options);
    }
    bombs.measure(
        "JPEG at the limit, turned",
        SampleImages.withExif(plain, SampleImages.exif(7)),
        BombTrial.OPTIONS);
  }

  @Tag("slow")
  @Test
  void restartMarkersAndSegments() {
    bombs.measureWorst(
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
        BombTrial.SIDE,
        BombTrial.OPTIONS);
    bombs.measureWorst(
        "JPEG of Huffman tables",
        count -> {
          JpegBombs jpeg = new JpegBombs(JpegBombs.BASELINE, 8, 8, 1, 1).sparseTables();
          for (int i = 0; i < count * 1_000; i++) {
            jpeg.table(0x00, 0);
          }
          return jpeg.scan(0, 63, 0).end();
        },
        10_000,
        BombTrial.OPTIONS);
  }

  static byte[] sequential(int frame, int side, int scans) {
    JpegBombs jpeg = new JpegBombs(frame, side, side, 3, 1).sparseTables();
    for (int i = 0; i < scans; i++) {
      jpeg.scanOf(1 + i % 3, 0, 63, 0);
    }
    return jpeg.end();
  }
}
