package io.mobilenetspark.model;

import io.mobilenetspark.common.Sha256;
import io.mobilenetspark.model.checkpoint.WeightTensor;
import io.mobilenetspark.model.hub.ModelLoadException;
import io.mobilenetspark.model.mobilenet.MobileNetV1;
import io.mobilenetspark.model.mobilenet.MobileNetV1.Layer;
import io.mobilenetspark.model.settings.ModelSettings;
import io.mobilenetspark.options.Cure;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The 135 tensors of a MobileNet V1's feature part, and those of its classifier if it has one,
 * checked: all there, of shapes that fit one another, every value finite, no negative variance.
 * Immutable.
 */
public final class MobileNetWeights implements Serializable {
  private static final long serialVersionUID = 1;

  private final SortedMap<String, WeightTensor> tensors;
  private final SortedMap<String, WeightTensor> classifier;
  private final String fingerprint;

  private MobileNetWeights(
      SortedMap<String, WeightTensor> tensors, SortedMap<String, WeightTensor> classifier) {
    this.tensors = tensors;
    this.classifier = classifier;
    this.fingerprint = sha256(tensors);
  }

  /**
   * Checks tensors and takes those of the feature part out of them.
   *
   * @param model how the model is named in messages
   * @param available tensors by TF-Slim name; more than are needed may be there
   * @throws ModelLoadException if one is missing, has a wrong shape or a value that can't be right
   */
  public static MobileNetWeights of(String model, Map<String, WeightTensor> available) {
    SortedMap<String, WeightTensor> tensors = new TreeMap<>();
    long channels = 3;
    for (Layer layer : MobileNetV1.LAYERS) {
      WeightTensor kernel = required(model, available, layer.weights());
      long outputs = outputChannels(model, layer, kernel, channels);
      tensors.put(layer.weights(), kernel);
      for (String name : layer.batchNorms()) {
        WeightTensor tensor = required(model, available, name);
        requireShape(model, name, tensor, outputs);
        tensors.put(name, tensor);
      }
      channels = outputs;
    }
    SortedMap<String, WeightTensor> classifier = classifier(model, available, channels);
    tensors.forEach((name, tensor) -> requireSane(model, name, tensor));
    classifier.forEach((name, tensor) -> requireSane(model, name, tensor));
    return new MobileNetWeights(tensors, classifier);
  }

  /** Whether tensors have all the names of a MobileNet V1's feature part. */
  public static boolean areNamedIn(Set<String> names) {
    return names.containsAll(MobileNetV1.variables());
  }

  private static SortedMap<String, WeightTensor> classifier(
      String model, Map<String, WeightTensor> available, long features) {
    SortedMap<String, WeightTensor> tensors = new TreeMap<>();
    WeightTensor kernel = available.get(MobileNetV1.LOGITS_WEIGHTS);
    WeightTensor biases = available.get(MobileNetV1.LOGITS_BIASES);
    if (kernel != null && biases != null) {
      requireShape(model, MobileNetV1.LOGITS_WEIGHTS, kernel, 1, 1, features, biases.size());
      requireShape(model, MobileNetV1.LOGITS_BIASES, biases, biases.size());
      tensors.put(MobileNetV1.LOGITS_WEIGHTS, kernel);
      tensors.put(MobileNetV1.LOGITS_BIASES, biases);
    }
    return tensors;
  }

  private static long outputChannels(String model, Layer layer, WeightTensor kernel, long inputs) {
    long outputs = kernel.rank() != 4 ? -1 : layer.isDepthwise() ? inputs : kernel.dimension(3);
    long[] expected =
        layer.isDepthwise()
            ? new long[] {layer.kernel(), layer.kernel(), inputs, 1}
            : new long[] {layer.kernel(), layer.kernel(), inputs, outputs};
    requireShape(model, layer.weights(), kernel, expected);
    return outputs;
  }

  private static WeightTensor required(
      String model, Map<String, WeightTensor> available, String name) {
    WeightTensor tensor = available.get(name);
    if (tensor == null) {
      throw new ModelLoadException(
          model,
          String.format(
              Locale.ROOT,
              "it is not a MobileNet V1: of its %d tensors%s none is '%s'",
              available.size(),
              available.isEmpty()
                  ? ""
                  : ", such as '" + available.keySet().iterator().next() + "',",
              name),
          Cure.of(
              "Pass a MobileNet V1, or let an image module of another kind run its own graph with"
                  + " %s general.",
              ModelSettings.EXECUTION_PATH));
    }
    return tensor;
  }

