package io.mobilenetspark.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.testing.Cases;
import io.mobilenetspark.testing.Python;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Our pixels of the lossless formats that TensorFlow does not read against Pillow's, byte by byte:
 * of files that Pillow writes, and of those of the readers' own test jars.
 */
@Tag("python")
class PillowTest {

  private static final ImageOptions OPTIONS =
      TestReader.options(1, 1).with(ImageSettings.EXIF_ORIENTATION, ExifOrientation.IGNORE);

  /** Where pixels differ, file by file, and why it is not we who are wrong. */
  private static final Map<String, String> EXCEPTIONS =
      Map.ofEntries(
          Map.entry("imageio-bmp bmp_blauesglas_16.bmp", "5 bits become 8 by rounding, there down"),
          Map.entry("imageio-bmp bmp_blauesglas_16_bitmask555.bmp", "5 bits"),
          Map.entry("imageio-bmp bmp_blauesglas_16_bitmask565.bmp", "5 bits"),
          Map.entry("imageio-bmp bmpsuite_g_rgb16-565.bmp", "5 bits"),
          Map.entry("imageio-bmp bmpsuite_g_rgb16-565pal.bmp", "5 bits"),
          Map.entry("imageio-bmp bmpsuite_g_rgb16.bmp", "5 bits"),
          Map.entry("imageio-bmp bmp_blauesglas_4.rle", "Pillow loses lines of RLE4"),
          Map.entry("imageio-bmp bmpsuite_b_badrle.bmp", "broken runs"),
          Map.entry("imageio-bmp bmpsuite_b_badplanes.bmp", "CORRUPT: it claims planes"),
          Map.entry("imageio-bmp ico_JavaCup.ico", "Pillow takes the shallowest of one size"),
          Map.entry("imageio-bmp ico_favicon.ico", "Pillow takes the shallowest of one size"),
          Map.entry("imageio-bmp ico_joypad.ico", "Pillow takes the shallowest of one size"),
          Map.entry("imageio-pnm ppm_lighthouse_rgb48.ppm", "16 bits become 8 by rounding there"),
          Map.entry("imageio-psd psd_AlphaChannelSample_720x480.psd", "Pillow mixes up 5 channels"),
          Map.entry("imageio-psd psd_escenic-liquid-logo.psd", "Pillow mixes up 5 channels"),
          Map.entry("imageio-psd psd_photoshopping.psd", "Pillow mixes up 5 channels"),
          Map.entry("imageio-psd psd_circles.psd", "the reader takes white out, we put it back: 1"),
          Map.entry("imageio-psd psd_layer_group_32bit5x5.psd", "as circles.psd: 1"),
          Map.entry("imageio-psd psd_transp.psd", "as circles.psd: 1"),
          Map.entry("imageio-psd psd_gimp-32x32-packbits-overflow.psd", "Pillow loses lines"),
          Map.entry("imageio-psd psd_test_bitmap.psd", "Pillow turns black and white round"),
          Map.entry("imageio-tga tga_XING_B16.TGA", "5 bits"),
          Map.entry("imageio-tga tga_XING_T16.TGA", "5 bits"),
          Map.entry(
              "imageio-tga tga_monochrome16_top_left.tga", "Pillow reads gray and alpha as black"),
          Map.entry("imageio-tga tga_monochrome16_top_left_rle.tga", "Pillow reads it as black"));

  @TempDir private Path folder;

  @Test
  void losslessFormatsHavePillowsPixels() throws IOException {
    for (Corpus.Source source : Corpus.Source.values()) {
      if (source.isReadByPillow()) {
        for (Map.Entry<String, byte[]> file : source.files().entrySet()) {
          String name = source.id() + " " + file.getKey().replace('/', '_');
          Files.write(folder.resolve(name), file.getValue());
        }
      }
    }
    long seed = Cases.seed(PillowTest.class);
    String printed = Python.pillowReference(folder, Long.toString(seed), "" + Cases.count(10, 400));

    Map<ImageFormat, int[]> table = new TreeMap<>();
    List<String> faults = new ArrayList<>();
    try (TestReader reader = new TestReader()) {
      for (String line : printed.lines().toList()) {
        String[] fields = line.split("\t", -1);
        byte[] bytes = Files.readAllBytes(folder.resolve(fields[0]));
        ImageFormat format = ImageFormat.sniff(bytes);
        if (fields[1].equals("-") || format == null) {
          assertThat(fields[1]).as("Pillow reads %s, which we don't know", line).isEqualTo("-");
          continue;
        }
        int[] counts = table.computeIfAbsent(format, f -> new int[3]);
        counts[0]++;
        String ours = ours(reader, bytes);
        if (ours.equals(String.join("\t", fields[1], fields[2], fields[3]))) {
          counts[1]++;
        } else if (EXCEPTIONS.containsKey(fields[0])) {
          counts[2]++;
        } else {
          faults.add(fields[0] + ": ours " + ours);
        }
      }
    }
    table.forEach(
        (format, counts) ->
            System.out.printf(
                Locale.ROOT,
                "PILLOW %-4s %5d files, %5d equal, %2d exceptions%n",
                format,
                counts[0],
                counts[1],
                counts[2]));
    assertThat(faults).isEmpty();
    assertThat(table.keySet())
        .contains(
            ImageFormat.PNM, ImageFormat.ICO, ImageFormat.TGA, ImageFormat.PSD, ImageFormat.TIFF);
  }

  private static String ours(TestReader reader, byte[] bytes) {
    ImageInput input = TestReader.encoded(bytes);
    ImageOutcome outcome = reader.outcome(input, OPTIONS);
    return outcome instanceof ImageOutcome.Read read
        ? String.format(
            Locale.ROOT,
            "%d\t%d\t%s",
            read.width(),
            read.height(),
            ParityTest.sha256(reader.decoded(input, OPTIONS)))
        : outcome.toString();
  }
}
