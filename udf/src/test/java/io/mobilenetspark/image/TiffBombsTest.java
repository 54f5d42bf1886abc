package io.mobilenetspark.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.testing.SampleImages;
import java.awt.image.BufferedImage;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** TIFFs, and tags of TIFFs in other files, that ask for the most work for their bytes. */
class TiffBombsTest {

  private static BombTrial bombs;

  @BeforeAll
  static void open() {
    bombs = new BombTrial();
  }

  @AfterAll
  static void close() {
    bombs.close();
  }

  @Tag("slow")
  @Test
  void tiffs() {
    bombs.measureWorst(
        "TIFF with a predictor, deflate",
        side -> tiff(side, 0, 8, 1, 317, 2),
        BombTrial.SIDE,
        BombTrial.OPTIONS);
    bombs.measureWorst(
        "TIFF in planes, deflate", side -> tiff(side, 0, 8, 2), BombTrial.SIDE, BombTrial.OPTIONS);
    bombs.measureWorst(
        "TIFF of tiles of 16 x 16",
        side -> tiff(side, 16, 8, 1),
        BombTrial.SIDE,
        BombTrial.OPTIONS);
    bombs.measureWorst(
        "TIFF of LZW",
        side ->
            BombTrial.written(
                "tiff", BombTrial.noise(side, BufferedImage.TYPE_3BYTE_BGR), "LZW", 0),
        4_000,
        BombTrial.OPTIONS);
    byte[] tile =
        new JpegBombs(JpegBombs.BASELINE, 16, 16, 3, 1).sparseTables().scan(0, 63, 0).end();
    bombs.measureWorst(
        "TIFF of JPEG tiles",
        side -> RasterBombs.sharedTiles(side, side, 16, 7, 6, 3, 8, 1, tile),
        BombTrial.SIDE,
        BombTrial.OPTIONS);
    byte[] scans = JpegBombsTest.sequential(JpegBombs.BASELINE, 1_024, 100);
    bombs.measureWorst(
        "TIFF whose tiles are one JPEG of 100 scans",
        side -> RasterBombs.sharedTiles(side, side, 16, 7, 6, 3, 8, 1, scans),
        BombTrial.SIDE,
        BombTrial.OPTIONS);
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
    assertThat(bombs.rejection(fractions.apply(100)))
        .startsWith("TOO_MUCH_WORK: TIFF (16 x 16 pixels");
    bombs.measure("TIFF whose tags share a value", fractions.apply(2), BombTrial.OPTIONS);
    byte[] jpeg = JpegBombsTest.sequential(JpegBombs.BASELINE, 16, 1);
    RasterBombs.Tag[] tags = new RasterBombs.Tag[5_000];
    for (int i = 0; i < tags.length; i++) {
      tags[i] =
          new RasterBombs.Tag(i == 0 ? 274 : 1_000 + i, 4, i == 0 ? 1 : 15_000, i == 0 ? 6 : 8);
    }
    byte[] exif = RasterBombs.tiff(new byte[10], tags);
    bombs.measure(
        "EXIF whose tags share a value", SampleImages.withExif(jpeg, exif), BombTrial.OPTIONS);
  }

  private static byte[] tiff(int side, int tile, int compression, int planar, int... more) {
    int ofTile = tile == 0 ? side : tile;
    byte[] data = RasterBombs.deflated((planar == 2 ? 1L : 3L) * ofTile * ofTile);
    return RasterBombs.sharedTiles(side, side, tile, compression, 2, 3, 8, planar, data, more);
  }
}
