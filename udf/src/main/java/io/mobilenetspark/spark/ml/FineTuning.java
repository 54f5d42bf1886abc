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
import io.mobilenetspark.train.Head;
import io.mobilenetspark.train.TrainingNetwork;
import io.mobilenetspark.train.TrainingState;
import io.mobilenetspark.train.UpdateRule;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntSupplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** One fit, from the table to the model. Used on the driver, by one thread, once. */
final class FineTuning {

  /** A worker with fewer images of a batch spends more on waiting than on computing. */
  private static final int LEAST_SHARE = 8;

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
    LabelledImages table = LabelledImages.of(dataset, tuner);
    Labels labels = table.classes();
    if (table.leftOut() > 0) {
      listener.onNotice(
          String.format(Locale.ROOT, "%d rows of weight 0 are left out.", table.leftOut()));
    }
    MobileNetWeights weights = start.orElseGet(() -> weights(hadoop));
    int side = imageSide(hadoop, start);
    ImageOptions images = tuner.imageParams().options(tuner, ImageSize.square(side));
    Outcome outcome =
        Recipe.isFittedByMllib(tuner)
            ? new HeadOnly(tuner, listener).fit(table, weights, images, labels)
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
    listener.onPhase("Decoding the images.");
    long begun = System.nanoTime();
    IntSupplier workers = workers(table.rows().sparkSession().sparkContext());
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
      List<ClassImages> classes = ClassImages.of(labels, set.classCounts());
      ClassImages.check(classes, listener);
      listener.onPhase(
          String.format(
              Locale.ROOT,
              "%,d images are decoded and dealt to %d workers, after %.1f s.",
              set.trainingRows() + set.validationRows(),
              set.order().workers(),
              (System.nanoTime() - begun) / 1e9));
      UpdateRule rule = Recipe.rule(tuner, set.order().stepsPerEpoch());
      try (DataParallel trainer = new DataParallel(set.training(), set.order(), network, rule)) {
        TrainingLoop.Plan plan =
            new TrainingLoop.Plan(
                tuner.getEpochs(),
                tuner.getPatience(),
                tuner.getSyncEvery(),
                tuner.getCheckpointInterval(),
                workers);
        RunStart run = new RunStart(tuner, listener, network, set, trainer);
        Optional<Checkpoints> checkpoints =
            run.checkpoints(RunIdentity.of(tuner, network, set, labels.names()), hadoop);
        RunState start =
            run.resumed(checkpoints, plan)
                .orElseGet(() -> run.first(rule, table.rows().sparkSession()));
        RunState end = new TrainingLoop(trainer, set, plan, checkpoints, listener).run(start);
        MobileNetWeights weights = network.weights(tuner.uid(), end.best());
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
                evaluation(trainer, set, end.best(), weights, labels)));
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
    Head head = MobileNetClassificationModel.head(weights);
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
    if (tuner.isDefined(tuner.numWorkers())) {
      return tuner::getNumWorkers;
    }
    int cpus = spark.conf().getInt("spark.task.cpus", 1);
    int most = tuner.getBatchSize() / LEAST_SHARE;
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
    switch (MalformedMode.CHOICES.parse(tuner.getMode())) {
      case PERMISSIVE, DROPMALFORMED -> listener.onNotice(text + " Left out of training.");
      case FAILFAST ->
          throw new MalformedImageException(
              text
                  + " Repair or remove what can't be read, or set mode to PERMISSIVE to train on the rest.");
    }
  }
}
