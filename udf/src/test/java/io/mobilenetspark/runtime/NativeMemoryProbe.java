package io.mobilenetspark.runtime;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.image.ImageInput;
import io.mobilenetspark.image.ImageLimits;
import io.mobilenetspark.image.ImageOptions;
import io.mobilenetspark.image.ResizeMethod;
import io.mobilenetspark.model.FrozenModel;
import io.mobilenetspark.model.ModelLoader;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.bytedeco.javacpp.Pointer;

/** Embeds 20,000 images and prints what native memory it holds after a quarter and at the end. */
final class NativeMemoryProbe {

  private static final int IMAGES = 20_000;
  private static final int BATCH = 16;
  private static final int WARM = 320 * BATCH;
  private static final int SIDE = 64;

  private NativeMemoryProbe() {}

  public static void main(String[] args) throws IOException {
    NativeLibrary.load();
    FrozenModel model = new ModelLoader(new Configuration()).load("builtin", SIDE);
    try (FeatureExtractor extractor = FeatureExtractor.open(model, Precision.FLOAT32, 1)) {
      ImageEmbedder embedder =
          new ImageEmbedder(
              extractor,
              new ImageOptions(
                  ImageSize.square(SIDE), ResizeMethod.BILINEAR_ANTIALIAS, ImageLimits.DEFAULT));
      List<ImageInput> batch = batch();
      for (int images = 0; images < IMAGES; images += BATCH) {
        if (images == WARM) { // TensorFlow's own pools have grown to what they need by now
          print("warm", images);
        }
        if (embedder.embed(batch).size() != BATCH) {
          throw new IllegalStateException("a row was lost");
        }
      }
      print("end", IMAGES);
    }
  }

  private static void print(String when, int images) {
    System.out.printf(
        Locale.ROOT,
        "%s images %d resident-bytes %d native-objects %d%n",
        when,
        images,
        Pointer.physicalBytes(),
        Pointer.totalCount());
  }

  /** Images, resident bytes and native objects of a line that was printed. */
  static long[] parse(String output, String when) {
    String line = output.lines().filter(l -> l.startsWith(when + " ")).findFirst().orElseThrow();
    return Arrays.stream(line.split(" "))
        .filter(w -> w.matches("\\d+"))
        .mapToLong(Long::parseLong)
        .toArray();
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
    if (!ImageIO.write(image, format, out)) {
      throw new IOException("no writer for " + format);
    }
    return out.toByteArray();
  }
}
