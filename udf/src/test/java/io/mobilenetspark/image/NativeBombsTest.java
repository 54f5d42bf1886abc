package io.mobilenetspark.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** PNGs, GIFs, BMPs and WebPs that ask for the most work for their bytes. */
class NativeBombsTest {

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
  void pngs() {
    bombs.measure("PNG with a gigabyte behind its last row", trailing(1_024), BombTrial.OPTIONS);
    assertThat(bombs.rejection(trailing(1_200)))
        .startsWith("TOO_MUCH_WORK: PNG (16 x 16 pixels, 12")
        .endsWith(" s of one core, the limit is 2.0 s");
    bombs.measureWorst(
        "interlaced PNG of 16 bits and alpha",
        side -> RasterBombs.png(side, side, 16, 6, 1, 0),
        BombTrial.SIDE,
        BombTrial.OPTIONS);
    bombs.measureWorst(
        "the same, blended",
        side -> RasterBombs.png(side, side, 16, 6, 1, 0),
        BombTrial.SIDE,
        BombTrial.OPTIONS.with(ImageSettings.ALPHA, AlphaMode.WHITE));
    bombs.measureWorst(
        "PNG of noise",
        side ->
            BombTrial.written("png", BombTrial.noise(side, BufferedImage.TYPE_INT_RGB), null, 0),
        4_000,
        BombTrial.OPTIONS);
    byte[] png = RasterBombs.png(16, 16, 8, 2, 0, 0);
    bombs.measureWorst(
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
        BombTrial.OPTIONS);
  }

  @Test
  void gifsAndBmps() {
    bombs.measureWorst(
        "GIF of long codes",
        side -> RasterBombs.gif(side, side, new byte[0]),
        BombTrial.SIDE,
        BombTrial.OPTIONS);
    bombs.measureWorst(
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
        BombTrial.OPTIONS);
    bombs.measureWorst(
        "BMP of 24 bits",
        side -> {
          int row = (3 * side + 3) / 4 * 4;
          return RasterBombs.bmp(side, 24, 0, new byte[row * side]);
        },
        BombTrial.SIDE - 10,
        BombTrial.OPTIONS);
    bombs.measureWorst(
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
        BombTrial.SIDE,
        BombTrial.OPTIONS);
  }

  @Tag("slow")
  @Test
  void webps() {
    // No header tells how many tables there are; all that the format knows are within the limit.
    bombs.measure(
        "WebP of Huffman tables", RasterBombs.webp(1_024, 1_024, 65_536), BombTrial.OPTIONS);
    bombs.measure(
        "the same at the limit of pixels",
        RasterBombs.webp(BombTrial.SIDE, BombTrial.SIDE, 65_536),
        BombTrial.OPTIONS);
    bombs.measureWorst(
        "lossy WebP of noise",
        side ->
            BombTrial.written(
                "webp", BombTrial.noise(side, BufferedImage.TYPE_INT_RGB), "Lossy", 1f),
        4_000,
        BombTrial.OPTIONS);
  }

  private static byte[] trailing(long mebibytes) {
    return RasterBombs.png(16, 16, 8, 2, 0, mebibytes << 20);
  }
}
