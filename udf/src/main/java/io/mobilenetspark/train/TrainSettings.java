package io.mobilenetspark.train;

import io.mobilenetspark.model.settings.ModelSettings;
import io.mobilenetspark.options.Range;
import io.mobilenetspark.options.Setting;
import io.mobilenetspark.options.ValueType;
import java.util.List;

/** What can be set of a training run. */
public final class TrainSettings {

  /** The module to start from. */
  public static final Setting<String> MODEL =
      ModelSettings.MODEL.withDoc(
          "the MobileNet V1 to start from: a handle or a path, or 'builtin', an UNTRAINED network");

  /** Height and width of the network's input. */
  public static final Setting<Integer> IMAGE_SIZE =
      ModelSettings.IMAGE_SIZE
          .withType(ValueType.whole(32, ModelSettings.MAX_IMAGE_SIDE))
          .withDoc("height and width of the network's input, in pixels, at least 32");

  /** What is trained: see {@link TrainedPart#fromOption}. */
  public static final Setting<String> TRAINABLE =
      Setting.of(
              "trainable",
              ValueType.text(TrainedPart::fromOption),
              "what is trained besides the head: head (nothing), all, or a layer's name such as"
                  + " Conv2d_12_depthwise (it and all layers after it)")
          .withDefault(TrainedPart.ALL)
          .withLabel("PART");

  /** Where the head starts. */
  public static final Setting<HeadInit> HEAD_INIT =
      Setting.of(
              "headInit",
              ValueType.words(HeadInit.CHOICES),
              "how the head is initialised: fitted (a logistic regression on the module's features)"
                  + " or zero")
          .withDefault(HeadInit.FITTED);

  /** L2 regularization of the head's logistic regression. */
  public static final Setting<Double> HEAD_REG_PARAM =
      Setting.of(
              "headRegParam",
              ValueType.real(Range.NOT_NEGATIVE),
              "L2 regularization of that logistic regression, as MLlib's regParam")
          .withDefault(1e-2);

  /** By which statistics BatchNorm normalizes. */
  public static final Setting<BatchNormMode> BATCH_NORM =
      Setting.of(
              "batchNorm",
              ValueType.words(BatchNormMode.CHOICES),
              "how BatchNorm normalizes in trained layers: frozen (by the moving statistics, which"
                  + " stay), training (by the batch's)")
          .withDefault(BatchNormMode.FROZEN);

  /** Momentum of BatchNorm's moving statistics. */
  public static final Setting<Double> BATCH_NORM_MOMENTUM =
      Setting.of(
              "batchNormMomentum",
              ValueType.real(Range.SHARE),
              "momentum of BatchNorm's moving statistics while they are trained, in [0, 1)")
          .withDefault(0.99);

  /** The modules' own regularization. */
  public static final Setting<Double> L2 =
      Setting.of(
              "l2",
              ValueType.real(Range.NOT_NEGATIVE),
              "the modules' own regularization: l2 * sum(w^2) / 2 of each trained kernel that isn't"
                  + " depthwise")
          .withDefault(4e-5);

  /** Share of the features set to zero. */
  public static final Setting<Double> DROPOUT =
      Setting.of(
              "dropout",
              ValueType.real(Range.SHARE),
              "share of the features set to zero in training, in [0, 1)")
          .withDefault(0.0);

  /** Share of each label spread over all classes. */
  public static final Setting<Double> LABEL_SMOOTHING =
      Setting.of(
              "labelSmoothing",
              ValueType.real(Range.SHARE),
              "share of each label spread over all classes, in [0, 1)")
          .withDefault(0.0);

  /** Weights of the classes. */
  public static final Setting<String> CLASS_WEIGHTS =
      Setting.of(
              "classWeights",
              ValueType.text(),
              "weights of the classes: none (all rows count the same), balanced (all classes count"
                  + " the same), or label=weight pairs separated by commas")
          .withDefault("none")
          .withLabel("WEIGHTS");

