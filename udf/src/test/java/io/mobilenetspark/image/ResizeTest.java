package io.mobilenetspark.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.testing.Floats;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Resizing, cropping and padding against TensorFlow's Python, whose values are in resize.tsv
 * (written by src/test/python/image_reference.py, as is the formula of the image).
 */
class ResizeTest {

  private static final double TOLERANCE = 1e-2;

  @Test
  void equalsTensorFlowsPython() throws IOException {
    List<String[]> cases = Corpus.table("resize.tsv");
    Set<String> kinds = new HashSet<>();
    try (TestReader reader = new TestReader()) {
      for (String[] line : cases) {
        kinds.add(line[0] + " " + line[1] + " " + line[2]);
        ImageOptions options =
            new ImageOptions(
                    new ImageSize(Integer.parseInt(line[5]), Integer.parseInt(line[6])),
                    ResizeMethod.CHOICES.parse(line[0]),
                    ImageLimits.DEFAULT)
                .with(ImageSettings.CROP_FRACTION, Double.parseDouble(line[1]))
                .with(ImageSettings.ASPECT, AspectMode.CHOICES.parse(line[2]));
        ImageInput image = image(Integer.parseInt(line[3]), Integer.parseInt(line[4]));
        float[] actual = reader.pixels(image, options);
        for (int i = 0; i < actual.length; i++) {
          actual[i] *= 255;
        }
        String[] values = line[7].split(",", -1);
        float[] expected = new float[values.length];
        for (int i = 0; i < values.length; i++) {
          expected[i] = Float.parseFloat(values[i]);
        }
        assertThat(Floats.maxDifference(actual, expected))
            .as("%s crop %s %s %sx%s to %sx%s", (Object[]) line)
            .isLessThanOrEqualTo(TOLERANCE);
      }
    }
    assertThat(cases).hasSizeGreaterThan(70);
    assertThat(kinds).hasSize(5 * 4 + 4); // methods by crops, and methods that pad
  }

  @Test
  void cropIsRefusedOutsideOfItsRange() {
    for (double fraction : new double[] {0, -0.5, 1.0001, Double.NaN}) {
      assertThatThrownBy(() -> new Crop(fraction))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("greater than 0 and at most 1, not " + fraction);
    }
  }

  /** Spark's struct is BGR; the formula gives RGB. */
  private static ImageInput image(int height, int width) {
    byte[] bgr = new byte[height * width * 3];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        for (int c = 0; c < 3; c++) {
          bgr[(y * width + x) * 3 + 2 - c] = (byte) (y * 31 + x * 17 + c * 59 + y * x * 7);
        }
      }
    }
    return new ImageInput.Pixels(width, height, 3, bgr);
  }
}
