package io.mobilenetspark.spark.train;

import io.mobilenetspark.common.Quantity;
import io.mobilenetspark.model.MobileNetWeights;
import io.mobilenetspark.spark.ClassicSpark;
import io.mobilenetspark.spark.EmbedSettings;
import io.mobilenetspark.spark.MalformedImageException;
import io.mobilenetspark.train.Head;
import io.mobilenetspark.train.TrainSettings;
import io.mobilenetspark.train.TrainingNetwork;
import io.mobilenetspark.train.TrainingState;
import io.mobilenetspark.train.UpdateRule;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntSupplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkContext;

/** One fit, from the table to the weights. Used on the driver, by one thread, once. */
public final class FineTuning {

  /** A worker with fewer images of a batch spends more on waiting than on computing. */
  private static final int LEAST_SHARE = 8;

  private final FineTunePlan plan;
  private final TrainingListener listener;

  /**
   * @param plan what to do
   * @param listener is told how it goes on
   */
  public FineTuning(FineTunePlan plan, TrainingListener listener) {
    this.plan = plan;
    this.listener = listener;
  }

  /**
   * What comes of a fit.
   *
   * @param weights the network with its head as the classifier
   * @param summary how it went
   */
  public record Outcome(MobileNetWeights weights, TrainingSummary summary) {}

  /**
   * Fits.
   *
   * @param table what to train on
   * @param weights to start from; not changed
   * @throws IllegalArgumentException if the table can't be trained on
   * @throws MalformedImageException if an image can't be read and the plan says to stop then
   * @throws io.mobilenetspark.train.TrainingDivergedException if the loss is not finite
   */
  public Outcome fit(LabelledImages table, MobileNetWeights weights) {
    return switch (plan.headMode()) {
      case FITTED_ALONE -> new HeadOnly(plan, listener).fit(table, weights);
      case ZERO, FITTED ->
          train(
              table,
              new TrainingNetwork(weights, plan.networkSpec(table.classes().count())),
              ClassicSpark.hadoopConf(table.rows().sparkSession()));
    };
  }

  private Outcome train(LabelledImages table, TrainingNetwork network, Configuration hadoop) {
    Labels labels = table.classes();
    listener.onPhase("Decoding the images.");
    long begun = System.nanoTime();
    IntSupplier workers = workers(table.rows().sparkSession().sparkContext());
    try (TrainingSet set =
        TrainingSet.of(
            table.rows(),
            new TrainingSet.Plan(
                plan.images(),
                workers,
                plan.get(TrainSettings.BATCH_SIZE),
                plan.get(TrainSettings.SEED),
                plan.values().find(TrainSettings.VALIDATION_FRACTION)))) {
      tellUnreadable(set.unreadable(), set.example());
      List<ClassImages> classes = ClassImages.of(labels, set.classCounts());
      ClassImages.check(classes, listener);
      ValidationSplit.tell(plan, classes, listener);
      listener.onPhase(
          String.format(
              Locale.ROOT,
              "Decoded %s and distributed them to %s in %.1f s.",
              Quantity.of(set.trainingRows() + set.validationRows(), "image"),
              Quantity.of(set.order().workers(), "worker"),
              (System.nanoTime() - begun) / 1e9));
      UpdateRule rule = plan.updateRule(set.order().stepsPerEpoch());
      try (DataParallel trainer = new DataParallel(set.training(), set.order(), network, rule)) {
        TrainingLoop.Plan loop =
            new TrainingLoop.Plan(
                plan.get(TrainSettings.EPOCHS),
                plan.get(TrainSettings.PATIENCE),
                plan.get(TrainSettings.SYNC_EVERY),
                plan.get(TrainSettings.CHECKPOINT_INTERVAL),
                workers);
        RunStart run = new RunStart(plan, listener, network, set, trainer);
        Optional<Checkpoints> checkpoints =
            run.checkpoints(RunIdentity.of(plan, network, set, labels.names()), hadoop);
        RunState start =
            run.resumed(checkpoints, loop)
                .orElseGet(() -> run.first(rule, table.rows().sparkSession()));
        RunState end = new TrainingLoop(trainer, set, loop, checkpoints, listener).run(start);
        MobileNetWeights weights = network.weights(plan.name(), end.best());
        return new Outcome(
            weights,
            new TrainingSummary(
                end.history(),
                end.bestEpoch(),
                classes,
                set.trainingRows(),
                set.validationRows(),
                set.unreadable(),
                set.example(),
                evaluation(trainer, set, end.best(), weights, labels),
                Map.of()));
      }
    }
  }

  private Optional<Evaluation> evaluation(
      DataParallel trainer,
      TrainingSet set,
      TrainingState state,
      MobileNetWeights weights,
      Labels labels) {
    if (set.validationRows() == 0) {
      return Optional.empty();
    }
    Head head = Head.of(weights);
    return EvaluationSums.tried(
        () ->
            trainer.features(
                state,
                set.validation(),
                (row, features) ->
                    EvaluationSums.Judged.of(row, head.logits(RunStart.widened(features)))),
        labels.names(),
        listener);
  }

  /** Those that were set, or as many as make sense. */
  private IntSupplier workers(SparkContext spark) {
    Optional<Integer> fixed = plan.values().find(TrainSettings.NUM_WORKERS);
    if (fixed.isPresent()) {
      return fixed::get;
    }
    int cpus = spark.conf().getInt("spark.task.cpus", 1);
    int most = plan.get(TrainSettings.BATCH_SIZE) / LEAST_SHARE;
    // What there is when it is asked for: the cores of the executors that have come so far.
    return () -> Math.max(1, Math.min(spark.defaultParallelism() / cpus, most));
  }

  private void tellUnreadable(long unreadable, String example) {
    if (unreadable == 0) {
      return;
    }
    String text =
        String.format(
            Locale.ROOT,
            "%s can't be read; the first: %s.",
            Quantity.of(unreadable, "image"),
            example);
    switch (plan.get(EmbedSettings.MODE_OF_TRAINING)) {
      case PERMISSIVE, DROPMALFORMED -> listener.onNotice(text + " Left out of training.");
      case FAILFAST ->
          throw new MalformedImageException(
              text
                  + " Repair or remove what can't be read, or set mode to PERMISSIVE to train on"
                  + " the rest.");
    }
  }
}
