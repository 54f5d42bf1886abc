package io.mobilenetspark.testing;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/**
 * For each setting an image whose vector or status it changes. The settings have the names of SQL,
 * without prefix: {@code maxSide} is the job's {@code --max-side}.
 */
public final class Witnesses {

  private static final int[][] COLORS = {{0xc02040, 0x20c040}, {0x4020c0, 0xc0c020}};

  private Witnesses() {}

  /**
   * A setting's witness.
   *
   * @param setting its name
   * @param value one that is not its default
   * @param others settings that are given with and without it
   * @param image the image; its path is unlike that of others
   * @param expected what the outcome with the value has in it; empty if it only has to be another
   */
  public record Witness(
      String setting, String value, Map<String, String> others, Picture image, String expected) {

    /** With the setting. */
    public Map<String, String> with() {
      Map<String, String> all = new LinkedHashMap<>(others);
      all.put(setting, value);
      return all;
    }

    @Override
    public String toString() {
      return setting + "=" + value;
    }
  }

  /** An image file. */
  public enum Picture {
    PNG,
    BROKEN,
    PHOTO,
    TURNED,
    TRANSPARENT,
    FRAMES,
    ADOBE_RGB;

    /** The file's bytes. */
    public byte[] bytes() {
      try {
        return switch (this) {
          case PNG -> Pictures.png(1);
          case BROKEN -> new byte[] {'<', 'h', 't', 'm', 'l', '>'};
          case PHOTO -> encoded(drawn(BufferedImage.TYPE_INT_RGB, 640, 480), "jpg");
          case TURNED -> turned(PHOTO.bytes());
          case TRANSPARENT -> encoded(drawn(BufferedImage.TYPE_INT_ARGB, 40, 30), "png");
          case FRAMES -> frames();
          case ADOBE_RGB -> TestProfiles.png(COLORS, TestProfiles.adobeRgb());
        };
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }

  /** Makes the small networks that witnesses name, by what a module has for that. */
  @FunctionalInterface
  public interface Networks {
    /**
     * Exports a MobileNet V1 of few channels.
     *
     * @param directory that it makes
     * @param format of the export, as the command names it
     * @param seed 1 or 2, whose networks differ
     */
    void export(Path directory, String format, int seed);
  }

  /** All of them; makes the models that they name. */
  public static List<Witness> all(Path directory, Networks networks) throws IOException {
    String slim = export(networks, directory.resolve("slim"), "slim", 1);
    String other = export(networks, directory.resolve("other"), "slim", 2);
    String hub1 = export(networks, directory.resolve("hub1"), "hub1", 1);
    String reading = FileReadingModule.write(directory.resolve("reading")).toString();
    Map<String, String> small = Map.of("model", slim, "imageSize", "32");
    String cache = directory.resolve("another-cache").toString();
    String absent = "https://tfhub.dev/google/no_such_module/1";
    List<Witness> witnesses = new ArrayList<>();
    witnesses.add(new Witness("model", other, small, Picture.PNG, "OK"));
    witnesses.add(new Witness("imageSize", "64", Map.of("model", slim), Picture.PNG, "OK"));
    witnesses.add(new Witness("executionPath", "general", small, Picture.PNG, "error"));
    Map<String, String> module =
        Map.of("model", hub1, "imageSize", "32", "executionPath", "general");
    witnesses.add(new Witness("tags", "no_such_tag", module, Picture.PNG, "no_such_tag"));
    witnesses.add(new Witness("signature", "no_such_name", module, Picture.PNG, "no_such_name"));
    witnesses.add(
        new Witness("outputKey", "MobilenetV1/Conv2d_5_pointwise", small, Picture.PNG, "OK"));
    Map<String, String> untrusted = Map.of("model", reading, "imageSize", "32");
    witnesses.add(new Witness("trustModel", "true", untrusted, Picture.PNG, "OK"));
    witnesses.add(
        new Witness(
            "modelCache", cache, Map.of("model", absent, "offline", "true"), Picture.PNG, cache));
    // Nobody listens there.
    witnesses.add(
        new Witness(
            "modelMirror",
            "http://localhost:1/mirror/{path}.tar.gz",
            Map.of("model", "http://127.0.0.1:1/absent/1", "modelCache", cache),
            Picture.PNG,
            "localhost can't be reached"));
    witnesses.add(new Witness("modelSha256", "abc", small, Picture.PNG, "'abc' is not a SHA-256"));
    for (String resize : List.of("bilinear_tf1", "bilinear_antialias", "area", "bicubic")) {
      witnesses.add(new Witness("resize", resize, small, Picture.PHOTO, "OK"));
    }
    witnesses.add(new Witness("exifOrientation", "ignore", small, Picture.TURNED, "OK"));
    witnesses.add(new Witness("colorProfile", "srgb", small, Picture.ADOBE_RGB, "OK"));
    witnesses.add(new Witness("alpha", "white", small, Picture.TRANSPARENT, "OK"));
    witnesses.add(new Witness("alpha", "black", small, Picture.TRANSPARENT, "OK"));
    witnesses.add(new Witness("cropFraction", "0.5", small, Picture.PHOTO, "OK"));
    witnesses.add(new Witness("aspect", "pad", small, Picture.PHOTO, "OK"));
    witnesses.add(new Witness("decodeScale", "fast", small, Picture.PHOTO, "OK"));
    // An error where the CPU has no such arithmetic.
    witnesses.add(new Witness("precision", "bfloat16", small, Picture.PNG, ""));
    witnesses.add(new Witness("mode", "FAILFAST", small, Picture.BROKEN, "The mode is FAILFAST"));
    witnesses.add(new Witness("maxImageBytes", "10", small, Picture.PNG, "TOO_LARGE"));
    witnesses.add(new Witness("maxPixels", "1199", small, Picture.PNG, "TOO_MANY_PIXELS"));
    witnesses.add(new Witness("maxSide", "39", small, Picture.PNG, "TOO_MANY_PIXELS"));
    witnesses.add(new Witness("maxFrames", "1", small, Picture.FRAMES, "TOO_MANY_FRAMES"));
    witnesses.add(new Witness("maxDecodeSeconds", "1.0E-6", small, Picture.PNG, "TOO_MUCH_WORK"));
    return witnesses;
  }

  /** What became of an image, to be compared; a failure's message is one, too. */
  public static String outcome(String status, Object vector) {
    return status + " " + (vector instanceof float[] floats ? Arrays.toString(floats) : vector);
  }

  /** A failure's messages. */
  public static String outcome(Throwable failure) {
    StringBuilder messages = new StringBuilder("error");
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      messages.append(": ").append(cause.getMessage());
    }
    return messages.toString();
  }

