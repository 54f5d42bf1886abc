package io.mobilenetspark.spark.ml;

import io.mobilenetspark.model.ExecutionPath;
import io.mobilenetspark.model.ModelLoader;
import io.mobilenetspark.model.ModelRequest;
import io.mobilenetspark.model.hub.InputSizes;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
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
            "modelSha256", hex -> ModelRequest.of(ModelLoader.DEFAULT_HANDLE).withSha256(hex)));
  }

  /** The model that the parameters' values name. */
  ModelRequest request(Params stage) {
    ModelRequest request =
        withSha256(ModelRequest.of(stage.getOrDefault(modelHandle)), stage, modelSha256)
            .withPath(ExecutionPath.CHOICES.parse(stage.getOrDefault(executionPath)))
            .withOutput(stage.getOrDefault(outputKey));
    if (stage.isSet(imageSize)) {
      int side = (Integer) stage.getOrDefault(imageSize);
      request = request.withImageSize(side, side);
    }
    List<String> names = Arrays.asList(StageParams.orElse(stage, tags, new String[0]));
    if (!names.isEmpty()) {
      request = request.withTags(Set.copyOf(names));
    }
    return stage.isSet(signature) ? request.withSignature(stage.getOrDefault(signature)) : request;
  }

  /** With the digest that a stage's parameter has, if it is set. */
  static ModelRequest withSha256(ModelRequest request, Params stage, Param<String> sha256) {
    return stage.isSet(sha256) ? request.withSha256(stage.getOrDefault(sha256)) : request;
  }
}
