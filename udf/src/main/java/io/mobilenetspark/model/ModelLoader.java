package io.mobilenetspark.model;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** From what a user names a model by to a model that is ready to run. */
public final class ModelLoader {

  /** The published module: MobileNet V1 0.75 224, feature vector, version 4. */
  public static final String DEFAULT_HANDLE =
      "https://tfhub.dev/google/imagenet/mobilenet_v1_075_224/feature_vector/4";

  /** Side of the image that MobileNet V1 224 was trained on, in pixels. */
  public static final int DEFAULT_IMAGE_SIDE = 224;

  private final Configuration configuration;

  /**
   * @param configuration for the file systems that models lie on
   */
  public ModelLoader(Configuration configuration) {
    this.configuration = configuration;
  }

  /**
   * Loads a model and freezes it for one image size. Loads TensorFlow's native library.
   *
   * @param handle {@code builtin}, or the prefix of a TF-Slim checkpoint on any Hadoop file system
   *     ({@code .../mobilenet_v1_0.75_224.ckpt})
   * @param imageSide height and width of the input, in pixels
   * @throws ModelLoadException if there is no such model or it can't be used
   */
  public FrozenModel load(String handle, int imageSide) {
    MobileNetWeights weights = loadWeights(handle);
    return handle.equals(BuiltinModel.HANDLE)
        ? freeze(BuiltinModel.NAME, "builtin", weights, imageSide)
        : freeze(handle, "slim", weights, imageSide);
  }

  /**
   * Loads a model's weights, to train them further.
   *
   * @param handle as in {@link #load}
   * @throws ModelLoadException if there is no such model or it can't be used
   */
  public MobileNetWeights loadWeights(String handle) {
    if (handle.equals(BuiltinModel.HANDLE)) {
      return BuiltinModel.weights();
    }
    if (handle.startsWith("https://") || handle.startsWith("http://")) {
      throw new ModelLoadException(
          ("Can't load the model %s: this version does not download models from the web. Pass --model"
                  + " with the prefix of a TF-Slim checkpoint (.../mobilenet_v1_0.75_224.ckpt), or"
                  + " --model builtin for an untrained network to try things out.")
              .formatted(handle));
    }
    Path prefix = checkpointPrefix(handle);
    return MobileNetWeights.of(handle, TensorBundle.open(prefix, configuration).readFloats());
  }

  private Path checkpointPrefix(String handle) {
    try {
      Path path = new Path(handle);
      if (path.getFileSystem(configuration).exists(TensorBundle.indexPath(path))) {
        return path;
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new ModelLoadException(
          "Can't reach the model %s: %s. Check the path and the file system's settings."
              .formatted(handle, e.getMessage()),
          e);
    }
    throw new ModelLoadException(
        ("There is no model %s: no file %s.index. Pass --model with the prefix of a TF-Slim"
                + " checkpoint (.../mobilenet_v1_0.75_224.ckpt), or --model builtin for an untrained"
                + " network to try things out.")
            .formatted(handle, handle));
  }

  /**
   * Freezes weights for one image size. Loads TensorFlow's native library.
   *
   * @param name how the model is named in logs and metadata
   * @param format where the weights come from, such as {@code slim}
   * @param weights the network
   * @param imageSide height and width of the input, in pixels
   */
  public static FrozenModel freeze(
      String name, String format, MobileNetWeights weights, int imageSide) {
    return new FrozenModel(
        name,
        format,
        weights.fingerprint(),
        weights.featureCount(),
        imageSide,
        imageSide,
        MobileNetGraph.freeze(weights, imageSide, imageSide));
  }
}
