package io.mobilenetspark.testing;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Random;
import javax.imageio.ImageIO;

/** Small pictures of one colour with noise: blue, green or red. */
public final class Colours {

  private Colours() {}

  /** A PNG file of a colour, 0 to 2, with noise of a seed. */
  public static byte[] png(int label, int seed) {
    Random random = new Random(seed);
    BufferedImage image = new BufferedImage(40, 30, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < 30; y++) {
      for (int x = 0; x < 40; x++) {
        int noise = random.nextInt(1 << 24) & 0x3f3f3f;
        image.setRGB(x, y, noise + (0xa0 << (8 * label)));
      }
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
