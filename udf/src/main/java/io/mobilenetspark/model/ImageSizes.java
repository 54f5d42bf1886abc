package io.mobilenetspark.model;

import io.mobilenetspark.common.ImageSize;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Image sizes that are known from a handle, for formats that have no place for them. */
final class ImageSizes {

  /** The published names end with the size: {@code mobilenet_v1_075_224/feature_vector/4}. */
  private static final Pattern SIDE_IN_NAME =
      Pattern.compile("(?:mobilenet|inaturalist)[a-z0-9._-]*_(\\d{3})(?:[^0-9]|$)");

  /** By the modules' documentation, for names without a size. */
  private static final Map<String, Integer> BY_NAME =
      Map.of(
          "inception_v1", 224,
          "inception_v2", 224,
          "inception_v3", 299,
          "inception_resnet_v2", 299,
          "resnet_v1_", 224,
          "resnet_v2_", 224,
          "nasnet_mobile", 224,
          "nasnet_large", 331,
          "pnasnet_large", 331);

  private ImageSizes() {}

  static Optional<ImageSize> ofHandle(String handle) {
    Matcher matcher = SIDE_IN_NAME.matcher(handle);
    int side = 0;
    while (matcher.find()) {
      side =
          Integer.parseInt(matcher.group(1)); // of the last name: a folder above may have one too
    }
    if (side == 0) {
      side =
          BY_NAME.entrySet().stream()
              .filter(entry -> handle.contains(entry.getKey()))
              .mapToInt(Map.Entry::getValue)
              .findFirst()
              .orElse(0);
    }
    return side < 32 ? Optional.empty() : Optional.of(ImageSize.square(side));
  }
}
