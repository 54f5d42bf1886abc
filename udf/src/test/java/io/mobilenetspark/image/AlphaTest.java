package io.mobilenetspark.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.testing.SampleImages;
import java.awt.image.BufferedImage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AlphaTest {

  /** Red of alpha 0, 51 (a fifth), 128 and 255, then a mixed color. */
  private static final int[][] IMAGE = {
    {0x00ff0000, 0x33ff0000, 0x80ff0000, 0xffff0000, 0x40c08020}
  };

  /** By hand: color * alpha / 255, and that plus 255 - alpha, both rounded. */
  private static int[] expected(AlphaMode mode) {
    return switch (mode) {
      case DROP -> new int[] {255, 0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0, 0xc0, 0x80, 0x20};
      case WHITE ->
          new int[] {255, 255, 255, 255, 204, 204, 255, 127, 127, 255, 0, 0, 239, 223, 199};
      case BLACK -> new int[] {0, 0, 0, 51, 0, 0, 128, 0, 0, 255, 0, 0, 48, 32, 8};
    };
  }

  @ParameterizedTest
  @EnumSource
  void pngIsLaidOverTheBackground(AlphaMode mode) {
    byte[] png = SampleImages.file(IMAGE, "png", BufferedImage.TYPE_INT_ARGB);
    assertThat(decoded(TestReader.encoded(png), mode)).isEqualTo(bytes(expected(mode)));
  }

  @ParameterizedTest
  @EnumSource
  void sparksStructIsLaidOverTheBackground(AlphaMode mode) {
    byte[] bgra = new byte[4 * IMAGE[0].length];
    for (int x = 0; x < IMAGE[0].length; x++) {
      for (int c = 0; c < 4; c++) {
        bgra[4 * x + c] = (byte) (IMAGE[0][x] >> (8 * c));
      }
    }
    ImageInput pixels = new ImageInput.Pixels(IMAGE[0].length, 1, 4, bgra);
    assertThat(decoded(pixels, mode)).isEqualTo(bytes(expected(mode)));
  }

  @ParameterizedTest
  @EnumSource
  void tiffIsLaidOverTheBackground(AlphaMode mode) {
    byte[] tiff = SampleImages.file(IMAGE, "tiff", BufferedImage.TYPE_INT_ARGB);
    assertThat(decoded(TestReader.encoded(tiff), mode)).isEqualTo(bytes(expected(mode)));
  }

  /** The transparent corner of a WebP photograph; opaque images do not change. */
  @Test
  void webpIsLaidOverTheBackground() {
    ImageInput webp = TestReader.encoded(Corpus.file("images/webp/alpha/alpha.webp"));
    byte[] white = decoded(webp, AlphaMode.WHITE);
    byte[] black = decoded(webp, AlphaMode.BLACK);
    assertThat(white).isNotEqualTo(black);
    assertThat(white[0] & 0xff).isEqualTo(255);
    assertThat(black[0] & 0xff).isZero();
    ImageInput opaque = TestReader.encoded(Corpus.file("data/images/webp/2/1.sm.webp"));
    assertThat(decoded(opaque, AlphaMode.WHITE)).isEqualTo(decoded(opaque, AlphaMode.DROP));
  }

  private static byte[] decoded(ImageInput input, AlphaMode mode) {
    try (TestReader reader = new TestReader()) {
      return reader.decoded(input, TestReader.options(1, 1).with(ImageSettings.ALPHA, mode));
    }
  }

  private static byte[] bytes(int[] values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }
}
