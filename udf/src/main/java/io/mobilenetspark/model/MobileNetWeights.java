package io.mobilenetspark.model;

import io.mobilenetspark.model.MobileNetV1.Layer;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The 135 tensors of a MobileNet V1's feature part, checked: all there, of shapes that fit one
 * another, every value finite, no negative variance. Immutable.
 */
public final class MobileNetWeights implements Serializable {
  private static final long serialVersionUID = 1;

  private final SortedMap<String, WeightTensor> tensors;
  private final String fingerprint;

  private MobileNetWeights(SortedMap<String, WeightTensor> tensors) {
    this.tensors = tensors;
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
    tensors.forEach((name, tensor) -> requireSane(model, name, tensor));
    return new MobileNetWeights(tensors);
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
          "%s is not a MobileNet V1: it has no tensor '%s'. It has %d tensors%s. Pass a MobileNet V1."
              .formatted(
                  model,
                  name,
                  available.size(),
                  available.isEmpty()
                      ? ""
                      : ", such as '" + available.keySet().iterator().next() + "'"));
    }
    return tensor;
  }

  private static void requireShape(
      String model, String name, WeightTensor tensor, long... expected) {
    if (!Arrays.equals(tensor.shape(), expected)) {
      throw new ModelLoadException(
          "%s is not a MobileNet V1: tensor '%s' has shape %s, expected %s. Pass a MobileNet V1."
              .formatted(model, name, Arrays.toString(tensor.shape()), Arrays.toString(expected)));
    }
  }

  private static void requireSane(String model, String name, WeightTensor tensor) {
    boolean isVariance = name.endsWith("/moving_variance");
    float[] values = tensor.values();
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i]) || (isVariance && values[i] < 0)) {
        throw new ModelLoadException(
            "%s can't be used: value %d of tensor '%s' is %s. The file is damaged or training diverged; pass another copy."
                .formatted(model, i, name, values[i]));
      }
    }
  }

  /** Length of the feature vector: 768 for depth multiplier 0.75. */
  public int featureCount() {
    return get(MobileNetV1.LAYERS.get(MobileNetV1.LAYERS.size() - 1).beta()).size();
  }

  /** Number of floats in all tensors: 1,832,976 for depth multiplier 0.75. */
  public long parameterCount() {
    return tensors.values().stream().mapToLong(WeightTensor::size).sum();
  }

  /**
   * SHA-256, in hex, of the names, shapes and values: equal for the same weights in whatever format
   * they came.
   */
  public String fingerprint() {
    return fingerprint;
  }

  /**
   * One tensor.
   *
   * @param name its TF-Slim name, see {@link MobileNetV1.Layer}
   * @throws IllegalArgumentException if a MobileNet V1 has no tensor of that name
   */
  public WeightTensor get(String name) {
    WeightTensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("no tensor " + name);
    }
    return tensor;
  }

  private static String sha256(SortedMap<String, WeightTensor> tensors) {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
    tensors.forEach(
        (name, tensor) -> {
          digest.update((name + Arrays.toString(tensor.shape())).getBytes(StandardCharsets.UTF_8));
          ByteBuffer bytes =
              ByteBuffer.allocate(tensor.size() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
          bytes.asFloatBuffer().put(tensor.values());
          digest.update(bytes);
        });
    return HexFormat.of().formatHex(digest.digest());
  }
}
