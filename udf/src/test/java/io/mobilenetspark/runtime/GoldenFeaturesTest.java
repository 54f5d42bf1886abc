package io.mobilenetspark.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.image.ImageInput;
import io.mobilenetspark.image.ImageLimits;
import io.mobilenetspark.image.ImageOptions;
import io.mobilenetspark.image.ImageOutcome;
import io.mobilenetspark.image.ResizeMethod;
import io.mobilenetspark.model.FrozenModel;
import io.mobilenetspark.model.ModelLoader;
import io.mobilenetspark.testing.Floats;
import io.mobilenetspark.testing.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.ByteDataBuffer;
import org.tensorflow.ndarray.buffer.FloatDataBuffer;
import org.tensorflow.types.TFloat32;

/** Pixels and features against those of TensorFlow's Python (shared/data/golden). */
class GoldenFeaturesTest {

  private static final ImageSize SIZE = ImageSize.square(ModelLoader.DEFAULT_IMAGE_SIDE);
  private static final double FEATURE_TOLERANCE = 2e-4;
  private static final double PIXEL_TOLERANCE = 1e-2 / 255;

  @ParameterizedTest
  @EnumSource
  void equalsTensorFlowsPython(ResizeMethod resize) throws IOException {
    ImageOptions options = new ImageOptions(SIZE, resize, ImageLimits.DEFAULT);
    List<ImageInput> images = goldenImages();
    float[] expected = SharedData.goldenFeatures(resize.optionName());
    try (FeatureExtractor extractor = open();
        TFloat32 batch = read(extractor, images, options)) {
      float[] pixels = new float[Math.toIntExact(batch.size())];
      batch.asRawTensor().data().asFloats().read(pixels);
      assertThat(pixelDifference(pixels, SharedData.goldenPixels(resize.optionName())))
          .isLessThanOrEqualTo(PIXEL_TOLERANCE);
      assertThat(Floats.maxDifference(extractor.extract(batch), expected))
          .isLessThanOrEqualTo(FEATURE_TOLERANCE);
    }
  }

  /** The same comparison must not be blind: wrong channels and a wrong range fail it. */
  @ParameterizedTest
  @EnumSource
  void wrongChannelsAndWrongRangeFail(ResizeMethod resize) throws IOException {
    ImageOptions options = new ImageOptions(SIZE, resize, ImageLimits.DEFAULT);
    float[] expected = SharedData.goldenFeatures(resize.optionName());
    try (FeatureExtractor extractor = open();
        TFloat32 batch = read(extractor, goldenImages(), options)) {
      FloatDataBuffer pixels = batch.asRawTensor().data().asFloats();
      float[] right = new float[Math.toIntExact(pixels.size())];
      pixels.read(right);

      float[] swapped = new float[right.length];
      for (int i = 0; i < right.length; i++) {
        swapped[i] = right[i / 3 * 3 + (2 - i % 3)];
      }
      pixels.write(swapped);
      assertThat(Floats.maxDifference(extractor.extract(batch), expected))
          .isGreaterThan(1000 * FEATURE_TOLERANCE);

      float[] symmetric = new float[right.length];
      for (int i = 0; i < right.length; i++) {
        symmetric[i] = right[i] * 2 - 1;
      }
      pixels.write(symmetric);
      assertThat(Floats.maxDifference(extractor.extract(batch), expected))
          .isGreaterThan(1000 * FEATURE_TOLERANCE);
    }
  }

  private static FeatureExtractor open() {
    NativeLibrary.load();
    FrozenModel model =
        new ModelLoader(new Configuration())
            .load(SharedData.slimCheckpoint().toString(), ModelLoader.DEFAULT_IMAGE_SIDE);
    return FeatureExtractor.open(model, Precision.FLOAT32, 2);
  }

  private static List<ImageInput> goldenImages() throws IOException {
    List<ImageInput> images = new ArrayList<>();
    for (Path file : SharedData.goldenImages()) {
      images.add(new ImageInput.Encoded(Files.readAllBytes(file)));
    }
    return images;
  }

  private static TFloat32 read(
      FeatureExtractor extractor, List<ImageInput> images, ImageOptions options) {
    TFloat32 batch = TFloat32.tensorOf(Shape.of(images.size(), SIZE.height(), SIZE.width(), 3));
    ByteDataBuffer pixels = batch.asRawTensor().data();
    long imageBytes = (long) SIZE.rgbValues() * Float.BYTES;
    for (int i = 0; i < images.size(); i++) {
      ImageOutcome outcome =
          extractor.images().read(images.get(i), options, pixels.offset(i * imageBytes));
      assertThat(outcome).isInstanceOf(ImageOutcome.Read.class);
    }
    return batch;
  }

  private static double pixelDifference(float[] pixels, float[] expected0to255) {
    float[] first = Arrays.copyOf(pixels, expected0to255.length);
    float[] expected = new float[expected0to255.length];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = expected0to255[i] / 255f;
    }
    return Floats.maxDifference(first, expected);
  }
}
