package io.mobilenetspark.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.image.ImageInput;
import io.mobilenetspark.image.ImageLimits;
import io.mobilenetspark.image.ImageOptions;
import io.mobilenetspark.image.ImageSize;
import io.mobilenetspark.image.ResizeMethod;
import io.mobilenetspark.model.FrozenModel;
import io.mobilenetspark.model.ModelLoader;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;

/** Every native tensor is freed, of good images and of bad ones. */
class NativeMemoryTest {

  private static final int IMAGES = 20_000;
  private static final int BATCH = 16;
  private static final int SIDE = 64;

  /** One leaked tensor an image would be 49,152 bytes times 15,000 images: 700 MiB. */
  private static final long ALLOWED_GROWTH = 48L << 20;

  @Test
  void staysFlatOverTwentyThousandImages() throws IOException {
    NativeLibrary.load();
    FrozenModel model = new ModelLoader(new Configuration()).load("builtin", SIDE);
    try (FeatureExtractor extractor = FeatureExtractor.open(model, Precision.FLOAT32, 1)) {
      ImageEmbedder embedder =
          new ImageEmbedder(
              extractor,
              new ImageOptions(
                  ImageSize.square(SIDE), ResizeMethod.BILINEAR_ANTIALIAS, ImageLimits.DEFAULT));
      List<ImageInput> batch = batch();
      int batches = IMAGES / BATCH;
      long pointersBefore = 0;
      long memoryBefore = 0;
      for (int i = 0; i < batches; i++) {
        if (i == batches / 4) { // TensorFlow's own pools have grown to what they need by now
          System.gc(); // frees what only the collector could free, so that it doesn't count as flat
          pointersBefore = Pointer.totalCount();
          memoryBefore = Pointer.physicalBytes();
        }
        assertThat(embedder.embed(batch)).hasSize(BATCH);
      }
      System.out.printf(
          "%d images: native memory %d MiB, after a quarter of them %d MiB%n",
          IMAGES, Pointer.physicalBytes() >> 20, memoryBefore >> 20);
      assertThat(Pointer.totalCount())
          .as("native objects alive")
          .isLessThanOrEqualTo(pointersBefore);
      assertThat(Pointer.physicalBytes() - memoryBefore).isLessThan(ALLOWED_GROWTH);
    }
  }

  /** JPEG, PNG and pixels, and three that are refused at three different places. */
  private static List<ImageInput> batch() throws IOException {
    BufferedImage image = new BufferedImage(80, 60, BufferedImage.TYPE_3BYTE_BGR);
    for (int i = 0; i < 80 * 60; i++) {
      image.setRGB(i % 80, i / 80, i * 0x010203);
    }
    byte[] jpeg = encode(image, "jpg");
    List<ImageInput> batch = new ArrayList<>();
    batch.add(new ImageInput.Encoded(Arrays.copyOf(jpeg, jpeg.length / 2)));
    batch.add(new ImageInput.Encoded(new byte[] {1, 2, 3}));
    batch.add(new ImageInput.Missing());
    batch.add(new ImageInput.Pixels(80, 60, 3, new byte[80 * 60 * 3]));
    batch.add(new ImageInput.Encoded(encode(image, "png")));
    while (batch.size() < BATCH) {
      batch.add(new ImageInput.Encoded(jpeg));
    }
    return batch;
  }

  private static byte[] encode(BufferedImage image, String format) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThat(ImageIO.write(image, format, out)).isTrue();
    return out.toByteArray();
  }
}
