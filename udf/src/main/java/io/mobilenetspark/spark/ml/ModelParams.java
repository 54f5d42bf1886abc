package io.mobilenetspark.spark.ml;

import io.mobilenetspark.model.ExecutionPath;
import io.mobilenetspark.model.ModelLoader;
import io.mobilenetspark.model.ModelRequest;
import io.mobilenetspark.model.handle.HubOptions;
import io.mobilenetspark.model.handle.Redacted;
import io.mobilenetspark.model.hub.InputSizes;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.param.StringArrayParam;

/** A stage's parameters of which model it uses. */
final class ModelParams implements Serializable {
  private static final long serialVersionUID = 1;

  final Param<String> modelHandle;
  final Param<String> modelSha256;
  final IntParam imageSize;
  final Param<String> executionPath;
  final StringArrayParam tags;
  final Param<String> signature;
  final Param<String> outputKey;

  /** Makes the parameters of a stage and sets their defaults. */
  ModelParams(Params stage) {
    modelHandle =
        new Param<>(
            stage,
            "modelHandle",
            "the model: a TF Hub or Kaggle URL; a module's directory or .tar.gz, or a TF-Slim"
                + " checkpoint's prefix, on any Hadoop file system; or 'builtin', an UNTRAINED"
                + " network for trying things out",
            StageParams.notBlank("modelHandle"));
    modelSha256 = sha256(stage);
    imageSize =
        new IntParam(
            stage,
            "imageSize",
            "height and width of the model's input in pixels; if not set, what the model expects",
            StageParams.within("imageSize", 1, InputSizes.MAX_SIDE));
    executionPath =
        new Param<>(
            stage,
            "executionPath",
            "fast puts the weights of a MobileNet V1 into this library's own graph; general runs the module's"
                + " own graph; auto is fast where possible",
            StageParams.word("executionPath", ExecutionPath.CHOICES::parse));
    tags =
        new StringArrayParam(
            stage, "tags", "tag set of a TF1 module's graph; if not set, the empty set");
    signature =
        new Param<>(
            stage,
            "signature",
            "signature of the module; if not set, its own for feature vectors",
            StageParams.notBlank("signature"));
    outputKey =
        new Param<>(
            stage,
            "outputKey",
            "features, logits, or an endpoint such as MobilenetV1/Conv2d_13_pointwise, averaged over"
                + " height and width",
            StageParams.notBlank("outputKey"));
    stage.setDefault(modelHandle, ModelLoader.DEFAULT_HANDLE);
    stage.setDefault(executionPath, ExecutionPath.AUTO.optionName());
    stage.setDefault(outputKey, ModelRequest.FEATURES);
  }

  /** The parameter of an archive's digest, which has no default. */
  static Param<String> sha256(Params stage) {
    return new Param<>(
        stage,
        "modelSha256",
        "expected SHA-256, in hex, of the archive that the module comes from; a module that was never an archive is refused",
        StageParams.checked(
            "modelSha256", hex -> HubOptions.fromEnvironment(Map.of()).withSha256(hex)));
  }

  /** The parameters' values. */
  ModelKey key(Params stage) {
    return new ModelKey(
        stage.getOrDefault(modelHandle),
        StageParams.orElse(stage, modelSha256, ModelKey.ANY_ARCHIVE),
        (Integer) StageParams.orElse(stage, imageSize, ModelKey.MODELS_OWN_SIZE),
        ExecutionPath.CHOICES.parse(stage.getOrDefault(executionPath)),
        Arrays.stream(StageParams.orElse(stage, tags, new String[0])).sorted().distinct().toList(),
        StageParams.orElse(stage, signature, ModelKey.MODELS_OWN_SIGNATURE),
        stage.getOrDefault(outputKey));
  }

  /**
   * Which model, by value.
   *
   * @param handle see {@link ModelRequest#handle}
   * @param sha256 of its archive, in hex, or {@link #ANY_ARCHIVE}
   * @param imageSide in pixels, or {@link #MODELS_OWN_SIZE}
   * @param path how it is run
   * @param tags sorted, without repetitions
   * @param signature a name, or {@link #MODELS_OWN_SIGNATURE}
   * @param output see {@link ModelRequest#output}
   */
  record ModelKey(
      String handle,
      String sha256,
      int imageSide,
      ExecutionPath path,
      List<String> tags,
      String signature,
      String output)
      implements Serializable {

    static final String ANY_ARCHIVE = "";
    static final int MODELS_OWN_SIZE = 0;
    static final String MODELS_OWN_SIGNATURE = "";

    /** As it is after it was written and read: without what may be secret in the handle. */
    ModelKey redacted() {
      return new ModelKey(
          Redacted.handle(handle), sha256, imageSide, path, tags, signature, output);
    }

    @Override
    public String toString() {
      return Redacted.handle(handle);
    }

    /**
     * The model as the library is asked for it.
     *
     * @param hadoop with the session's settings
     */
    ModelRequest request(Configuration hadoop) {
      ModelRequest request =
          ModelRequest.of(handle)
              .withPath(path)
              .withOutput(output)
              .withHub(Downloads.options(hadoop, sha256));
      if (imageSide != MODELS_OWN_SIZE) {
        request = request.withImageSize(imageSide, imageSide);
      }
      if (!tags.isEmpty()) {
        request = request.withTags(Set.copyOf(tags));
      }
      return signature.equals(MODELS_OWN_SIGNATURE) ? request : request.withSignature(signature);
    }
  }
}