  /** Probability of mirroring an image. */
  public static final Setting<Double> FLIP_PROBABILITY =
      Setting.of(
              "flipProbability",
              ValueType.real(Range.between(0, 1)),
              "probability of mirroring a training image, in [0, 1]")
          .withDefault(0.5);

  /** Smallest share of an image that a crop keeps. */
  public static final Setting<Double> MIN_CROP_AREA =
      Setting.of(
              "minCropArea",
              ValueType.real(Range.between(0.01, 1)),
              "smallest share of a training image's area that a random crop keeps, in [0.01, 1]; 1"
                  + " for no cropping")
          .withDefault(0.6);

  /** How far colors change. */
  public static final Setting<Double> COLOR_JITTER =
      Setting.of(
              "colorJitter",
              ValueType.real(Range.SHARE),
              "how far brightness, contrast and saturation of training images change, in [0, 1)")
          .withDefault(0.1);

  /** The rule by which weights are updated. */
  public static final Setting<OptimizerKind> OPTIMIZER =
      Setting.of(
              "optimizer",
              ValueType.words(OptimizerKind.CHOICES),
              "how weights are updated: sgd (with momentum), adam, adamw (with decoupled weight"
                  + " decay)")
          .withDefault(OptimizerKind.ADAM);

  /** Momentum of SGD. */
  public static final Setting<Double> MOMENTUM =
      Setting.of("momentum", ValueType.real(Range.SHARE), "momentum of sgd, in [0, 1)")
          .withDefault(0.9);

  /** Decay of AdamW. */
  public static final Setting<Double> WEIGHT_DECAY =
      Setting.of(
              "weightDecay",
              ValueType.real(Range.NOT_NEGATIVE),
              "decoupled weight decay of adamw, on kernels")
          .withDefault(0.01);

  /** The learning rate. */
  public static final Setting<Double> LEARNING_RATE =
      Setting.of("learningRate", ValueType.real(Range.POSITIVE), "learning rate after the warm-up")
          .withDefault(1e-4);

  /** The head's rate. */
  public static final Setting<Double> HEAD_LEARNING_RATE_FACTOR =
      Setting.of(
              "headLearningRateFactor",
              ValueType.real(Range.POSITIVE),
              "the head's learning rate, as a multiple of the learning rate")
          .withDefault(1.0);

  /** The rate's course. */
  public static final Setting<Schedule> LEARNING_RATE_SCHEDULE =
      Setting.of(
              "learningRateSchedule",
              ValueType.words(Schedule.CHOICES),
              "the learning rate's course after the warm-up: constant, cosine (down to 0 at the end"
                  + " of the last epoch) or step")
          .withDefault(Schedule.COSINE);

  /** Over how long it rises. */
  public static final Setting<Double> WARMUP_EPOCHS =
      Setting.of(
              "warmupEpochs",
              ValueType.real(Range.NOT_NEGATIVE),
              "epochs, whole or fractional, over which the rate rises from 0")
          .withDefault(1.0);

  /** How often it is changed. */
  public static final Setting<Double> DECAY_EPOCHS =
      Setting.of(
              "decayEpochs",
              ValueType.real(Range.POSITIVE),
              "epochs between two changes of the step schedule")
          .withDefault(5.0);

  /** By which factor. */
  public static final Setting<Double> DECAY_RATE =
      Setting.of(
              "decayRate",
              ValueType.real(Range.POSITIVE),
              "factor of each change of the step schedule")
          .withDefault(0.1);

  /** How long gradients may be. */
  public static final Setting<Double> MAX_GRADIENT_NORM =
      Setting.of(
              "maxGradientNorm",
              ValueType.real(Range.POSITIVE),
              "larger gradients are scaled down to this L2 norm")
          .withAbsent("no limit");

  /** Images in a step. */
  public static final Setting<Integer> BATCH_SIZE =
      Setting.of("batchSize", atLeast(1), "images in a step, over all workers").withDefault(32);

