package io.mobilenetspark.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each limit at its edge. */
class ImageLimitsTest {

  private static final ImageLimits LIMITS = new ImageLimits(100, 12, 6, 3);

  /** An act that a limit may refuse. */
  private interface Check {
    void run() throws RejectedImageException;
  }

  private static String outcome(Check check) {
    try {
      check.run();
      return "OK";
    } catch (RejectedImageException e) {
      return e.outcome().status() + ": " + e.outcome().reason();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1 | 1 | OK",
        "6 | 2 | OK",
        "2 | 6 | OK",
        "7 | 1 | TOO_MANY_PIXELS: PNG of 7 x 1 pixels, the longest side allowed is 6",
        "1 | 7 | TOO_MANY_PIXELS: PNG of 1 x 7 pixels, the longest side allowed is 6",
        "5 | 3 | TOO_MANY_PIXELS: PNG of 5 x 3 = 15 pixels, the limit is 12",
        "0 | 1 | CORRUPT: PNG that claims a size of 0 x 1 pixels",
        "1 | 0 | CORRUPT: PNG that claims a size of 1 x 0 pixels",
        "-1 | -1 | CORRUPT: PNG that claims a size of -1 x -1 pixels",
        "4294967296 | 4294967296 | TOO_MANY_PIXELS: PNG of 4294967296 x 4294967296 pixels, the longest side allowed is 6"
      })
  void sizes(long width, long height, String outcome) {
    assertThat(outcome(() -> LIMITS.checkSize(ImageFormat.PNG, width, height))).isEqualTo(outcome);
  }

  @Test
  void bytesAndFrames() {
    assertThat(outcome(() -> LIMITS.checkBytes(100))).isEqualTo("OK");
    assertThat(outcome(() -> LIMITS.checkBytes(101)))
        .isEqualTo("TOO_LARGE: the image has 101 bytes, the limit is 100");
    assertThat(outcome(() -> LIMITS.checkFrames(ImageFormat.GIF, 3))).isEqualTo("OK");
    assertThat(outcome(() -> LIMITS.checkFrames(ImageFormat.GIF, 4)))
        .isEqualTo("TOO_MANY_FRAMES: GIF of 4 frames or pages, the limit is 3");
  }

  @Test
  void aHeaderIsCheckedForItsSizeAndItsFrames() {
    assertThat(outcome(() -> header(6, 3).check(LIMITS))).startsWith("TOO_MANY_PIXELS");
    assertThat(outcome(() -> header(2, 4).check(LIMITS))).startsWith("TOO_MANY_FRAMES");
    assertThat(outcome(() -> header(2, 3).check(LIMITS))).isEqualTo("OK");
  }

  private static ImageHeader header(int side, int frames) {
    return new ImageHeader(ImageFormat.GIF, side, side, frames, ImageHeader.Decoder.TENSORFLOW, 0);
  }

  @Test
  void timeGrowsWithThePixelsThatAreAllowed() {
    assertThat(LIMITS.pixelRatio()).isEqualTo(1);
    assertThat(ImageLimits.DEFAULT.pixelRatio()).isEqualTo(1);
    assertThat(new ImageLimits(1, 3 * ImageLimits.DEFAULT_MAX_PIXELS, 1).pixelRatio()).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource({"0, 1, 1, 1", "1, 0, 1, 1", "1, 1, 0, 1", "1, 1, 1, 0"})
  void areAtLeastOne(long bytes, long pixels, int side, int frames) {
    assertThat(new ImageLimits(1, 1, 1, 1).maxFrames()).isEqualTo(1);
    assertThatThrownBy(() -> new ImageLimits(bytes, pixels, side, frames))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("image limits must be positive: maxBytes=" + bytes);
  }

  @Test
  void defaultsAreThoseOfTheDocs() {
    assertThat(ImageLimits.DEFAULT)
        .isEqualTo(new ImageLimits(268_435_456, 89_478_485, 65_535, 10_000));
  }
}
