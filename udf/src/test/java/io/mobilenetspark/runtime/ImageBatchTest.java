package io.mobilenetspark.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.image.AlphaMode;
import io.mobilenetspark.image.Corpus;
import io.mobilenetspark.image.DecodeScale;
import io.mobilenetspark.image.ExifOrientation;
import io.mobilenetspark.image.ImageInput;
import io.mobilenetspark.image.ImageLimits;
import io.mobilenetspark.image.ImageOptions;
import io.mobilenetspark.image.ImageOutcome;
import io.mobilenetspark.image.ImageSettings;
import io.mobilenetspark.image.ImageStatus;
import io.mobilenetspark.image.ResizeMethod;
import io.mobilenetspark.image.TestReader;
import io.mobilenetspark.model.FrozenModel;
import io.mobilenetspark.model.ModelLoader;
import io.mobilenetspark.testing.Floats;
import io.mobilenetspark.testing.SampleImages;
import io.mobilenetspark.testing.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What options and neighbours do to an image's vector. */
class ImageBatchTest {

  private static final ImageOptions OPTIONS =
      new ImageOptions(
          ImageSize.square(ModelLoader.DEFAULT_IMAGE_SIDE),
          ResizeMethod.BILINEAR,
          ImageLimits.DEFAULT);
  private static FeatureExtractor extractor;

  @BeforeAll
  static void open() {
    NativeLibrary.load();
    FrozenModel model =
        new ModelLoader(new Configuration())
            .load(SharedData.slimCheckpoint().toString(), ModelLoader.DEFAULT_IMAGE_SIDE);
    extractor = FeatureExtractor.open(model, Precision.FLOAT32, 2);
  }

  @AfterAll
  static void close() {
    if (extractor != null) { // null where the photographs and so the whole class are left out
      extractor.close();
    }
  }

  /** Bombs and broken files between good ones, in any order and any batch, change no good row. */
  @Test
  void badNeighboursChangeNoBitOfAGoodRow() throws IOException {
    List<ImageInput> good = new ArrayList<>();
    for (Path file : SharedData.goldenImages().subList(0, 12)) {
      good.add(new ImageInput.Encoded(Files.readAllBytes(file)));
    }
    List<ImageInput> bad = badImages();
    List<float[]> expected = new ArrayList<>();
    ImageEmbedder embedder = new ImageEmbedder(extractor, OPTIONS);
    for (ImageInput image : good) {
      expected.add(features(embedder.embed(List.of(image)).get(0)));
    }

    Random random = new Random(11);
    for (int round = 0; round < 6; round++) {
      List<ImageInput> rows = new ArrayList<>(good);
      for (ImageInput image : bad) {
        rows.add(random.nextInt(rows.size() + 1), image);
      }
      int batch = 1 + random.nextInt(rows.size());
      for (int from = 0; from < rows.size(); from += batch) {
        List<ImageInput> part = rows.subList(from, Math.min(rows.size(), from + batch));
        List<Embedding> embeddings = embedder.embed(part);
        assertThat(embeddings).hasSameSizeAs(part);
        for (int i = 0; i < part.size(); i++) {
          int which = good.indexOf(part.get(i));
          if (which >= 0) {
            Floats.assertSameBits(features(embeddings.get(i)), expected.get(which));
          } else {
            assertThat(embeddings.get(i).outcome()).isInstanceOf(ImageOutcome.Rejected.class);
            assertThat(embeddings.get(i).features()).isNull();
          }
        }
      }
    }
  }

  private static List<ImageInput> badImages() throws IOException {
    byte[] photograph = Files.readAllBytes(SharedData.goldenImages().get(20));
    byte[] webp = Corpus.file("images/webp/empty/empty-100x100.webp").clone();
    Arrays.fill(webp, 26, 30, (byte) 0xff); // claims 16,383 x 16,383 pixels
    List<ImageInput> bad = new ArrayList<>();
    bad.add(new ImageInput.Missing());
    bad.add(new ImageInput.Encoded(new byte[0]));
    bad.add(new ImageInput.Encoded(Arrays.copyOf(photograph, photograph.length / 2)));
    bad.add(new ImageInput.Encoded(webp));
    bad.add(new ImageInput.Encoded(Corpus.file("broken-jpeg/broken-bogus-segment-length.jpg")));
    bad.add(
        new ImageInput.Encoded(
            Corpus.file(
                "images/jpeg/oss-fuzz-33458/clusterfuzz-testcase-minimized-ImagingJpegFuzzer-4548690447564800")));
    bad.add(new ImageInput.Encoded(Corpus.file("jpeg/fair-use.txt")));
    bad.add(new ImageInput.Oversized(1L << 40));
    bad.add(new ImageInput.Pixels(-1, -1, -1, new byte[0]));
    bad.add(new ImageInput.Pixels(9, 9, 3, new byte[9]));
    return bad;
  }