  /** Passes over the images. */
  public static final Setting<Integer> EPOCHS =
      Setting.of("epochs", atLeast(1), "maximum number of passes over the training images")
          .withDefault(10);

  /** Steps between two exchanges. */
  public static final Setting<Integer> SYNC_EVERY =
      Setting.of(
              "syncEvery",
              atLeast(1),
              "steps that each worker takes alone before the weights are averaged; 1 equals one big"
                  + " batch")
          .withDefault(1);

  /** Tasks that share a step. */
  public static final Setting<Integer> NUM_WORKERS =
      Setting.of("numWorkers", atLeast(1), "tasks that share a step")
          .withAbsent(
              "at each epoch's start, one for each core of the executors that have come, with at"
                  + " least 8 images of the batch each");

  /** The seed of all that is random. */
  public static final Setting<Long> SEED =
      Setting.of(
              "seed",
              ValueType.big(Long.MIN_VALUE),
              "seed of the order, the augmentation, dropout and the validation split; the same seed"
                  + " gives the same run")
          .withDefault(42L);

  /** Share of the images that are kept from training. */
  public static final Setting<Double> VALIDATION_FRACTION =
      Setting.of(
              "validationFraction",
              ValueType.real(Range.SHARE),
              "share of the images kept from training, in [0, 1), for validation and for choosing"
                  + " the best epoch; 0 for none")
          .withAbsent(
              "a tenth of each class that has at least 10 images, unless others are given to"
                  + " validate on");

  /** When to stop early. */
  public static final Setting<Integer> PATIENCE =
      Setting.of(
              "patience",
              atLeast(0),
              "stop after this many epochs without a lower validation loss; 0 for never")
          .withDefault(5);

  /** Where the run is saved. */
  public static final Setting<String> CHECKPOINT_DIR =
      Setting.of(
              "checkpointDir",
              ValueType.text(),
              "a folder on any Hadoop file system, for any number of runs; the run is saved there"
                  + " every epoch and, if interrupted, resumed from there")
          .withAbsent("the run is not saved")
          .withLabel("DIR");

  /** How often it is saved besides. */
  public static final Setting<Integer> CHECKPOINT_INTERVAL =
      Setting.of(
              "checkpointInterval",
              atLeast(0),
              "also save a checkpoint every this many steps; 0 for every epoch only")
          .withDefault(0);

  /** What is trained, and on which loss. */
  public static final List<Setting<?>> NETWORK =
      List.of(
          MODEL,
          ModelSettings.MODEL_SHA256,
          IMAGE_SIZE,
          TRAINABLE,
          HEAD_INIT,
          HEAD_REG_PARAM,
          BATCH_NORM,
          BATCH_NORM_MOMENTUM,
          L2,
          DROPOUT,
          LABEL_SMOOTHING,
          CLASS_WEIGHTS,
          FLIP_PROBABILITY,
          MIN_CROP_AREA,
          COLOR_JITTER);

  /** How it is trained: rule, rate, batches, epochs. */
  public static final List<Setting<?>> RUN =
      List.of(
          OPTIMIZER,
          MOMENTUM,
          WEIGHT_DECAY,
          LEARNING_RATE,
          HEAD_LEARNING_RATE_FACTOR,
          LEARNING_RATE_SCHEDULE,
          WARMUP_EPOCHS,
          DECAY_EPOCHS,
          DECAY_RATE,
          MAX_GRADIENT_NORM,
          BATCH_SIZE,
          EPOCHS,
          SYNC_EVERY,
          NUM_WORKERS,
          SEED,
          VALIDATION_FRACTION,
          PATIENCE,
          CHECKPOINT_DIR,
          CHECKPOINT_INTERVAL);

  private TrainSettings() {}

  private static ValueType<Integer> atLeast(int least) {
    return ValueType.whole(least, Integer.MAX_VALUE);
  }
}
