package io.mobilenetspark.model.mobilenet;

import java.util.ArrayList;
import java.util.List;

/**
 * The layers of MobileNet V1 and the names that TF-Slim gives their tensors.
 *
 * @see <a href="https://arxiv.org/abs/1704.04861">MobileNets (Howard et al., 2017), table 1</a>
 */
public final class MobileNetV1 {

  /** Epsilon of every BatchNorm, as TF-Slim's {@code mobilenet_v1_arg_scope} sets it. */
  public static final float EPSILON = 0.001f;

  /** What all names start with; those of the endpoints too. */
  public static final String SCOPE = "MobilenetV1/";

  /** The endpoint that is the feature vector before its two dimensions of size 1 are dropped. */
  public static final String GLOBAL_POOL = SCOPE + "global_pool";

  /** Features of the network with depth multiplier 1. */
  public static final int FULL_FEATURES = 1024;

  /** Kernel [1, 1, features, classes] of the classifier. */
  public static final String LOGITS_WEIGHTS = SCOPE + "Logits/Conv2d_1c_1x1/weights";

  /** Biases [classes] of the classifier. */
  public static final String LOGITS_BIASES = SCOPE + "Logits/Conv2d_1c_1x1/biases";

  /** Weight of the L2 regularizer on the kernels of all convolutions but the depthwise ones. */
  public static final float WEIGHT_DECAY = 0.00004f;

  private static final int[] STRIDES = {1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1};

  /** All 27 layers, in order. */
  public static final List<Layer> LAYERS = layers();

  private MobileNetV1() {}

  /**
   * One convolution with its BatchNorm and ReLU6. Padding is SAME.
   *
   * @param name TF-Slim's name, such as {@code Conv2d_3_depthwise}
   * @param isDepthwise whether it is a 3x3 depthwise convolution
   * @param kernel side of the kernel: 3 or 1
   * @param stride 1 or 2
   */
  public record Layer(String name, boolean isDepthwise, int kernel, int stride) {

    /** Name of its kernel. */
    public String weights() {
      return SCOPE + name + (isDepthwise ? "/depthwise_weights" : "/weights");
    }

    /** Name of its BatchNorm scale, [channels]. */
    public String gamma() {
      return batchNorm("gamma");
    }

    /** Name of its BatchNorm offset, [channels]. */
    public String beta() {
      return batchNorm("beta");
    }

    /** Name of its BatchNorm mean, [channels]. */
    public String movingMean() {
      return batchNorm("moving_mean");
    }

    /** Name of its BatchNorm variance, [channels]. */
    public String movingVariance() {
      return batchNorm("moving_variance");
    }

    /** The four per-channel tensors of the layer's BatchNorm. */
    public List<String> batchNorms() {
      return List.of(gamma(), beta(), movingMean(), movingVariance());
    }

    /** Name of its output among a module's endpoints. */
    public String endpoint() {
      return SCOPE + name;
    }

    private String batchNorm(String part) {
      return SCOPE + name + "/BatchNorm/" + part;
    }
  }

  private static List<Layer> layers() {
    List<Layer> layers = new ArrayList<>();
    layers.add(new Layer("Conv2d_0", false, 3, 2));
    for (int i = 1; i <= STRIDES.length; i++) {
      layers.add(new Layer("Conv2d_" + i + "_depthwise", true, 3, STRIDES[i - 1]));
      layers.add(new Layer("Conv2d_" + i + "_pointwise", false, 1, 1));
    }
    return List.copyOf(layers);
  }

  /** Names of the 135 variables of the feature vector part, in layer order. */
  public static List<String> variables() {
    List<String> names = new ArrayList<>();
    for (Layer layer : LAYERS) {
      names.add(layer.weights());
      names.addAll(layer.batchNorms());
    }
    return names;
  }
}
