package io.mobilenetspark.jobs.embed;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import javax.imageio.ImageIO;

/**
 * Pictures for the demo where the build's photographs are missing, as in the distribution, which
 * ships no images of others: shapes of several kinds, the same on every machine, some of them in
 * broken files.
 */
final class DemoPictures {

  private static final int OF_A_KIND = 8;
  private static final int WIDTH = 320;
  private static final int HEIGHT = 240;

  /** What is drawn. */
  private enum Kind {
    BALLS,
    BRICKS,
    STRIPES;

    void draw(Graphics2D canvas, Random random) {
      for (int i = 0; i < 40; i++) {
        canvas.setColor(color(random));
        int x = random.nextInt(WIDTH);
        int y = random.nextInt(HEIGHT);
        int size = 10 + random.nextInt(60);
        switch (this) {
          case BALLS -> canvas.fillOval(x, y, size, size);
          case BRICKS -> canvas.fillRect(x / 40 * 40, y / 20 * 20, 36, 16);
          case STRIPES -> canvas.fillRect(x, 0, size / 4, HEIGHT);
        }
      }
    }
  }

  private DemoPictures() {}

  /**
   * Draws them into a directory, which is made if it is missing; files of the same names are
   * replaced.
   */
  static void draw(Path directory) {
    try {
      Files.createDirectories(directory);
      Random random = new Random(1);
      byte[] last = {};
      for (Kind kind : Kind.values()) {
        String name = kind.name().toLowerCase(Locale.ROOT);
        for (int i = 0; i < OF_A_KIND; i++) {
          String format = i % 2 == 0 ? "png" : "jpg";
          last = encoded(picture(kind, random), format);
          Files.write(directory.resolve(name + "-" + (i + 1) + "." + format), last);
        }
      }
      Files.write(directory.resolve("cut-short.jpg"), Arrays.copyOf(last, last.length / 2));
      Files.writeString(directory.resolve("no-image.jpg"), "This file is here to be refused.\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static BufferedImage picture(Kind kind, Random random) {
    BufferedImage picture = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
    Graphics2D canvas = picture.createGraphics();
    canvas.setColor(color(random));
    canvas.fillRect(0, 0, WIDTH, HEIGHT);
    kind.draw(canvas, random);
    canvas.dispose();
    return picture;
  }

  private static Color color(Random random) {
    return new Color(random.nextInt(256), random.nextInt(256), random.nextInt(256));
  }

  private static byte[] encoded(BufferedImage picture, String format) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(picture, format, bytes);
    return bytes.toByteArray();
  }
}
