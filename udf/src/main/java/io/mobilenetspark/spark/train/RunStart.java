package io.mobilenetspark.spark.train;

import io.mobilenetspark.common.Quantity;
import io.mobilenetspark.options.Surface;
import io.mobilenetspark.train.Head;
import io.mobilenetspark.train.Totals;
import io.mobilenetspark.train.TrainSettings;
import io.mobilenetspark.train.TrainingNetwork;
import io.mobilenetspark.train.TrainingState;
import io.mobilenetspark.train.UpdateRule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Where a run starts: at its last checkpoint, or before its first step. */
final class RunStart {

  private static final StructType HEAD_ROWS =
      new StructType()
          .add("features", SQLDataTypes.VectorType(), false)
          .add("label", DataTypes.DoubleType, false)
          .add("weight", DataTypes.DoubleType, false);

  private final FineTunePlan plan;
  private final TrainingListener listener;
  private final TrainingNetwork network;
  private final TrainingSet set;
  private final DataParallel trainer;

  RunStart(
      FineTunePlan plan,
      TrainingListener listener,
      TrainingNetwork network,
      TrainingSet set,
      DataParallel trainer) {
    this.plan = plan;
    this.listener = listener;
    this.network = network;
    this.set = set;
    this.trainer = trainer;
  }

  /** Those of a run; empty if none are to be kept. */
  Optional<Checkpoints> checkpoints(RunIdentity identity, Configuration hadoop) {
    return plan.values()
        .find(TrainSettings.CHECKPOINT_DIR)
        .map(directory -> reading(() -> new Checkpoints(hadoop, directory, identity, listener)));
  }

  /** The last checkpoint's state, with the rows dealt to the workers that were at it. */
  Optional<RunState> resumed(Optional<Checkpoints> checkpoints, TrainingLoop.Plan loop) {
    if (checkpoints.isEmpty()) {
      return Optional.empty();
    }
    Optional<RunState> last = reading(checkpoints.get()::last);
    if (last.isEmpty()) {
      reading(checkpoints.get()::others).ifPresent(listener::onNotice);
      return last;
    }
    RunState run = last.get();
    listener.onNotice(notice(run, loop, checkpoints.get().directory(), plan.surface()));
    boolean isInAnEpoch = run.state().step() % set.order().stepsPerEpoch() != 0;
    if (isInAnEpoch && run.workers() != set.order().workers()) {
      set.deal(run.workers());
      trainer.take(set);
    }
    return last;
  }

  /** Whether a run goes on, and what would make it go on if it is out of patience. */
  static String notice(RunState run, TrainingLoop.Plan loop, Path directory, Surface surface) {
    String notice =
        String.format(
            Locale.ROOT,
            loop.isFinishedBy(run)
                ? "The run is done already: %3$s has what it was after step %1$d (epoch %2$d)."
                : "Resuming after step %d (epoch %d) from %s.",
            run.state().step(),
            run.epochsDone(),
            directory);
    if (run.epochsDone() >= loop.epochs() || !loop.isOutOfPatience(run)) {
      return notice;
    }
    return notice
        + String.format(
            Locale.ROOT,
            " No epoch after epoch %d had a lower validation loss, and %s is %d: with 0 it trains on,"
                + " to epoch %d.",
            run.bestEpoch(),
            TrainSettings.PATIENCE.on(surface),
            loop.patience(),
            loop.epochs());
  }

  /** The state before the first step; with a fitted head, that alone is epoch 0. */
  RunState first(UpdateRule rule, SparkSession spark) {
    Head head = Head.zero(network.featureCount(), network.spec().classes());
    TrainingState first = network.initialState(head, rule.optimizer());
    int workers = set.order().workers();
    if (plan.headMode() == FineTunePlan.HeadMode.ZERO) {
      return RunState.before(first, workers);
    }
    listener.onPhase(
        String.format(
            Locale.ROOT,
            "Fitting the head: features of %s, then a logistic regression.",
            Quantity.of(set.trainingRows(), "image")));
    long start = System.nanoTime();
    Dataset<Row> rows =
        spark
            .createDataFrame(
                trainer.features(
                    first,
                    set.training(),
                    (row, features) ->
                        RowFactory.create(
                            Vectors.dense(widened(features)),
                            (double) row.label(),
                            (double) row.weight())),
                HEAD_ROWS)
            .cache();
    try {
      head = HeadFit.fit(rows, network.spec().classes(), plan.get(TrainSettings.HEAD_REG_PARAM));
      TrainingState fitted = network.initialState(head, rule.optimizer());
      EpochMetrics alone = alone(fitted, HeadSums.of(rows, head), start, workers);
      listener.onEpoch(alone);
      return RunState.before(fitted, workers).with(alone);
    } finally {
      rows.unpersist();
    }
  }

  private EpochMetrics alone(TrainingState fitted, HeadSums trained, long start, int workers) {
    Totals validated =
        set.validationRows() == 0 ? null : trainer.evaluate(fitted, set.validation());
    return new EpochMetrics(
        0,
        0,
        trained.meanLoss() + trainer.regularization(fitted),
        trained.accuracy(),
        validated == null ? null : validated.meanLoss(),
        validated == null ? null : validated.accuracy(),
        0,
        0,
        (System.nanoTime() - start) / 1e9,
        0,
        0,
        workers);
  }

  static double[] widened(float[] values) {
    double[] wide = new double[values.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }

  private interface Reading<T> {
    T read() throws IOException;
  }

  private <T> T reading(Reading<T> call) {
    try {
      return call.read();
    } catch (IOException e) {
      throw new UncheckedIOException(
          String.format(
              Locale.ROOT,
              "Can't read the checkpoints in %s: %s.",
              plan.get(TrainSettings.CHECKPOINT_DIR),
              e.getMessage()),
          e);
    }
  }
}
