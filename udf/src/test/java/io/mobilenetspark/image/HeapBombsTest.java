package io.mobilenetspark.image;

import io.mobilenetspark.testing.Cases;
import io.mobilenetspark.testing.TestProfiles;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Lossless JPEGs, PNMs, TGAs, PSDs, icons and color profiles that ask for the most work for their
 * bytes.
 */
@Tag("slow")
class HeapBombsTest {

  private static BombTrial bombs;

  @BeforeAll
  static void open() {
    bombs = new BombTrial();
  }

  @AfterAll
  static void close() {
    bombs.close();
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "3, 1", "3, 7"})
  void losslessJpegs(int components, int predictor) {
    bombs.measureWorst(
        "lossless JPEG of " + components + " components, predictor " + predictor,
        side ->
            new JpegBombs(JpegBombs.LOSSLESS, side, side, components, 1)
                .table(0x00, 0, 1)
                .scan(predictor, 0, 0, new byte[components * side * side / 8 + 100])
                .end(),
        BombTrial.SIDE,
        BombTrial.OPTIONS);
  }

  @ParameterizedTest
  @CsvSource({
    "P1, 1, 0, 1, 1",
    "P2, 255, '0 ', 2, 1",
    "P2, 255, '             0 ', 16, 1",
    "P3, 255, '0 ', 2, 3",
    "P3, 65535, '65535 ', 6, 3",
    "P4, 1, a, 1, 1",
    "P5, 255, a, 1, 1",
    "P6, 255, a, 1, 3",
    "P6, 65535, a, 2, 3",
    "PF, -1.0, a, 4, 3"
  })
  void pnms(String magic, String most, String pattern, int sampleBytes, int samples) {
    boolean isBits = magic.equals("P1") || magic.equals("P4");
    bombs.measureWorst(
        magic + " of " + most,
        side ->
            HeapBombs.pnm(
                magic + "\n" + side + " " + side + "\n" + (isBits ? "" : most + "\n"),
                pattern,
                (long) sampleBytes * samples * side * side),
        (int) Math.min(BombTrial.SIDE, Math.sqrt((double) (250 << 20) / (sampleBytes * samples))),
        BombTrial.OPTIONS);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 8, 1",
    "2, 16, 1",
    "2, 32, 1",
    "9, 8, 1",
    "9, 8, 128",
    "10, 16, 1",
    "10, 24, 128",
    "10, 32, 1",
    "10, 32, 128",
    "11, 8, 128"
  })
  void tgas(int type, int bits, int run) {
    int pixelBytes = (bits + 7) / 8 + (type > 8 && run == 1 ? 1 : 0);
    bombs.measureWorst(
        "TGA of type " + type + ", " + bits + " bits, runs of " + run,
        side -> HeapBombs.tga(type, bits, side, run),
        (int) Math.min(BombTrial.SIDE, Math.sqrt((double) (250 << 20) / pixelBytes)),
        BombTrial.OPTIONS);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, 8, 128",
    "2, 1, 8, 128",
    "3, 3, 8, 128",
    "3, 3, 8, 1",
    "3, 4, 8, 128",
    "3, 4, 16, 1",
    "3, 56, 8, 128",
    "4, 4, 8, 128",
    "4, 5, 16, 128",
    "0, 1, 1, 128"
  })
  void psds(int mode, int channels, int bits, int run) {
    bombs.measureWorst(
        "PSD of mode " + mode + ", " + channels + " channels of " + bits + " bits, runs of " + run,
        side -> HeapBombs.psd(mode, channels, bits, side, run, 0),
        run == 1 ? 6_400 : BombTrial.SIDE,
        BombTrial.OPTIONS);
  }

  /** Their reader takes 33 s and 3 GB of heap for them. */
  @Test
  void partsOfPsds() {
    byte[] psd = HeapBombs.psd(3, 3, 8, 8, 128, Cases.count(2_000_000, 20_000_000));
    bombs.measure("PSD of resources", psd, BombTrial.OPTIONS);
  }

  @Test
  void icons() {
    bombs.measureWorst(
        "icon of an interlaced PNG",
        side -> HeapBombs.icon(RasterBombs.png(side, side, 16, 6, 1, 0), 1),
        BombTrial.SIDE,
        BombTrial.OPTIONS);
    for (int bits : new int[] {1, 8, 24, 32}) {
      bombs.measureWorst(
          "icon of a bitmap of " + bits + " bits",
          side -> HeapBombs.icon(HeapBombs.bitmap(side, bits), 1),
          bits > 16 ? 7_800 : BombTrial.SIDE,
          BombTrial.OPTIONS);
    }
    bombs.measureWorst(
        "icon of many entries",
        entries -> HeapBombs.icon(HeapBombs.bitmap(256, 32), entries),
        10_000,
        BombTrial.OPTIONS);
  }

  @Test
  void profiles() {
    ImageOptions options = BombTrial.OPTIONS.with(ImageSettings.COLOR_PROFILE, ColorProfile.SRGB);
    byte[] table = TestProfiles.displayP3();
    bombs.measureWorst(
        "JPEG with a profile of three primaries",
        side ->
            TestProfiles.jpeg(
                new JpegBombs(JpegBombs.BASELINE, side, side, 3, 1)
                    .sparseTables()
                    .scan(0, 63, 0)
                    .end(),
                table,
                60_000),
        BombTrial.SIDE,
        options);
    for (int inputs : new int[] {1, 3, 4}) {
      byte[] tables = TestProfiles.tables(inputs);
      bombs.measureWorst(
          "JPEG with a profile of tables for " + inputs + " components",
          side ->
              TestProfiles.jpeg(
                  new JpegBombs(JpegBombs.BASELINE, side, side, inputs, 1)
                      .sparseTables()
                      .scan(0, 63, 0)
                      .end(),
                  tables,
                  60_000),
          BombTrial.SIDE,
          options);
    }
  }

  /** A chain of thousands of elements costs little more than a short one. */
  @Test
  void matricesOfProfiles() {
    ImageOptions options = BombTrial.OPTIONS.with(ImageSettings.COLOR_PROFILE, ColorProfile.SRGB);
    byte[] jpeg = new JpegBombs(JpegBombs.BASELINE, 8, 8, 3, 1).sparseTables().scan(0, 63, 0).end();
    byte[] profile = TestProfiles.matrices(Cases.count(10_000, 1_000_000));
    bombs.measure(
        "JPEG with a profile of matrices", TestProfiles.jpeg(jpeg, profile, 65_000), options);
  }
}
