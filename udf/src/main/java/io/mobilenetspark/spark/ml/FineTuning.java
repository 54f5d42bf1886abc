package io.mobilenetspark.spark.ml;

import io.mobilenetspark.common.Quantity;
import io.mobilenetspark.image.ImageOptions;
import io.mobilenetspark.image.ImageSize;
import io.mobilenetspark.model.MobileNetWeights;
import io.mobilenetspark.model.ModelLoader;
import io.mobilenetspark.model.ModelRequest;
import io.mobilenetspark.model.export.ExportFacts;
import io.mobilenetspark.model.handle.Redacted;
import io.mobilenetspark.model.hub.ImageExtent;
import io.mobilenetspark.spark.MalformedImageException;
import io.mobilenetspark.spark.MalformedMode;
import io.mobilenetspark.train.EpochOrder;
import io.mobilenetspark.train.Head;
import io.mobilenetspark.train.HeadInit;
import io.mobilenetspark.train.TrainingNetwork;
import io.mobilenetspark.train.TrainingState;
import io.mobilenetspark.train.UpdateRule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkContext;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** One fit, from the table to the model. Used on the driver, by one thread, once. */
final class FineTuning {

  /** A worker with fewer images of a batch spends more on waiting than on computing. */
  private static final int LEAST_SHARE = 8;

  private static final StructType HEAD_ROWS =
      new StructType()
          .add("features", SQLDataTypes.VectorType(), false)
          .add("label", DataTypes.DoubleType, false)
          .add("weight", DataTypes.DoubleType, false);

  private final MobileNetFineTuner tuner;
  private final TrainingListener listener;

  FineTuning(MobileNetFineTuner tuner, TrainingListener listener) {
    this.tuner = tuner;
    this.listener = listener;
  }

  /**
   * Fits.
   *
   * @param start the weights to start from; empty for those of the module that the estimator names
   */
  MobileNetClassificationModel fit(Dataset<Row> dataset, Optional<MobileNetWeights> start) {
    Configuration hadoop = MobileNetClassificationModel.hadoop(dataset.sparkSession());
    Labels labels = Labels.of(dataset, tuner.getLabelCol());
    LabelledImages table = LabelledImages.of(dataset, tuner, labels);
    MobileNetWeights weights = start.orElseGet(() -> weights(hadoop));
    int side = imageSide(hadoop, start);
    ImageOptions images = tuner.imageParams().options(tuner, ImageSize.square(side));
    Outcome outcome =
        Recipe.isFittedByMllib(tuner)
            ? new HeadOnly(tuner, listener).fit(table, weights, images, labels.count())
            : train(
                table,
                new TrainingNetwork(weights, Recipe.network(tuner, labels.count(), side)),
                images,
                labels,
                hadoop);
    return new MobileNetClassificationModel(
        tuner.uid(),
        new MobileNetClassificationModel.Fitted(
            outcome.weights,
            labels.names(),
            new ExportFacts(
                new ImageExtent(side, side), tuner.getBatchNormMomentum(), tuner.getL2())),
        Optional.of(outcome.summary));
  }

  private ModelRequest request(Configuration hadoop) {
    return ModelRequest.of(tuner.getModelHandle())
        .withHub(
            Downloads.options(
                hadoop,
                StageParams.orElse(tuner, tuner.modelSha256(), ModelParams.ModelKey.ANY_ARCHIVE)));
  }

  private MobileNetWeights weights(Configuration hadoop) {
    return Downloads.loading(() -> new ModelLoader(hadoop).weights(request(hadoop)));
  }

