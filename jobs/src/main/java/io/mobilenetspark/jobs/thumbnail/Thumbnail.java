package io.mobilenetspark.jobs.thumbnail;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.image.Placement;
import io.mobilenetspark.model.handle.Redacted;
import io.mobilenetspark.spark.DecodedImages;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.Serializable;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;

/** A small picture of a row's image, made of its pixels alone, or the reason why there is none. */
public final class Thumbnail implements Serializable {
  private static final long serialVersionUID = 1;

  /** Of the longer side, in pixels. */
  public static final int SIDE = 128;

  private static final int RGB = 3;

  // Plain fields: Kryo, which may be Spark's serializer, can't write records.
  private final @Nullable String id;
  private final byte[] jpeg;
  private final String problem;

  private Thumbnail(@Nullable String id, byte[] jpeg, String problem) {
    this.id = id;
    this.jpeg = jpeg;
    this.problem = problem;
  }

  /** The reason why there is none. */
  public static Thumbnail unreadable(@Nullable String id, String problem) {
    return new Thumbnail(id, new byte[0], Redacted.text(problem));
  }

  /**
   * Draws it.
   *
   * @param image of {@link #SIDE} pixels in both directions, between black bars
   */
  static Thumbnail of(@Nullable String id, DecodedImages.Image image) {
    byte[] pixels = image.pixels();
    if (pixels == null) {
      return unreadable(id, image.problem());
    }
    try {
      return new Thumbnail(id, jpeg(pixels, image.width(), image.height()), "");
    } catch (IOException | RuntimeException | LinkageError e) { // a JDK without native graphics
      return unreadable(id, "no JPEG can be made here: " + e);
    }
  }

  /** Without the bars: the sides are as those of the whole image. */
  private static byte[] jpeg(byte[] pixels, int width, int height) throws IOException {
    Placement place = Placement.padded(height, width, ImageSize.square(SIDE));
    BufferedImage image =
        new BufferedImage(place.width(), place.height(), BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < place.height(); y++) {
      for (int x = 0; x < place.width(); x++) {
        int at = RGB * ((place.y() + y) * SIDE + place.x() + x);
        int rgb =
            ((pixels[at] & 0xff) << 16) | ((pixels[at + 1] & 0xff) << 8) | (pixels[at + 2] & 0xff);
        image.setRGB(x, y, rgb);
      }
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    if (!ImageIO.write(image, "jpg", bytes)) {
      throw new IOException("this JDK has no writer of JPEG");
    }
    return bytes.toByteArray();
  }

  public @Nullable String id() {
    return id;
  }

  /** Empty if there is none. */
  public byte[] jpeg() {
    return jpeg;
  }

  /** Why there is none; empty if there is one. */
  public String problem() {
    return problem;
  }
}