  private static String export(Networks networks, Path directory, String format, int seed) {
    networks.export(directory, format, seed);
    return directory.toString();
  }

  private static BufferedImage drawn(int type, int width, int height) {
    BufferedImage image = new BufferedImage(width, height, type);
    Graphics2D graphics = image.createGraphics();
    for (int i = 0; i < 40; i++) {
      graphics.setColor(new Color(i * 6, 255 - i * 5, i * 37 % 256, 255 - i * 6));
      graphics.fillOval(i * width / 50, i * i * height / 2000, width / 5, height / 7);
    }
    graphics.dispose();
    return image;
  }

  private static byte[] encoded(BufferedImage image, String format) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(image, format, bytes);
    return bytes.toByteArray();
  }

  /** With a mark that the picture lies on its side. */
  private static byte[] turned(byte[] jpeg) {
    byte[] mark = {
      (byte) 0xFF,
      (byte) 0xE1,
      0,
      34,
      'E',
      'x',
      'i',
      'f',
      0,
      0,
      'M',
      'M',
      0,
      42,
      0,
      0,
      0,
      8,
      0,
      1,
      1,
      18,
      0,
      3,
      0,
      0,
      0,
      1,
      0,
      6,
      0,
      0,
      0,
      0,
      0,
      0
    };
    byte[] turned = Arrays.copyOf(jpeg, jpeg.length + mark.length);
    System.arraycopy(mark, 0, turned, 2, mark.length);
    System.arraycopy(jpeg, 2, turned, 2 + mark.length, jpeg.length - 2);
    return turned;
  }

  private static byte[] frames() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageWriter writer = ImageIO.getImageWritersByFormatName("gif").next();
    try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
      writer.setOutput(out);
      writer.prepareWriteSequence(null);
      for (int i = 0; i < 3; i++) {
        writer.writeToSequence(
            new IIOImage(drawn(BufferedImage.TYPE_BYTE_INDEXED, 40, 30), null, null), null);
      }
      writer.endWriteSequence();
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }
}
