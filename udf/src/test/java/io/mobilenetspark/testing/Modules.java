package io.mobilenetspark.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.image.ImageInput;
import io.mobilenetspark.image.ImageLimits;
import io.mobilenetspark.image.ImageOptions;
import io.mobilenetspark.image.ImageOutcome;
import io.mobilenetspark.image.ResizeMethod;
import io.mobilenetspark.model.FrozenModel;
import io.mobilenetspark.model.ModelLoader;
import io.mobilenetspark.model.ModelRequest;
import io.mobilenetspark.runtime.FeatureExtractor;
import io.mobilenetspark.runtime.NativeLibrary;
import io.mobilenetspark.runtime.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.ByteDataBuffer;
import org.tensorflow.types.TFloat32;

/** Runs modules on pictures. */
public final class Modules {

  /** The four stand-ins of the published modules. */
  public static final List<String> HUB =
      List.of("feature_vector_1", "feature_vector_3", "feature_vector_4", "feature_vector_5");

  private Modules() {}

  /** The handle of a stand-in of shared/data; of {@code slim} the checkpoint. */
  public static String handle(String module) {
    return module.equals("slim")
        ? SharedData.slimCheckpoint().toString()
        : SharedData.directory().resolve("modules").resolve(module).toString();
  }

  /** Loads with the native library's settings made first. */
  public static FrozenModel load(ModelRequest request) {
    NativeLibrary.load();
    return new ModelLoader(new Configuration()).load(request);
  }

  /**
   * The vectors of images.
   *
   * @param pixels [n, height, width, 3] in [0, 1], of the model's size
   */
  public static float[] vectors(FrozenModel model, float[] pixels) {
    long n = pixels.length / ((long) model.imageHeight() * model.imageWidth() * 3);
    try (FeatureExtractor extractor = FeatureExtractor.open(model, Precision.FLOAT32, 2);
        TFloat32 batch =
            TFloat32.tensorOf(Shape.of(n, model.imageHeight(), model.imageWidth(), 3))) {
      batch.asRawTensor().data().asFloats().write(pixels);
      return extractor.extract(batch);
    }
  }

  /** The 53 reference images of a size, [53, side, side, 3] in [0, 1]. */
  public static float[] goldenPixels(int side) throws IOException {
    NativeLibrary.load();
    ImageSize size = ImageSize.square(side);
    ImageOptions options = new ImageOptions(size, ResizeMethod.BILINEAR, ImageLimits.DEFAULT);
    List<ImageInput> images = new ArrayList<>();
    for (Path file : SharedData.goldenImages()) {
      images.add(new ImageInput.Encoded(Files.readAllBytes(file)));
    }
    FrozenModel any = load(ModelRequest.of("builtin").withImageSize(32, 32));
    try (FeatureExtractor extractor = FeatureExtractor.open(any, Precision.FLOAT32, 2);
        TFloat32 batch = TFloat32.tensorOf(Shape.of(images.size(), side, side, 3))) {
      ByteDataBuffer pixels = batch.asRawTensor().data();
      long imageBytes = (long) size.rgbValues() * Float.BYTES;
      for (int i = 0; i < images.size(); i++) {
        ImageOutcome outcome =
            extractor.images().read(images.get(i), options, pixels.offset(i * imageBytes));
        assertThat(outcome).isInstanceOf(ImageOutcome.Read.class);
      }
      float[] values = new float[Math.toIntExact(batch.size())];
      pixels.asFloats().read(values);
      return values;
    }
  }
}
