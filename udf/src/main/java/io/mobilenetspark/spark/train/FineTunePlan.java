package io.mobilenetspark.spark.train;

import static java.util.Objects.requireNonNull;

import io.mobilenetspark.image.ImageOptions;
import io.mobilenetspark.options.Surface;
import io.mobilenetspark.spark.MalformedMode;
import io.mobilenetspark.train.Augmentation;
import io.mobilenetspark.train.BatchNorm;
import io.mobilenetspark.train.LearningRate;
import io.mobilenetspark.train.NetworkSpec;
import io.mobilenetspark.train.Optimizer;
import io.mobilenetspark.train.Schedule;
import io.mobilenetspark.train.TrainedPart;
import io.mobilenetspark.train.UpdateRule;
import java.util.Collections;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a run does, whatever it is asked by: all that it must know besides its table and the weights
 * that it starts from. Immutable. What is counted in epochs, or for each class, becomes steps and
 * shapes when the run knows its table.
 *
 * @param name what the trained network is called
 * @param surface where it is asked for: what is told of settings has their names there
 * @param images how images are read; square, of the network's input size
 * @param malformed what becomes of a run if an image can't be read
 * @param network what is trained, on which loss
 * @param head how the head comes about
 * @param rule how a gradient moves the parameters
 * @param batches which images make up which step, and who computes it
 * @param course how long it goes on, and where it is kept
 */
public record FineTunePlan(
    String name,
    Surface surface,
    ImageOptions images,
    MalformedMode malformed,
    Network network,
    HeadPlan head,
    Rule rule,
    Batches batches,
    Course course) {

  /** The text of a setting that is not set, in {@link Course#settings}. */
  public static final String UNSET = "not set";

  public FineTunePlan {
    requireNonNull(name, "name");
    requireNonNull(surface, "surface");
    requireNonNull(images, "images");
    requireNonNull(malformed, "malformed");
    requireNonNull(network, "network");
    requireNonNull(head, "head");
    requireNonNull(rule, "rule");
    requireNonNull(batches, "batches");
    requireNonNull(course, "course");
    if (images.size().height() != images.size().width()) {
      throw new IllegalArgumentException("training takes square images, not " + images.size());
    }
  }

  /** Height and width of the network's input, in pixels. */
  int imageSide() {
    return images.size().height();
  }

  /** The network's specification, for so many classes. */
  NetworkSpec networkSpec(int classes) {
    return new NetworkSpec(
        classes,
        imageSide(),
        network.trainable,
        network.batchNorm,
        network.labelSmoothing,
        network.dropout,
        network.augmentation);
  }

  /** The rule of a run that has so many steps in an epoch. */
  UpdateRule updateRule(long stepsPerEpoch) {
    return new UpdateRule(
        rule.optimizer,
        rule.rate.inSteps(stepsPerEpoch, course.epochs),
        rule.headRateFactor,
        rule.l2,
        rule.maxGradientNorm);
  }

  /**
   * What is trained, as {@link NetworkSpec}.
   *
   * @param trainable which part of the network is trained
   * @param batchNorm how BatchNorm normalises in the trained layers
   * @param labelSmoothing in [0, 1)
   * @param dropout in [0, 1)
   * @param augmentation random changes to the images in training
   */
  public record Network(
      TrainedPart trainable,
      BatchNorm batchNorm,
      double labelSmoothing,
      double dropout,
      Augmentation augmentation) {}

  /** Where the head comes from. */
  public enum HeadMode {
    /** From zero, by steps. */
    ZERO,
    /** From a logistic regression on the features, then by steps. */
    FITTED,
    /** From a logistic regression on the features, and that is all: there are no steps. */
    FITTED_ALONE
  }

  /**
   * How the head comes about.
   *
   * @param mode where from
   * @param regParam of the logistic regression's L2 regularisation, as MLlib's
   */
  public record HeadPlan(HeadMode mode, double regParam) {}

  /**
   * How a gradient moves the parameters, as {@link UpdateRule}.
   *
   * @param optimizer the rule
   * @param rate the rate of each step
   * @param headRateFactor factor on the rate for the head, above 0
   * @param l2 factor of the modules' own regularisation, at least 0
   * @param maxGradientNorm a gradient of a larger L2 norm is scaled down to it; infinite for none
   */
  public record Rule(
      Optimizer optimizer, Rate rate, double headRateFactor, double l2, double maxGradientNorm) {}

  /**
   * A learning rate by epochs.
   *
   * @param base the rate after the warm-up, above 0
   * @param warmupEpochs epochs, or parts of one, over which the rate rises from 0
   * @param schedule how it goes on after that
   * @param decayEpochs epochs between two changes of {@link Schedule#STEP}
   * @param decayRate factor of each of them
   */
  public record Rate(
      double base, double warmupEpochs, Schedule schedule, double decayEpochs, double decayRate) {

    private LearningRate inSteps(long stepsPerEpoch, int epochs) {
      long warmup = Math.round(warmupEpochs * stepsPerEpoch);
      LearningRate.Decay decay =
          switch (schedule) {
            case CONSTANT -> new LearningRate.Constant();
            case COSINE -> new LearningRate.Cosine(Math.max(1, epochs * stepsPerEpoch - warmup));
            case STEP ->
                new LearningRate.Staircase(
                    Math.max(1, Math.round(decayEpochs * stepsPerEpoch)), decayRate);
          };
      return new LearningRate(base, warmup, decay);
    }
  }

  /**
   * Which images make up which step, and who computes it.
   *
   * @param size images of a step, over all workers
   * @param seed of the order, the augmentation, dropout and the validation split
   * @param validationFraction share of the images kept from training, beside those marked so
   * @param workers tasks that share a step; empty for as many as make sense at each epoch's start
   */
  public record Batches(int size, long seed, double validationFraction, OptionalInt workers) {}

  /**
   * How long a run goes on, and where it is kept.
   *
   * @param epochs the most epochs
   * @param patience stop after this many epochs without a lower validation loss; 0 for never
   * @param syncEvery steps that each worker takes alone before the weights are averaged
   * @param checkpointDirectory of any number of runs, on any Hadoop file system; empty for none
   * @param checkpointInterval also write a checkpoint every this many steps; 0 for every epoch only
   * @param settings those that the run's numbers follow from, each as a text by its name: a run
   *     goes on from checkpoints of the same ones alone
   */
  public record Course(
      int epochs,
      int patience,
      int syncEvery,
      Optional<String> checkpointDirectory,
      int checkpointInterval,
      SortedMap<String, String> settings) {

    public Course {
      settings = Collections.unmodifiableSortedMap(new TreeMap<>(settings));
    }
  }
}
