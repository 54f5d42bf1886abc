package io.mobilenetspark.testing;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import javax.imageio.ImageIO;

/** Small pictures, each different, the same ones every time. */
public final class Pictures {

  private Pictures() {}

  /** Makes a directory of so many PNG files; gives it. */
  public static Path write(Path directory, int count) throws IOException {
    Files.createDirectory(directory);
    for (int i = 0; i < count; i++) {
      Files.write(directory.resolve(i + ".png"), png(i));
    }
    return directory;
  }

  /** A PNG file's bytes. */
  public static byte[] png(int seed) {
    Random random = new Random(seed);
    BufferedImage image = new BufferedImage(40, 30, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    for (int i = 0; i < 8; i++) {
      graphics.setColor(new Color(random.nextInt(1 << 24)));
      graphics.fillOval(random.nextInt(40), random.nextInt(30), random.nextInt(30), 20);
    }
    graphics.dispose();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
