package io.mobilenetspark.train;

import static java.util.Objects.requireNonNull;

import io.mobilenetspark.model.MobileNetWeights;
import io.mobilenetspark.model.checkpoint.WeightTensor;
import io.mobilenetspark.model.mobilenet.MobileNetV1;
import io.mobilenetspark.model.mobilenet.MobileNetV1.Layer;
import io.mobilenetspark.train.ParameterLayout.Slice;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A network to train: the weights it starts from and what of it is trained. Goes to every executor
 * once; states go there at every step. Immutable; safe for use by many threads; holds no native
 * memory.
 */
public final class TrainingNetwork implements Serializable {
  private static final long serialVersionUID = 1;

  private final String id = UUID.randomUUID().toString();
  private final MobileNetWeights weights;
  private final byte[] specBytes; // Kryo, which may be Spark's serializer, can't write records
  private transient @Nullable NetworkSpec spec;

  /**
   * @param weights where training starts, and what layers that aren't trained keep
   * @param spec what is trained
   */
  public TrainingNetwork(MobileNetWeights weights, NetworkSpec spec) {
    this.weights = requireNonNull(weights, "weights");
    this.spec = requireNonNull(spec, "spec");
    this.specBytes = serialized(spec);
  }

  /** What is trained. */
  public NetworkSpec spec() {
    NetworkSpec known = spec;
    if (known == null) {
      known = deserialized(specBytes);
      spec = known; // a second thread would write an equal one
    }
    return known;
  }

  private static byte[] serialized(NetworkSpec spec) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(spec);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static NetworkSpec deserialized(byte[] bytes) {
    try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
      return (NetworkSpec) in.readObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException("the class that wrote these bytes is gone", e);
    }
  }

  /** Names this object and its copies in other JVMs, so that they share one session a JVM. */
  public String id() {
    return id;
  }

  MobileNetWeights weights() {
    return weights;
  }

  /** Of the weights that training starts from, see {@link MobileNetWeights#fingerprint()}. */
  public String startFingerprint() {
    return weights.fingerprint();
  }

  ParameterLayout layout() {
    return new ParameterLayout(weights, spec());
  }

  /** Length of a feature vector. */
  public int featureCount() {
    return weights.featureCount();
  }

  /** How many numbers are trained. */
  public int parameterCount() {
    return layout().parameterCount();
  }

  /**
   * The state before the first step.
   *
   * @param head where the head starts
   * @param optimizer whose memory is set to 0
   * @throws IllegalArgumentException if the head has other numbers of features or classes
   */
  public TrainingState initialState(Head head, Optimizer optimizer) {
    if (head.features() != weights.featureCount() || head.classes() != spec().classes()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "the head is for %d features and %d classes, the network has %d and %d",
              head.features(),
              head.classes(),
              weights.featureCount(),
              spec().classes()));
    }
    ParameterLayout layout = layout();
    float[] parameters = new float[layout.parameterCount()];
    for (Slice slice : layout.parameters()) {
      copyInto(
          parameters,
          slice,
          switch (slice.role()) {
            case HEAD_KERNEL -> head.weights();
            case HEAD_BIAS -> head.biases();
            case REGULARIZED_KERNEL, DEPTHWISE_KERNEL, BATCH_NORM ->
                weights.get(slice.name()).values();
          });
    }
    float[] statistics = new float[layout.statisticCount()];
    for (Slice slice : layout.statistics()) {
      copyInto(statistics, slice, weights.get(slice.name()).values());
    }
    return new TrainingState(
        0, parameters, statistics, new float[optimizer.slots()][layout.parameterCount()]);
  }

  private static void copyInto(float[] target, Slice slice, float[] values) {
    System.arraycopy(values, 0, target, slice.offset(), slice.size());
  }

  /** The head of a state. */
  public Head head(TrainingState state) {
    Map<String, WeightTensor> trained = tensors(state);
    return new Head(
        requireNonNull(trained.get(ParameterLayout.HEAD_WEIGHTS)).values(),
        requireNonNull(trained.get(ParameterLayout.HEAD_BIASES)).values());
  }

  /**
   * The whole network of a state: trained tensors and those that were kept, by the names they came
   * with, and the head as the classifier. What exports and embeds a fine-tuned network starts here.
   *
   * @param name how the model is named in messages
   * @throws io.mobilenetspark.model.hub.ModelLoadException if training left a value that isn't
   *     finite
   */
  public MobileNetWeights weights(String name, TrainingState state) {
    Map<String, WeightTensor> tensors = new HashMap<>();
    for (Layer layer : MobileNetV1.LAYERS) {
      tensors.put(layer.weights(), weights.get(layer.weights()));
      layer.batchNorms().forEach(part -> tensors.put(part, weights.get(part)));
    }
    tensors.putAll(tensors(state));
    Head head = head(state);
    return MobileNetWeights.of(name, tensors).withClassifier(head.weights(), head.biases());
  }

  /** The tensors of a state, by name: kernels, BatchNorm and the head. */
  Map<String, WeightTensor> tensors(TrainingState state) {
    ParameterLayout layout = layout();
    Map<String, WeightTensor> tensors = new HashMap<>();
    addTo(tensors, layout.parameters(), state.parameters());
    addTo(tensors, layout.statistics(), state.statistics());
    return tensors;
  }

  private static void addTo(Map<String, WeightTensor> tensors, List<Slice> slices, float[] from) {
    for (Slice slice : slices) {
      float[] values = new float[slice.size()];
      System.arraycopy(from, slice.offset(), values, 0, slice.size());
      tensors.put(slice.name(), new WeightTensor(slice.shape().asArray(), values));
    }
  }
}
