package io.mobilenetspark.spark.train;

import io.mobilenetspark.common.Internal;
import io.mobilenetspark.common.PublicApi;
import io.mobilenetspark.train.TrainSettings;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * How a fit went.
 *
 * @param history the epochs, in order, from 0 if the head was fitted and then trained; one for a
 *     head that MLlib has fitted and that is all
 * @param bestEpoch the epoch whose weights the model has
 * @param classes images of each class, in the classes' order
 * @param trainingRows images trained on
 * @param validationRows images kept from training
 * @param unreadable images left out because they can't be read
 * @param firstProblem why the first of them can't be; empty if there is none
 * @param evaluation what the model makes of the validation images; empty if there are none
 * @param settings the estimator's parameters that were set, as texts by their names, without
 *     secrets, and the number of workers that shared each step, if it was the same in all; the
 *     others had their defaults. With that number, an estimator with these repeats the fit as far
 *     as {@link io.mobilenetspark.spark.ml.MobileNetFineTuner} says, unless a checkpoint is loaded
 */
@PublicApi
public record TrainingSummary(
    List<EpochMetrics> history,
    int bestEpoch,
    List<ClassImages> classes,
    long trainingRows,
    long validationRows,
    long unreadable,
    String firstProblem,
    Optional<Evaluation> evaluation,
    Map<String, String> settings) {

  private static final StructType SCHEMA =
      new StructType()
          .add("epoch", DataTypes.IntegerType, false)
          .add("step", DataTypes.LongType, false)
          .add("loss", DataTypes.DoubleType, false)
          .add("accuracy", DataTypes.DoubleType, false)
          .add("validationLoss", DataTypes.DoubleType, true)
          .add("validationAccuracy", DataTypes.DoubleType, true)
          .add("learningRate", DataTypes.DoubleType, false)
          .add("gradientNorm", DataTypes.DoubleType, false)
          .add("seconds", DataTypes.DoubleType, false)
          .add("imagesPerSecond", DataTypes.DoubleType, false)
          .add("overheadShare", DataTypes.DoubleType, false)
          .add("workers", DataTypes.IntegerType, false);

  public TrainingSummary {
    history = List.copyOf(history);
    classes = List.copyOf(classes);
    settings = Collections.unmodifiableMap(new TreeMap<>(settings));
  }

  /** The same of an estimator with these settings. */
  @Internal
  public TrainingSummary with(Map<String, String> estimators) {
    Map<String, String> all = new TreeMap<>(estimators);
    Set<Integer> workers =
        history.stream()
            .filter(epoch -> epoch.step() > 0)
            .map(EpochMetrics::workers)
            .collect(Collectors.toSet());
    if (workers.size() == 1) {
      all.put(TrainSettings.NUM_WORKERS.name(), String.valueOf(workers.iterator().next()));
    }
    return new TrainingSummary(
        history,
        bestEpoch,
        classes,
        trainingRows,
        validationRows,
        unreadable,
        firstProblem,
        evaluation,
        all);
  }

  /** The epoch whose weights the model has. */
  public EpochMetrics best() {
    return history.stream().filter(epoch -> epoch.epoch() == bestEpoch).findFirst().orElseThrow();
  }

  /** How many epochs were trained. */
  public int epochs() {
    return history.get(history.size() - 1).epoch();
  }

  /** The history as a table of one row an epoch, with columns as in {@link EpochMetrics}. */
  public Dataset<Row> historyTable(SparkSession spark) {
    List<Row> rows =
        history.stream()
            .map(
                epoch ->
                    RowFactory.create(
                        epoch.epoch(),
                        epoch.step(),
                        epoch.loss(),
                        epoch.accuracy(),
                        epoch.validationLoss(),
                        epoch.validationAccuracy(),
                        epoch.learningRate(),
                        epoch.gradientNorm(),
                        epoch.seconds(),
                        epoch.imagesPerSecond(),
                        epoch.overheadShare(),
                        epoch.workers()))
            .toList();
    return spark.createDataFrame(rows, SCHEMA);
  }
}
