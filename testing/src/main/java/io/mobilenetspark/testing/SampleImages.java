package io.mobilenetspark.testing;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;

/** Makes image files for tests. Images are int[height][width] of 0xAARRGGBB. */
public final class SampleImages {

  private SampleImages() {}

  /** What must be done to an upright image so that an EXIF orientation makes it upright again. */
  public static int[][] stored(int[][] upright, int orientation) {
    return switch (orientation) {
      case 1 -> upright;
      case 2 -> flipLeftRight(upright);
      case 3 -> flipLeftRight(flipUpDown(upright));
      case 4 -> flipUpDown(upright);
      case 5 -> transpose(upright);
      case 6 -> transpose(flipLeftRight(upright)); // the inverse of a turn to the right
      case 7 -> transpose(flipLeftRight(flipUpDown(upright)));
      case 8 -> transpose(flipUpDown(upright));
      default -> throw new IllegalArgumentException("no EXIF orientation: " + orientation);
    };
  }

  private static int[][] flipLeftRight(int[][] image) {
    int[][] to = new int[image.length][image[0].length];
    for (int y = 0; y < to.length; y++) {
      for (int x = 0; x < to[0].length; x++) {
        to[y][x] = image[y][to[0].length - 1 - x];
      }
    }
    return to;
  }

  private static int[][] flipUpDown(int[][] image) {
    int[][] to = new int[image.length][];
    for (int y = 0; y < to.length; y++) {
      to[y] = image[to.length - 1 - y].clone();
    }
    return to;
  }

  private static int[][] transpose(int[][] image) {
    int[][] to = new int[image[0].length][image.length];
    for (int y = 0; y < to.length; y++) {
      for (int x = 0; x < to[0].length; x++) {
        to[y][x] = image[x][y];
      }
    }
    return to;
  }

  /** An image of RGB bytes. */
  public static int[][] ofRgb(byte[] rgb, int height, int width) {
    int[][] image = new int[height][width];
    for (int i = 0; i < height * width; i++) {
      image[i / width][i % width] =
          0xff000000
              | (rgb[3 * i] & 0xff) << 16
              | (rgb[3 * i + 1] & 0xff) << 8
              | (rgb[3 * i + 2] & 0xff);
    }
    return image;
  }

  /** A file in one of the JDK's formats: png, jpg, bmp, gif, tiff. */
  public static byte[] file(int[][] image, String format, int bufferedImageType) {
    BufferedImage buffered = new BufferedImage(image[0].length, image.length, bufferedImageType);
    for (int y = 0; y < image.length; y++) {
      for (int x = 0; x < image[0].length; x++) {
        buffered.setRGB(x, y, image[y][x]);
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      if (!ImageIO.write(buffered, format, out)) {
        throw new IllegalArgumentException("no writer for " + format);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  public static byte[] png(int[][] image) {
    return file(image, "png", BufferedImage.TYPE_INT_RGB);
  }

  /** An EXIF block that holds nothing but an orientation. */
  public static byte[] exif(int orientation) {
    ByteBuffer block = ByteBuffer.allocate(26).order(ByteOrder.LITTLE_ENDIAN);
    block.put((byte) 'I').put((byte) 'I').putShort((short) 42).putInt(8);
    block.putShort((short) 1);
    block.putShort((short) 274).putShort((short) 3).putInt(1).putInt(orientation);
    return block.putInt(0).array();
  }

  /** A PNG with one more chunk behind its header. */
  public static byte[] withChunk(byte[] png, String type, byte[] data) {
    int afterHeader = 8 + 25;
    byte[] typed = concat(type.getBytes(StandardCharsets.US_ASCII), data);
    CRC32 crc = new CRC32();
    crc.update(typed);
    byte[] chunk =
        concat(
            ByteBuffer.allocate(4).putInt(data.length).array(),
            typed,
            ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
    return concat(
        Arrays.copyOf(png, afterHeader), chunk, Arrays.copyOfRange(png, afterHeader, png.length));
  }

  /** A JPEG with an EXIF segment behind its start. */
  public static byte[] withExif(byte[] jpeg, byte[] exif) {
    byte[] data = concat("Exif\0\0".getBytes(StandardCharsets.US_ASCII), exif);
    byte[] segment =
        ByteBuffer.allocate(4).putShort((short) 0xffe1).putShort((short) (data.length + 2)).array();
    return concat(Arrays.copyOf(jpeg, 2), segment, data, Arrays.copyOfRange(jpeg, 2, jpeg.length));
  }

  public static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
