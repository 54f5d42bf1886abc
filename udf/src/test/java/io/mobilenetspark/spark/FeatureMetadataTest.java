package io.mobilenetspark.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.image.ImageLimits;
import io.mobilenetspark.image.ImageOptions;
import io.mobilenetspark.image.ImageSettings;
import io.mobilenetspark.image.ResizeMethod;
import io.mobilenetspark.model.FrozenModel;
import io.mobilenetspark.model.ModelLoader;
import io.mobilenetspark.model.ModelRequest;
import io.mobilenetspark.options.Setting;
import io.mobilenetspark.runtime.Precision;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;

/** Whatever moves vectors is a fact: an option that is new must be one, or be listed here. */
class FeatureMetadataTest {

  /** Of all options these move no vector: they say how many, how fast, and for which images. */
  private static final Set<String> MOVE_NOTHING =
      Set.of(
          "maxImageBytes",
          "maxPixels",
          "maxSide",
          "maxFrames",
          "maxDecodeSeconds",
          "batchSize",
          "mode");

  private static final FrozenModel MODEL =
      new ModelLoader(new Configuration()).load(ModelRequest.of("builtin").withImageSize(32, 32));

  private static final EmbedOptions OPTIONS =
      new EmbedOptions(
          new ImageOptions(ImageSize.square(32), ResizeMethod.BILINEAR, ImageLimits.DEFAULT),
          Precision.FLOAT32,
          16,
          MalformedMode.PERMISSIVE);

  @Test
  void everyOptionThatMovesVectorsIsAFact() throws ReflectiveOperationException {
    for (RecordComponent component : EmbedOptions.class.getRecordComponents()) {
      if (component.getType() != ImageOptions.class) {
        check(component.getName(), (EmbedOptions) changed(OPTIONS, component));
      }
    }
    ImageSize larger = ImageSize.square(64);
    check("size", with(new ImageOptions(larger, ResizeMethod.BILINEAR, ImageLimits.DEFAULT)));
    for (Setting<?> setting : ImageSettings.ALL) {
      check(setting.name(), with(changed(OPTIONS.images(), setting)));
    }
  }

  private static EmbedOptions with(ImageOptions images) {
    return new EmbedOptions(images, Precision.FLOAT32, 16, MalformedMode.PERMISSIVE);
  }

  @SuppressWarnings("unchecked")
  private static <T> ImageOptions changed(ImageOptions images, Setting<T> setting) {
    return images.with(setting, (T) another(images.get(setting)));
  }

  private static void check(String option, EmbedOptions other) {
    assertThat(
            FeatureMetadata.differing(
                FeatureMetadata.of(MODEL, OPTIONS), FeatureMetadata.of(MODEL, other)))
        .as(option)
        .hasSize(MOVE_NOTHING.contains(option) ? 0 : 1);
  }

  @Test
  void outputOfTheModelIsAFact() {
    ModelLoader loader = new ModelLoader(new Configuration());
    ModelRequest request = ModelRequest.of("builtin").withImageSize(32, 32);
    FrozenModel endpoint = loader.load(request.withOutput("MobilenetV1/Conv2d_12_pointwise"));
    assertThat(endpoint.dimension()).isEqualTo(MODEL.dimension());
    assertThat(
            FeatureMetadata.differing(
                FeatureMetadata.of(MODEL, OPTIONS), FeatureMetadata.of(endpoint, OPTIONS)))
        .containsExactly("mobilenet.model.output");
  }

  @Test
  void namesAreNoFactsAndWhatIsNotToldIs() {
    Map<String, String> some = Map.of("mobilenet.model", "a", "mobilenet.resize", "area");
    assertThat(FeatureMetadata.differing(some, Map.of("mobilenet.model", "b")))
        .containsExactly("mobilenet.resize");
  }

  @Test
  void columnMetadataIsReadBack() {
    assertThat(FeatureMetadata.read(FeatureMetadata.columnMetadata(MODEL, OPTIONS)))
        .containsExactlyInAnyOrderEntriesOf(FeatureMetadata.of(MODEL, OPTIONS));
  }

  /** The same record but for one value. */
  private static Record changed(Record record, RecordComponent component)
      throws ReflectiveOperationException {
    RecordComponent[] components = record.getClass().getRecordComponents();
    Object[] values = new Object[components.length];
    for (int i = 0; i < values.length; i++) {
      Object value = components[i].getAccessor().invoke(record);
      values[i] = components[i].getName().equals(component.getName()) ? another(value) : value;
    }
    Constructor<? extends Record> constructor =
        record
            .getClass()
            .getDeclaredConstructor(
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
    return constructor.newInstance(values);
  }

  private static Object another(Object value) {
    if (value instanceof Enum<?> constant) {
      return Arrays.stream(constant.getDeclaringClass().getEnumConstants())
          .filter(other -> other != constant)
          .findFirst()
          .orElseThrow();
    } else if (value instanceof Integer number) {
      return number + 1;
    } else if (value instanceof Long number) {
      return number + 1;
    } else if (value instanceof Double) {
      return 0.5;
    }
    throw new AssertionError("no other value of " + value.getClass() + ": add one");
  }
}
