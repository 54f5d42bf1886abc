package io.mobilenetspark.spark.ml;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.model.MobileNetWeights;
import io.mobilenetspark.model.ModelLoader;
import io.mobilenetspark.model.ModelRequest;
import io.mobilenetspark.model.handle.Redacted;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/**
 * What a fit starts from.
 *
 * @param weights the network's
 * @param imageSide height and width of its input, in pixels
 */
record StartingNetwork(MobileNetWeights weights, int imageSide) {

  /**
   * That of an estimator.
   *
   * @param given the weights, if the estimator's module is not to be looked at
   * @param hadoop with the session's settings
   */
  static StartingNetwork of(
      MobileNetFineTuner tuner, Optional<MobileNetWeights> given, Configuration hadoop) {
    MobileNetWeights weights =
        given.orElseGet(
            () -> Downloads.loading(() -> Downloads.loader(hadoop).weights(request(tuner))));
    return new StartingNetwork(weights, imageSide(tuner, given, hadoop));
  }

  private static ModelRequest request(MobileNetFineTuner tuner) {
    ModelRequest request = ModelRequest.of(tuner.getModel());
    return tuner.isSet(tuner.modelSha256()) ? request.withSha256(tuner.getModelSha256()) : request;
  }

  private static int imageSide(
      MobileNetFineTuner tuner, Optional<MobileNetWeights> given, Configuration hadoop) {
    if (tuner.isDefined(tuner.imageSize())) {
      return tuner.getImageSize();
    }
    if (given.isPresent()) {
      return ModelLoader.DEFAULT_IMAGE_SIDE;
    }
    ImageSize expected =
        Downloads.loading(() -> Downloads.loader(hadoop).inspect(request(tuner)))
            .expectedSize()
            .orElse(ImageSize.square(ModelLoader.DEFAULT_IMAGE_SIDE));
    if (expected.height() != expected.width()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "The module %s expects images of %s; training takes square ones. Set imageSize.",
              Redacted.handle(tuner.getModel()),
              expected));
    }
    return expected.height();
  }
}
