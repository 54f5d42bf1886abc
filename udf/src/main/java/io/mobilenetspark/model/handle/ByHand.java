package io.mobilenetspark.model.handle;

import io.mobilenetspark.model.settings.ModelSettings;
import io.mobilenetspark.options.Cure;
import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** How a user gets a module that the program can't get. */
final class ByHand {

  private ByHand() {}

  /**
   * Which page, which file, where to.
   *
   * @param handle a URL
   * @param entry where the cache would have it
   */
  static Cure of(String handle, Path entry) throws HandleException {
    URI archive = Source.archiveUri(handle);
    Optional<KaggleModel> model = KaggleModel.of(archive);
    String fetch =
        model
            .map(
                known ->
                    String.format(
                        Locale.ROOT,
                        "Get it by hand: open %s in a browser, sign in, choose Download, and save"
                            + " archive.tar.gz.",
                        known.page()))
            .orElse(
                String.format(
                    Locale.ROOT,
                    "Check the handle. Get it by hand: open %s in a browser and save the archive (.tar.gz).",
                    Redacted.handle(handle)));
    String account =
        model.isPresent()
            ? " Kaggle may want an account: set KAGGLE_USERNAME and KAGGLE_KEY, or"
                + " KAGGLE_API_TOKEN, or put kaggle.json into ~/.kaggle."
            : "";
    return Cure.of(
        "%s Then pass %s /path/to/archive.tar.gz; or, to keep the handle, unpack it into %s,"
            + " so that saved_model.pb lies there.%s With a copy on a server of yours, name that"
            + " by %s.",
        fetch, ModelSettings.MODEL, entry, account, ModelSettings.MODEL_MIRROR);
  }
}
