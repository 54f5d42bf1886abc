package io.mobilenetspark.spark.ml;

import io.mobilenetspark.options.Choices;
import io.mobilenetspark.spark.MalformedMode;
import io.mobilenetspark.train.OptimizerKind;
import io.mobilenetspark.train.Schedule;
import java.io.Serializable;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;

/** A stage's parameters of how a network is trained: rule, rate, batches, epochs. */
final class RunParams implements Serializable {
  private static final long serialVersionUID = 1;

  private static final Choices<MalformedMode> MODES =
      MalformedMode.CHOICES.without(
          MalformedMode.DROPMALFORMED,
          "an image that can't be read can't train anything: mode PERMISSIVE leaves it out and"
              + " says how many there were, FAILFAST stops");

  final Param<String> mode;
  final Param<String> optimizer;
  final DoubleParam momentum;
  final DoubleParam weightDecay;
  final DoubleParam learningRate;
  final DoubleParam headLearningRateFactor;
  final Param<String> learningRateSchedule;
  final DoubleParam warmupEpochs;
  final DoubleParam decayEpochs;
  final DoubleParam decayRate;
  final DoubleParam maxGradientNorm;
  final IntParam batchSize;
  final IntParam epochs;
  final IntParam syncEvery;
  final IntParam numWorkers;
  final LongParam seed;
  final DoubleParam validationFraction;
  final IntParam patience;
  final Param<String> checkpointDir;
  final IntParam checkpointInterval;

  /** Makes the parameters of a stage and sets their defaults. */
  RunParams(Params stage) {
    mode =
        new Param<>(
            stage,
            "mode",
            "unreadable images: PERMISSIVE leaves them out of training and reports how many, FAILFAST stops",
            StageParams.word("mode", MODES::parse));
    optimizer =
        new Param<>(
            stage,
            "optimizer",
            "sgd (with momentum), adam, adamw (with decoupled weight decay)",
            StageParams.word("optimizer", OptimizerKind.CHOICES::parse));
    momentum =
        new DoubleParam(
            stage, "momentum", "momentum of sgd, in [0, 1)", Ranges.below("momentum", 0, 1));
    weightDecay =
        new DoubleParam(
            stage,
            "weightDecay",
            "decoupled decay of adamw, on kernels",
            Ranges.between("weightDecay", 0.0, Double.MAX_VALUE));
    learningRate =
        new DoubleParam(
            stage,
            "learningRate",
            "learning rate after the warm-up",
            Ranges.above0("learningRate"));
    headLearningRateFactor =
        new DoubleParam(
            stage,
            "headLearningRateFactor",
            "factor on the learning rate for the head",
            Ranges.above0("headLearningRateFactor"));
    learningRateSchedule =
        new Param<>(
            stage,
            "learningRateSchedule",
            "the rate after the warm-up: constant, cosine (down to 0 at the end of the last epoch) or step",
            StageParams.word("learningRateSchedule", Schedule.CHOICES::parse));
    warmupEpochs =
        new DoubleParam(
            stage,
            "warmupEpochs",
            "epochs, or parts of one, over which the rate rises from 0",
            Ranges.between("warmupEpochs", 0.0, Double.MAX_VALUE));
    decayEpochs =
        new DoubleParam(
            stage,
            "decayEpochs",
            "epochs between two changes of the step schedule",
            Ranges.above0("decayEpochs"));
    decayRate =
        new DoubleParam(
            stage,
            "decayRate",
            "factor of each change of the step schedule",
            Ranges.above0("decayRate"));
    maxGradientNorm =
        new DoubleParam(
            stage,
            "maxGradientNorm",
            "larger gradients are scaled down to this L2 norm; if not set, none are",
            Ranges.above0("maxGradientNorm"));
    batchSize =
        new IntParam(
            stage,
            "batchSize",
            "images in a step, over all workers",
            StageParams.within("batchSize", 1, Integer.MAX_VALUE));
    epochs =
        new IntParam(
            stage,
            "epochs",
            "maximum number of passes over the training images",
            StageParams.within("epochs", 1, Integer.MAX_VALUE));
    syncEvery =
        new IntParam(
            stage,
            "syncEvery",
            "steps that each worker takes alone before the weights are averaged; 1 equals one big batch",
            StageParams.within("syncEvery", 1, Integer.MAX_VALUE));
    numWorkers =
        new IntParam(
            stage,
            "numWorkers",
            "tasks that share a step; if not set, as many as there are cores at each epoch's start, with at least 8 images of a batch for each",
            StageParams.within("numWorkers", 1, Integer.MAX_VALUE));
    seed =
        new LongParam(
            stage,
            "seed",
            "seed of the order, the augmentation, dropout and the validation split; the same seed gives the same run");
    validationFraction =
        new DoubleParam(
            stage,
            "validationFraction",
            "share of the images kept from training, in [0, 1), for validation and for choosing the best epoch",
            Ranges.below("validationFraction", 0, 1));
    patience =
        new IntParam(
            stage,
            "patience",
            "stop after this many epochs without a lower validation loss; 0 for never",
            StageParams.within("patience", 0, Integer.MAX_VALUE));
    checkpointDir =
        new Param<>(
            stage,
            "checkpointDir",
            "a folder on any Hadoop file system, for any number of runs; the run is saved there every epoch and, if interrupted, resumed from there");
    checkpointInterval =
        new IntParam(
            stage,
            "checkpointInterval",
            "also write a checkpoint every this many steps; 0 for every epoch only",
            StageParams.within("checkpointInterval", 0, Integer.MAX_VALUE));
    stage.setDefault(mode, MalformedMode.PERMISSIVE.optionName());
    stage.setDefault(optimizer, OptimizerKind.ADAM.optionName());
    stage.setDefault(momentum, 0.9);
    stage.setDefault(weightDecay, 0.01);
    stage.setDefault(learningRate, 1e-4);
    stage.setDefault(headLearningRateFactor, 1.0);
    stage.setDefault(learningRateSchedule, Schedule.COSINE.optionName());
    stage.setDefault(warmupEpochs, 1.0);
    stage.setDefault(decayEpochs, 5.0);
    stage.setDefault(decayRate, 0.1);
    stage.setDefault(batchSize, 32);
    stage.setDefault(epochs, 10);
    stage.setDefault(syncEvery, 1);
    stage.setDefault(seed, 42L);
    stage.setDefault(validationFraction, 0.0);
    stage.setDefault(patience, 0);
    stage.setDefault(checkpointInterval, 0);
  }
}
