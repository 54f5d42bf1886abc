package io.mobilenetspark.bench;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/** A JPEG as the JDK reads and scales it. */
final class ImageIoPixels {

  private static final String OF_THE_JDK = "com.sun.imageio.";

  private ImageIoPixels() {}

  /** The pixels of [side, side], row by row, each as 0xRRGGBB. */
  static int[] read(byte[] jpeg, int side) throws IOException {
    BufferedImage image = decode(jpeg);
    BufferedImage scaled = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = scaled.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    graphics.drawImage(image, 0, 0, side, side, null);
    graphics.dispose();
    return scaled.getRGB(0, 0, side, side, null, 0, side);
  }

  /** With the reader that users of other libraries have; the class path here has another one. */
  private static BufferedImage decode(byte[] jpeg) throws IOException {
    try (ImageInputStream in = ImageIO.createImageInputStream(new ByteArrayInputStream(jpeg))) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      while (readers.hasNext()) {
        ImageReader reader = readers.next();
        if (reader.getClass().getName().startsWith(OF_THE_JDK)) {
          try {
            reader.setInput(in, true, true);
            return reader.read(0);
          } finally {
            reader.dispose();
          }
        }
      }
    }
    throw new IOException("the JDK's ImageIO can't read it");
  }
}
