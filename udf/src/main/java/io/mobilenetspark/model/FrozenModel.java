package io.mobilenetspark.model;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;

/**
 * A model ready to run: a graph whose variables are constants, and what is known of it. Made once
 * on the driver; the same bytes go to every executor. Immutable; holds no native memory.
 *
 * <p>The graph takes {@link #INPUT}, float32 [n, {@code imageHeight}, {@code imageWidth}, 3], RGB
 * in [0, 1], and gives {@link #OUTPUT}, float32 [n, {@code dimension}].
 */
public final class FrozenModel implements Serializable {
  private static final long serialVersionUID = 1;

  static final String SCOPE = "model";
  static final String INPUT_NAME = "images";
  static final String OUTPUT_NAME = "features";

  /** Name of the input tensor's op. */
  public static final String INPUT = SCOPE + "/" + INPUT_NAME;

  /** Name of the output tensor's op. */
  public static final String OUTPUT = SCOPE + "/" + OUTPUT_NAME;

  private final String name;
  private final String format;
  private final String fingerprint;
  private final int dimension;
  private final int imageHeight;
  private final int imageWidth;
  private final byte[] graphDef;

  FrozenModel(
      String name,
      String format,
      String fingerprint,
      int dimension,
      int imageHeight,
      int imageWidth,
      byte[] graphDef) {
    this.name = requireNonNull(name, "name");
    this.format = requireNonNull(format, "format");
    this.fingerprint = requireNonNull(fingerprint, "fingerprint");
    this.dimension = dimension;
    this.imageHeight = imageHeight;
    this.imageWidth = imageWidth;
    this.graphDef = graphDef.clone();
  }

  /** The handle that the model was asked for by; of an untrained model it says so. */
  public String name() {
    return name;
  }

  /** What the files were, such as {@code slim}. */
  public String format() {
    return format;
  }

  /** SHA-256 of the weights, in hex; see {@link MobileNetWeights#fingerprint()}. */
  public String fingerprint() {
    return fingerprint;
  }

  /** Length of a feature vector. */
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

  /** The serialized {@code tensorflow.GraphDef}; a copy. */
  public byte[] graphDef() {
    return graphDef.clone();
  }
}
