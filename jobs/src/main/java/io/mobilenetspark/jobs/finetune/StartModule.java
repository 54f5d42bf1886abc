package io.mobilenetspark.jobs.finetune;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.jobs.common.ModelSource;
import io.mobilenetspark.model.MobileNetWeights;
import io.mobilenetspark.model.ModelLoader;
import io.mobilenetspark.model.hub.ModelLoadException;
import io.mobilenetspark.model.settings.ModelSettings;
import io.mobilenetspark.options.Cure;
import io.mobilenetspark.spark.ml.MobileNetFineTuner;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;

/**
 * The module that training starts from. It is read here once, as the command's options say, and its
 * digest is checked by that reading: the estimator gets the weights, so that nobody can put other
 * files in their place between.
 *
 * @param handle what the user named it by, without secrets
 * @param weights what was in it
 * @param expectedSize of its images
 */
record StartModule(String handle, MobileNetWeights weights, ImageSize expectedSize) {

  /**
   * Fetches a module and reads its weights, so that whatever is wrong with it is told under the
   * name that the user gave it.
   *
   * @throws ModelLoadException if there is no such module or it can't be trained
   */
  static StartModule of(ModelSource source, Configuration hadoop) {
    ModelLoader loader = source.loader(hadoop);
    MobileNetWeights weights = loader.weights(source.request());
    ImageSize expectedSize =
        loader
            .inspect(source.request())
            .expectedSize()
            .orElse(ImageSize.square(ModelLoader.DEFAULT_IMAGE_SIDE));
    return new StartModule(source.request().redacted().handle(), weights, expectedSize);
  }

  /** SHA-256 of its weights. */
  String fingerprint() {
    return weights.fingerprint();
  }

  /**
   * Has an estimator take images of the module's size, unless it has one.
   *
   * @throws ModelLoadException if that is none to train on
   */
  void sizeImagesOf(MobileNetFineTuner tuner) {
    if (tuner.isDefined(tuner.imageSize())) {
      return;
    }
    if (expectedSize.height() != expectedSize.width()) {
      throw new ModelLoadException(
          handle,
          String.format(
              Locale.ROOT, "it expects images of %s; training takes square ones", expectedSize),
          Cure.of("Pass %s.", ModelSettings.IMAGE_SIZE));
    }
    tuner.setImageSize(expectedSize.height());
  }
}
