package io.mobilenetspark.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.image.ColorProfile;
import io.mobilenetspark.image.ExifOrientation;
import io.mobilenetspark.image.ImageLimits;
import io.mobilenetspark.image.ImageOptions;
import io.mobilenetspark.image.ImageOutcome;
import io.mobilenetspark.image.ImageSettings;
import io.mobilenetspark.image.ResizeMethod;
import io.mobilenetspark.image.TestReader;
import io.mobilenetspark.model.FrozenModel;
import io.mobilenetspark.model.ModelLoader;
import io.mobilenetspark.testing.Cases;
import io.mobilenetspark.testing.Floats;
import io.mobilenetspark.testing.SampleImages;
import io.mobilenetspark.testing.SharedData;
import io.mobilenetspark.testing.TestProfiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;

/**
 * What an ignored profile costs: photographs in the colors of Adobe RGB and Display P3, as PNG with
 * the profile, against the same photographs in sRGB. The figures are in docs/embed.md.
 */
class ColorDriftTest {

  private static final ImageOptions IGNORE =
      new ImageOptions(
              ImageSize.square(ModelLoader.DEFAULT_IMAGE_SIDE),
              ResizeMethod.BILINEAR,
              ImageLimits.DEFAULT)
          .with(ImageSettings.EXIF_ORIENTATION, ExifOrientation.IGNORE);

  @Test
  void conversionBringsVectorsBack() throws IOException {
    List<Path> all = SharedData.goldenImages();
    List<Path> photographs = all.subList(0, Cases.count(6, all.size()));
    NativeLibrary.load();
    FrozenModel model =
        new ModelLoader(new Configuration())
            .load(SharedData.slimCheckpoint().toString(), ModelLoader.DEFAULT_IMAGE_SIDE);
    try (FeatureExtractor extractor = FeatureExtractor.open(model, Precision.FLOAT32, 2);
        TestReader reader = new TestReader()) {
      for (String name : List.of("Adobe RGB", "Display P3")) {
        byte[] profile =
            name.equals("Adobe RGB") ? TestProfiles.adobeRgb() : TestProfiles.displayP3();
        double ignored = 0;
        double converted = 0;
        for (Path photograph : photographs) {
          byte[] file = Files.readAllBytes(photograph);
          ImageOutcome.Read read =
              (ImageOutcome.Read) reader.outcome(TestReader.encoded(file), IGNORE);
          byte[] rgb = reader.decoded(TestReader.encoded(file), IGNORE);
          int[][] srgb = SampleImages.ofRgb(rgb, read.height(), read.width());
          byte[] png = TestProfiles.png(TestProfiles.encoded(srgb, profile), profile);
          float[] original = features(extractor, file, IGNORE);
          ignored += Floats.cosine(features(extractor, png, IGNORE), original);
          converted +=
              Floats.cosine(
                  features(
                      extractor, png, IGNORE.with(ImageSettings.COLOR_PROFILE, ColorProfile.SRGB)),
                  original);
        }
        System.out.printf(
            Locale.ROOT,
            "DRIFT %s, mean cosine to sRGB of %d photographs: ignore %.4f, srgb %.4f%n",
            name,
            photographs.size(),
            ignored / photographs.size(),
            converted / photographs.size());
        assertThat(converted / photographs.size()).isGreaterThan(0.995);
        assertThat(ignored).isLessThan(converted);
      }
    }
  }

  private static float[] features(FeatureExtractor extractor, byte[] file, ImageOptions options) {
    float[] features =
        new ImageEmbedder(extractor, options)
            .embed(List.of(TestReader.encoded(file)))
            .get(0)
            .features();
    assertThat(features).isNotNull();
    return features == null ? new float[0] : features;
  }
}