  /**
   * A photograph's pixels stored in all eight orientations, without loss as PNG, with the tag that
   * undoes it: the vector of the upright photograph, bit for bit.
   */
  @Test
  void turnedCopyHasTheVectorOfTheUprightPhotograph() throws IOException {
    byte[] photograph = Files.readAllBytes(SharedData.goldenImages().get(0));
    ImageEmbedder embedder = new ImageEmbedder(extractor, OPTIONS);
    Embedding upright = embedder.embed(List.of(TestReader.encoded(photograph))).get(0);
    assertThat(upright.outcome()).isInstanceOf(ImageOutcome.Read.class);
    ImageOutcome.Read read = (ImageOutcome.Read) upright.outcome();
    int[][] pixels;
    try (TestReader reader = new TestReader()) {
      byte[] rgb = reader.decoded(TestReader.encoded(photograph), OPTIONS);
      pixels = SampleImages.ofRgb(rgb, read.height(), read.width());
    }
    ImageEmbedder ignoring =
        new ImageEmbedder(
            extractor, OPTIONS.with(ImageSettings.EXIF_ORIENTATION, ExifOrientation.IGNORE));
    for (int orientation = 1; orientation <= 8; orientation++) {
      byte[] png = SampleImages.png(SampleImages.stored(pixels, orientation));
      ImageInput turned =
          TestReader.encoded(SampleImages.withChunk(png, "eXIf", SampleImages.exif(orientation)));
      Embedding embedding = embedder.embed(List.of(turned)).get(0);
      Floats.assertSameBits(features(embedding), features(upright));
      double ignored =
          Floats.maxDifference(features(ignoring.embed(List.of(turned)).get(0)), features(upright));
      if (orientation > 1) {
        assertThat(ignored).as("orientation %d, ignored", orientation).isGreaterThan(0.1);
      }
    }
  }

  /** What fast decoding moves: large photographs, not those under twice the model's size. */
  @Test
  void driftOfFastDecoding() throws IOException {
    ImageEmbedder exact = new ImageEmbedder(extractor, OPTIONS);
    ImageEmbedder fast =
        new ImageEmbedder(extractor, OPTIONS.with(ImageSettings.DECODE_SCALE, DecodeScale.FAST));
    ImageInput small = TestReader.encoded(Corpus.file("jpeg/5dhtsegments.jpg"));
    Floats.assertSameBits(
        features(fast.embed(List.of(small)).get(0)), features(exact.embed(List.of(small)).get(0)));

    List<String> large =
        List.of(
            "exif/Landscape_1.jpg",
            "exif/Landscape_6.jpg",
            "exif/Portrait_1.jpg",
            "jpeg/cmm-exception-srgb.jpg",
            "jpeg/jfif-with-preview-as-second-image.jpg",
            "jpeg/no-image-types-rgb-us-web-coated-v2-ms-photogallery-exif.jpg",
            "images/jpeg/photoshop/IMAGING-246/FallHarvestKitKat_07610.jpg",
            "data/images/jpg/1/Canon Powershot SD750 - 2007.12.26.n.IMG_3704.JPG",
            "data/images/jpg/1/Nikon D50 - 2007.12.19.n.DSC_3656.JPG",
            "data/images/jpg/1/Oregon Scientific DS6639 - DSC_0307.JPG");
    double sum = 0;
    double least = 1;
    for (String file : large) {
      ImageInput image = TestReader.encoded(Corpus.file(file));
      Embedding exactly = exact.embed(List.of(image)).get(0);
      Embedding quickly = fast.embed(List.of(image)).get(0);
      assertThat(quickly.outcome()).isEqualTo(exactly.outcome());
      double cosine = cosine(features(exactly), features(quickly));
      System.out.printf(Locale.ROOT, "fast decoding, cosine %.4f: %s%n", cosine, file);
      sum += cosine;
      least = Math.min(least, cosine);
    }
    assertThat(sum / large.size()).as("mean cosine").isBetween(0.9, 0.9999);
    assertThat(least).as("least cosine").isGreaterThan(0.8);
  }

  @Test
  void optionsReachTheVector() throws IOException {
    ImageInput image = TestReader.encoded(Corpus.file("images/webp/alpha/alpha.webp"));
    float[] dropped = features(new ImageEmbedder(extractor, OPTIONS).embed(List.of(image)).get(0));
    ImageOptions white = OPTIONS.with(ImageSettings.ALPHA, AlphaMode.WHITE);
    float[] onWhite = features(new ImageEmbedder(extractor, white).embed(List.of(image)).get(0));
    assertThat(Floats.maxDifference(dropped, onWhite)).isGreaterThan(0.1);
    Embedding none =
        new ImageEmbedder(extractor, OPTIONS).embed(List.of(new ImageInput.Missing())).get(0);
    assertThat(none.outcome().status()).isEqualTo(ImageStatus.NULL_INPUT);
  }

  private static float[] features(Embedding embedding) {
    float[] features = embedding.features();
    assertThat(features).as("%s", embedding.outcome()).hasSize(768);
    return features == null ? new float[0] : features;
  }

  private static double cosine(float[] a, float[] b) {
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < a.length; i++) {
      ab += (double) a[i] * b[i];
      aa += (double) a[i] * a[i];
      bb += (double) b[i] * b[i];
    }
    return ab / Math.sqrt(aa * bb);
  }
}
