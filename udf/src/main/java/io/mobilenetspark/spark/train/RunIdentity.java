package io.mobilenetspark.spark.train;

import static java.util.stream.Collectors.joining;

import io.mobilenetspark.common.Sha256;
import io.mobilenetspark.options.Setting;
import io.mobilenetspark.options.Surface;
import io.mobilenetspark.train.TrainingNetwork;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What makes a run this one: the images and labels, the module, and each setting that its numbers
 * follow from, by its name.
 *
 * @param values texts by name; equal ones make equal runs
 * @param surface whose names of settings people are told
 */
record RunIdentity(SortedMap<String, String> values, Surface surface) {

  private static final int DIGEST_BYTES = 8;

  private static final String LABELS = "labels";
  private static final String IMAGES_AND_LABELS = "images and labels";
  private static final String IMAGES = "images";

  /** What is no setting. */
  private static final Set<String> FACTS = Set.of(LABELS, IMAGES_AND_LABELS, IMAGES);

  RunIdentity {
    values = new TreeMap<>(values);
  }

  /** That of a fit. */
  static RunIdentity of(
      FineTunePlan plan, TrainingNetwork network, TrainingSet set, List<String> labels) {
    TreeMap<String, String> values = new TreeMap<>(RunSettings.of(plan.values()));
    values.put(
        LABELS, labels.stream().map(label -> label.replace(",", "\\,")).collect(joining(", ")));
    values.put(IMAGES_AND_LABELS, Long.toHexString(set.fingerprint()));
    values.put(IMAGES, String.valueOf(set.trainingRows() + set.validationRows()));
    values.put("model", network.startFingerprint());
    values.put("imageSize", String.valueOf(network.spec().imageSide()));
    return new RunIdentity(values, plan.surface());
  }

  /** Names the run among others: 16 hexadecimal digits. */
  String digest() {
    MessageDigest digest = Sha256.digest();
    values.forEach(
        (name, value) ->
            digest.update(
                String.format(Locale.ROOT, "%s\0%d\0%s", name, value.length(), value)
                    .getBytes(StandardCharsets.UTF_8)));
    return HexFormat.of().formatHex(digest.digest(), 0, DIGEST_BYTES);
  }

  private String shown(String name) {
    return FACTS.contains(name) ? name : Setting.named(name).on(surface);
  }

  /** Such as {@code learningRate was 0.01, is 0.02}: what differs from a run before. */
  List<String> differencesFrom(RunIdentity before) {
    TreeSet<String> names = new TreeSet<>(before.values.keySet());
    names.addAll(values.keySet());
    List<String> differences = new ArrayList<>();
    for (String name : names) {
      String was = before.values.getOrDefault(name, RunSettings.UNSET);
      String is = values.getOrDefault(name, RunSettings.UNSET);
      if (!was.equals(is)) {
        differences.add(String.format(Locale.ROOT, "%s was %s, is %s", shown(name), was, is));
      }
    }
    return differences;
  }
}
