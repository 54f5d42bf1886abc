package io.mobilenetspark.model.handle;

import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One version of a model on Kaggle, where TF Hub's modules moved in 2023.
 *
 * @param owner such as {@code google}
 * @param model such as {@code mobilenet-v1}
 * @param framework such as {@code tensorFlow2}
 * @param variation such as {@code 075-224-feature-vector}
 * @param version counted from 1 in each framework
 */
record KaggleModel(String owner, String model, String framework, String variation, String version) {

  private static final Pattern PAGE =
      Pattern.compile(
          "/models/(?<owner>[^/]+)/(?<model>[^/]+)/(?:frameworks/)?(?<framework>[^/]+)"
              + "/(?:variations/)?(?<variation>[^/]+)/(?:versions/)?(?<version>\\d+)/?");

  private static final Pattern MOBILENET =
      Pattern.compile(
          "/google/imagenet/mobilenet_v(?<generation>[12])_(?<depth>\\d{3})_(?<size>\\d+)"
              + "/(?<part>feature_vector|classification)/(?<version>\\d+)/?");

  /**
   * The generations of a module have numbers of their own in each framework: the two SavedModels, 4
   * and 5 of the hub, are 1 and 2 of tensorFlow2 (published notebooks replaced {@code
   * mobilenet_v1_100_224/classification/5} by {@code .../100-224-classification/versions/2}).
   */
  private static final Map<String, String> TENSORFLOW_2 = Map.of("4", "1", "5", "2");

  /** By the same rule; of version 2 of the hub, which MobileNet V1 never had, nothing is known. */
  private static final Map<String, String> TENSORFLOW_1 = Map.of("1", "1", "3", "2");

  /** The model of a page on Kaggle or of a handle on tfhub.dev; empty if it is not known. */
  static Optional<KaggleModel> of(URI handle) {
    String host = handle.getHost().toLowerCase(Locale.ROOT);
    String path = String.valueOf(handle.getPath());
    return switch (host) {
      case "kaggle.com", "www.kaggle.com" -> ofPage(path);
      case "tfhub.dev", "www.tfhub.dev" -> ofHub(path);
      default -> Optional.empty();
    };
  }

  private static Optional<KaggleModel> ofPage(String path) {
    Matcher page = PAGE.matcher(path);
    return page.matches()
        ? Optional.of(
            new KaggleModel(
                page.group("owner"),
                page.group("model"),
                page.group("framework"),
                page.group("variation"),
                page.group("version")))
        : Optional.empty();
  }

  private static Optional<KaggleModel> ofHub(String path) {
    Matcher handle = MOBILENET.matcher(path);
    if (!handle.matches()) {
      return Optional.empty();
    }
    String version = handle.group("version");
    String model = "mobilenet-v" + handle.group("generation");
    String variation =
        String.format(
            Locale.ROOT,
            "%s-%s-%s",
            handle.group("depth"),
            handle.group("size"),
            handle.group("part").replace('_', '-'));
    if (TENSORFLOW_2.containsKey(version)) {
      return Optional.of(
          new KaggleModel(
              "google", model, "tensorFlow2", variation, TENSORFLOW_2.getOrDefault(version, "")));
    }
    return TENSORFLOW_1.containsKey(version) && model.equals("mobilenet-v1")
        ? Optional.of(
            new KaggleModel(
                "google", model, "tensorFlow1", variation, TENSORFLOW_1.getOrDefault(version, "")))
        : Optional.empty();
  }

  private String path() {
    return String.format(
        Locale.ROOT, "models/%s/%s/%s/%s/%s", owner, model, framework, variation, version);
  }

  /** For people, where the archive can be had with a browser. */
  String page() {
    return "https://www.kaggle.com/" + path();
  }

  /**
   * Where its archive is asked for.
   *
   * @param base the API's, with a slash at its end
   */
  URI download(URI base) {
    return base.resolve("api/v1/" + path() + "/download");
  }
}
