package io.mobilenetspark.spark.ml;

import io.mobilenetspark.model.ModelLoader;
import io.mobilenetspark.train.BatchNormMode;
import io.mobilenetspark.train.HeadInit;
import io.mobilenetspark.train.TrainedPart;
import java.io.Serializable;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;

/** A stage's parameters of what is trained, and on which loss. */
final class NetworkParams implements Serializable {
  private static final long serialVersionUID = 1;

  final Param<String> modelHandle;
  final Param<String> modelSha256;
  final IntParam imageSize;
  final Param<String> trainable;
  final Param<String> headInit;
  final DoubleParam headRegParam;
  final Param<String> batchNorm;
  final DoubleParam batchNormMomentum;
  final DoubleParam l2;
  final DoubleParam dropout;
  final DoubleParam labelSmoothing;
  final Param<String> classWeights;
  final DoubleParam flipProbability;
  final DoubleParam minCropArea;
  final DoubleParam colorJitter;

  /** Makes the parameters of a stage and sets their defaults. */
  NetworkParams(Params stage) {
    modelHandle =
        new Param<>(stage, "modelHandle", "the module to start from: a handle, a path, or builtin");
    modelSha256 = ModelParams.sha256(stage);
    imageSize =
        new IntParam(
            stage,
            "imageSize",
            "height and width of the network's input in pixels, at least 32; the module's own if not set",
            StageParams.within("imageSize", 32, Integer.MAX_VALUE));
    trainable =
        new Param<>(
            stage,
            "trainable",
            "what is trained besides the head: head (nothing), all, or a layer's name such as Conv2d_12_depthwise (it and all layers after it)",
            StageParams.word("trainable", TrainedPart::fromOption));
    headInit =
        new Param<>(
            stage,
            "headInit",
            "how the head is initialised: fitted (a logistic regression on the module's features) or zero",
            StageParams.word("headInit", HeadInit.CHOICES::parse));
    headRegParam =
        new DoubleParam(
            stage,
            "headRegParam",
            "L2 regularisation of that logistic regression, as MLlib's regParam",
            Ranges.between("headRegParam", 0.0, Double.MAX_VALUE));
    batchNorm =
        new Param<>(
            stage,
            "batchNorm",
            "how BatchNorm normalises in trained layers: frozen (by the moving statistics, which stay), training (by the batch's)",
            StageParams.word("batchNorm", BatchNormMode.CHOICES::parse));
    batchNormMomentum =
        new DoubleParam(
            stage,
            "batchNormMomentum",
            "momentum of BatchNorm's moving statistics, in [0, 1); used if batchNorm is training",
            Ranges.below("batchNormMomentum", 0, 1));
    l2 =
        new DoubleParam(
            stage,
            "l2",
            "the modules' own regularisation: l2 * sum(w^2) / 2 of each trained kernel that isn't depthwise",
            Ranges.between("l2", 0.0, Double.MAX_VALUE));
    dropout =
        new DoubleParam(
            stage,
            "dropout",
            "share of the features set to zero in training, in [0, 1)",
            Ranges.below("dropout", 0, 1));
    labelSmoothing =
        new DoubleParam(
            stage,
            "labelSmoothing",
            "share of each label spread over all classes, in [0, 1)",
            Ranges.below("labelSmoothing", 0, 1));
    classWeights =
        new Param<>(
            stage,
            "classWeights",
            "weights of the classes: none (all rows count the same), balanced (all classes count the same), or label=weight pairs separated by commas");
    flipProbability =
        new DoubleParam(
            stage,
            "flipProbability",
            "probability of mirroring a training image, in [0, 1]",
            Ranges.between("flipProbability", 0, 1));
    minCropArea =
        new DoubleParam(
            stage,
            "minCropArea",
            "smallest share of a training image's area that a random crop keeps, in [0.01, 1]; 1 for no cropping",
            Ranges.between("minCropArea", 0.01, 1));
    colorJitter =
        new DoubleParam(
            stage,
            "colorJitter",
            "how far brightness, contrast and saturation of training images change, in [0, 1)",
            Ranges.below("colorJitter", 0, 1));
    stage.setDefault(modelHandle, ModelLoader.DEFAULT_HANDLE);
    stage.setDefault(trainable, "all");
    stage.setDefault(headInit, HeadInit.FITTED.optionName());
    stage.setDefault(headRegParam, 1e-2);
    stage.setDefault(batchNorm, BatchNormMode.FROZEN.optionName());
    stage.setDefault(batchNormMomentum, 0.99);
    stage.setDefault(l2, 4e-5);
    stage.setDefault(dropout, 0.0);
    stage.setDefault(labelSmoothing, 0.0);
    stage.setDefault(classWeights, "none");
    stage.setDefault(flipProbability, 0.5);
    stage.setDefault(minCropArea, 0.6);
    stage.setDefault(colorJitter, 0.1);
  }
}
