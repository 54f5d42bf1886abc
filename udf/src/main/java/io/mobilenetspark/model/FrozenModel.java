package io.mobilenetspark.model;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.InvalidProtocolBufferException;
import io.mobilenetspark.common.Sha256;
import io.mobilenetspark.model.hub.ModelLoadException;
import io.mobilenetspark.model.hub.Trust;
import io.mobilenetspark.model.settings.ExecutionPath;
import io.mobilenetspark.options.Cure;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.GraphDef;

/**
 * A model ready to run: a graph whose variables are constants, and what is known of it. Made once
 * on the driver; the same bytes go to every executor. Immutable; holds no native memory.
 *
 * <p>The graph takes {@link #INPUT}, float32 [n, {@code imageHeight}, {@code imageWidth}, 3], RGB
 * in [0, 1], and gives {@link #OUTPUT}, float32 [n, {@code dimension}].
 */
public final class FrozenModel implements Serializable {
  private static final long serialVersionUID = 3;

  static final String SCOPE = "model";
  static final String INPUT_NAME = "images";
  static final String OUTPUT_NAME = "features";

  /** Name of the input tensor's op. */
  public static final String INPUT = SCOPE + "/" + INPUT_NAME;

  /** Name of the output tensor's op. */
  public static final String OUTPUT = SCOPE + "/" + OUTPUT_NAME;

  // Plain fields: Kryo, which may be Spark's serializer, can't write records.
  private final String name;
  private final String format;
  private final ExecutionPath path;
  private final String output;
  private final String fingerprint;
  private final int dimension;
  private final int imageHeight;
  private final int imageWidth;
  private final Trust trust;
  private final byte[] graphDef;
  private transient volatile @Nullable String graphSha256;

  /**
   * What is known of a frozen model; each is told by the method of that name.
   *
   * @param dimension length of a vector
   */
  record Facts(
      String name,
      String format,
      ExecutionPath path,
      String output,
      String fingerprint,
      int dimension,
      int imageHeight,
      int imageWidth) {}

  FrozenModel(Facts facts, Trust trust, byte[] graphDef) {
    requireNonNull(facts, "facts");
    this.name = facts.name;
    this.format = facts.format;
    this.path = facts.path;
    this.output = facts.output;
    this.fingerprint = facts.fingerprint;
    this.dimension = facts.dimension;
    this.imageHeight = facts.imageHeight;
    this.imageWidth = facts.imageWidth;
    this.trust = requireNonNull(trust, "trust");
    this.graphDef = graphDef.clone();
  }

  /** The handle that the model was asked for by; of an untrained model it says so. */
  public String name() {
    return name;
  }

  /** What the files were: {@code hub1}, {@code tf2}, {@code slim}, or {@code builtin}. */
  public String format() {
    return format;
  }

  /** Whose graph it is: ours ({@link ExecutionPath#FAST}) or the module's. */
  public ExecutionPath path() {
    return path;
  }

  /** What the vectors are: {@code features}, {@code logits}, or the key of an endpoint. */
  public String output() {
    return output;
  }

  /**
   * SHA-256, in hex, of the weights ({@link MobileNetWeights#fingerprint()}); on the general path,
   * of the frozen graph with its weights.
   */
  public String fingerprint() {
    return fingerprint;
  }

  /** Length of a vector. */
  public int dimension() {
    return dimension;
  }

  /** Height of the input in pixels. */
  public int imageHeight() {
    return imageHeight;
  }

  /** Width of the input in pixels. */
  public int imageWidth() {
    return imageWidth;
  }

  /**
   * Whether the graph's author is trusted; if not, {@link ModelGuard} holds wherever it is run. A
   * graph that comes out of a file never is.
   */
  public Trust trust() {
    return trust;
  }

  /**
   * The graph.
   *
   * @throws ModelLoadException if the bytes are none
   */
  public GraphDef parsedGraph() {
    try {
      return GraphDef.parseFrom(graphDef);
    } catch (InvalidProtocolBufferException e) {
      throw new ModelLoadException(
          name,
          "its frozen graph is damaged: " + e.getMessage(),
          Cure.of("Load the model again."),
          e);
    }
  }

  /**
   * SHA-256, in hex, of the serialized graph: what it does is told by that alone, whatever its
   * fingerprint says.
   */
  public String graphSha256() {
    String known = graphSha256;
    if (known == null) {
      known = Sha256.hex(graphDef);
      graphSha256 = known; // a second thread would write an equal one
    }
    return known;
  }

  /** The serialized {@code tensorflow.GraphDef}; a copy. */
  public byte[] graphDef() {
    return graphDef.clone();
  }
}