  private int imageSide(Configuration hadoop, Optional<MobileNetWeights> start) {
    if (tuner.isDefined(tuner.imageSize())) {
      return tuner.getImageSize();
    }
    if (start.isPresent()) {
      return ModelLoader.DEFAULT_IMAGE_SIDE;
    }
    ImageExtent expected =
        Downloads.loading(() -> new ModelLoader(hadoop).inspect(request(hadoop)))
            .expectedSize()
            .orElse(
                new ImageExtent(ModelLoader.DEFAULT_IMAGE_SIDE, ModelLoader.DEFAULT_IMAGE_SIDE));
    if (expected.height() != expected.width()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "The module %s expects images of %s; training takes square ones. Set imageSize.",
              Redacted.handle(tuner.getModelHandle()),
              expected));
    }
    return expected.height();
  }

  /** What comes of a fit. */
  record Outcome(MobileNetWeights weights, TrainingSummary summary) {}

  private Outcome train(
      LabelledImages table,
      TrainingNetwork network,
      ImageOptions images,
      Labels labels,
      Configuration hadoop) {
    int workers = workers(table, hadoop);
    try (TrainingSet set =
        TrainingSet.of(
            table.rows(),
            new TrainingSet.Plan(
                images,
                workers,
                tuner.getBatchSize(),
                tuner.getSeed(),
                tuner.getValidationFraction()))) {
      tellUnreadable(set.unreadable(), set.example());
      UpdateRule rule = Recipe.rule(tuner, set.order().stepsPerEpoch());
      try (DataParallel trainer = new DataParallel(set.training(), set.order(), network, rule)) {
        Optional<Checkpoints> checkpoints =
            checkpoints(hadoop, identity(network, set, rule, labels, images));
        RunState start =
            start(checkpoints, trainer, network, set, rule, table.rows().sparkSession());
        RunState end =
            new TrainingLoop(
                    trainer,
                    set,
                    new TrainingLoop.Plan(
                        tuner.getEpochs(),
                        tuner.getPatience(),
                        tuner.getSyncEvery(),
                        tuner.getCheckpointInterval()),
                    checkpoints,
                    listener)
                .run(start);
        return new Outcome(
            network.weights(tuner.uid(), end.best()),
            new TrainingSummary(
                end.history(),
                end.bestEpoch(),
                set.trainingRows(),
                set.validationRows(),
                set.unreadable(),
                set.example()));
      }
    }
  }

  /** Those that were set, those of the run to resume, or as many as make sense. */
  private int workers(LabelledImages table, Configuration hadoop) {
    if (tuner.isDefined(tuner.numWorkers())) {
      return tuner.getNumWorkers();
    }
    if (tuner.isDefined(tuner.checkpointDir())) {
      Optional<SortedMap<String, String>> last =
          reading(() -> new Checkpoints(hadoop, tuner.getCheckpointDir(), Map.of()).lastIdentity());
      if (last.isPresent() && last.get().containsKey("workers")) {
        return Integer.parseInt(last.get().get("workers"));
      }
    }
    SparkContext spark = table.rows().sparkSession().sparkContext();
    int slots = spark.defaultParallelism() / spark.conf().getInt("spark.task.cpus", 1);
    return Math.max(1, Math.min(slots, tuner.getBatchSize() / LEAST_SHARE));
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
    switch (MalformedMode.CHOICES.parse(tuner.getMode())) {
      case PERMISSIVE, DROPMALFORMED -> listener.onNotice(text + " Left out of training.");
      case FAILFAST ->
          throw new MalformedImageException(
              text
                  + " Repair or remove what can't be read, or set mode to PERMISSIVE to train on the rest.");
    }
  }

  /** All that a run's numbers follow from. */
  private Map<String, String> identity(
      TrainingNetwork network,
      TrainingSet set,
      UpdateRule rule,
      Labels labels,
      ImageOptions images) {
    Map<String, String> identity = new TreeMap<>();
    EpochOrder order = set.order();
    identity.put("labels", String.join(", ", labels.names()));
    identity.put("images and labels", Long.toHexString(set.fingerprint()));
    identity.put(
        "rows", String.format(Locale.ROOT, "%d + %d", set.trainingRows(), set.validationRows()));
    identity.put("model", network.startFingerprint());
    identity.put("network", network.spec().toString());
    identity.put("rule", rule.toString());
    identity.put("preprocessing", images.toString());
    identity.put("headInit", tuner.getHeadInit());
    identity.put("headRegParam", String.valueOf(tuner.getHeadRegParam()));
    identity.put("batchSize", String.valueOf(order.batchSize()));
    identity.put("workers", String.valueOf(order.workers()));
    identity.put("syncEvery", String.valueOf(tuner.getSyncEvery()));
    identity.put("seed", String.valueOf(tuner.getSeed()));
    return identity;
  }

  private Optional<Checkpoints> checkpoints(Configuration hadoop, Map<String, String> identity) {
    return tuner.isDefined(tuner.checkpointDir())
        ? Optional.of(reading(() -> new Checkpoints(hadoop, tuner.getCheckpointDir(), identity)))
        : Optional.empty();
  }

  private RunState start(
      Optional<Checkpoints> checkpoints,
      DataParallel trainer,
      TrainingNetwork network,
      TrainingSet set,
      UpdateRule rule,
      SparkSession spark) {
    Optional<RunState> last =
        checkpoints.isPresent() ? reading(checkpoints.get()::last) : Optional.empty();
    if (last.isPresent()) {
      listener.onNotice(
          String.format(
              Locale.ROOT,
              "Resuming after step %d (epoch %d) from %s.",
              last.get().state().step(),
              last.get().history().size(),
              tuner.getCheckpointDir()));
      return last.get();
    }
    Head zero = Head.zero(network.featureCount(), network.spec().classes());
    TrainingState first = network.initialState(zero, rule.optimizer());
    if (HeadInit.CHOICES.parse(tuner.getHeadInit()) == HeadInit.FITTED) {
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
        Head head = HeadFit.fit(rows, network.spec().classes(), tuner.getHeadRegParam());
        first = network.initialState(head, rule.optimizer());
      } finally {
        rows.unpersist();
      }
    }
    return RunState.before(first);
  }

  private static double[] widened(float[] values) {
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
              tuner.getCheckpointDir(),
              e.getMessage()),
          e);
    }
  }
}
