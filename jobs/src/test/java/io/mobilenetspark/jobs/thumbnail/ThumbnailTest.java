package io.mobilenetspark.jobs.thumbnail;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.options.SettingValues;
import io.mobilenetspark.spark.DecodedImages;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;

/** A thumbnail is all of the image and nothing beside it. */
class ThumbnailTest {

  private static final int LONGEST = 600;

  private static byte[] white(int width, int height) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, width, height);
    graphics.dispose();
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(image, "png", png);
    return png.toByteArray();
  }

  /** The bars are black: of a white image, what is white is the image. */
  @Test
  void noRowIsLostAndNoneIsOfTheBars() throws IOException {
    Random random = new Random(1);
    List<byte[]> files = new ArrayList<>(List.of(white(225, 156), white(156, 225), white(600, 1)));
    for (int i = 0; i < 60; i++) {
      files.add(white(1 + random.nextInt(LONGEST), 1 + random.nextInt(LONGEST)));
    }
    SparkSession spark = Commands.session();
    List<DecodedImages.Image> images =
        DecodedImages.of(
                spark.createDataset(files, Encoders.BINARY()).toDF("image"),
                "image",
                List.of(),
                Thumbnails.options(SettingValues.none()))
            .collect();

    assertThat(images).hasSize(files.size());
    for (DecodedImages.Image image : images) {
      String size = image.width() + " x " + image.height();
      byte[] pixels = requireNonNull(image.pixels(), size);
      BufferedImage thumbnail =
          ImageIO.read(new ByteArrayInputStream(Thumbnail.of("", image).jpeg()));
      assertThat((long) thumbnail.getWidth() * thumbnail.getHeight())
          .as(size)
          .isEqualTo(IntStream.range(0, pixels.length).filter(i -> pixels[i] != 0).count() / 3);
      for (int y = 0; y < thumbnail.getHeight(); y++) {
        for (int x = 0; x < thumbnail.getWidth(); x++) {
          assertThat(thumbnail.getRGB(x, y) & 0xff).as(size).isGreaterThan(200);
        }
      }
    }
  }
}