  private static void requireShape(
      String model, String name, WeightTensor tensor, long... expected) {
    if (!Arrays.equals(tensor.shape(), expected)) {
      throw new ModelLoadException(
          model,
          String.format(
              Locale.ROOT,
              "it is not a MobileNet V1: tensor '%s' has shape %s, expected %s",
              name,
              Arrays.toString(tensor.shape()),
              Arrays.toString(expected)),
          Cure.of("Pass a MobileNet V1."));
    }
  }

  private static void requireSane(String model, String name, WeightTensor tensor) {
    boolean isVariance = name.endsWith("/moving_variance");
    float[] values = tensor.values();
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i]) || (isVariance && values[i] < 0)) {
        throw new ModelLoadException(
            model,
            String.format(Locale.ROOT, "value %d of tensor '%s' is %s", i, name, values[i]),
            Cure.of("The file is damaged or training diverged; pass an intact copy."));
      }
    }
  }

  /** Length of the feature vector: 768 for depth multiplier 0.75. */
  public int featureCount() {
    return get(MobileNetV1.LAYERS.get(MobileNetV1.LAYERS.size() - 1).beta()).size();
  }

  /** Depth multiplier: 0.25, 0.5, 0.75 or 1.0 for the published ones. */
  public double depthMultiplier() {
    return featureCount() / (double) MobileNetV1.FULL_FEATURES;
  }

  /** Number of classes of the classifier, with the background class; 0 without a classifier. */
  public int classCount() {
    WeightTensor biases = classifier.get(MobileNetV1.LOGITS_BIASES);
    return biases == null ? 0 : biases.size();
  }

  /** Number of floats in the feature part: 1,832,976 for depth multiplier 0.75. */
  public long parameterCount() {
    return tensors.values().stream().mapToLong(WeightTensor::size).sum();
  }

  /**
   * SHA-256, in hex, of the feature part's names, shapes and values: equal for the same weights in
   * whatever format they came.
   */
  public String fingerprint() {
    return fingerprint;
  }

  /** The same of the classifier and the feature part together. */
  public String classifierFingerprint() {
    SortedMap<String, WeightTensor> all = new TreeMap<>(tensors);
    all.putAll(classifier);
    return sha256(all);
  }

  /** The tensors of the feature part by TF-Slim's names. */
  public SortedMap<String, WeightTensor> featureTensors() {
    return Collections.unmodifiableSortedMap(tensors);
  }

  /** The tensors of the classifier by TF-Slim's names; empty without a classifier. */
  public SortedMap<String, WeightTensor> classifierTensors() {
    return Collections.unmodifiableSortedMap(classifier);
  }

  /**
   * The same feature part with another classifier.
   *
   * @param kernel [features, classes] in C order; not copied
   * @param biases [classes]; not copied
   */
  public MobileNetWeights withClassifier(float[] kernel, float[] biases) {
    Map<String, WeightTensor> all = new TreeMap<>(tensors);
    all.put(
        MobileNetV1.LOGITS_WEIGHTS,
        new WeightTensor(new long[] {1, 1, featureCount(), biases.length}, kernel));
    all.put(MobileNetV1.LOGITS_BIASES, new WeightTensor(new long[] {biases.length}, biases));
    return of("the network with a new classifier", all);
  }

  /** The same network up to its feature vector. */
  public MobileNetWeights withoutClassifier() {
    return classifier.isEmpty() ? this : new MobileNetWeights(tensors, new TreeMap<>());
  }

  /** One tensor by TF-Slim's name. */
  public WeightTensor get(String name) {
    WeightTensor tensor = tensors.getOrDefault(name, classifier.get(name));
    if (tensor == null) {
      throw new IllegalArgumentException("no tensor " + name);
    }
    return tensor;
  }

  private static String sha256(SortedMap<String, WeightTensor> tensors) {
    MessageDigest digest = Sha256.digest();
    tensors.forEach(
        (name, tensor) -> {
          digest.update((name + Arrays.toString(tensor.shape())).getBytes(StandardCharsets.UTF_8));
          digest.update(tensor.toBytes());
        });
    return HexFormat.of().formatHex(digest.digest());
  }
}
