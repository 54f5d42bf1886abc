package io.mobilenetspark.spark.train;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.common.Quantity;
import io.mobilenetspark.model.FrozenModel;
import io.mobilenetspark.model.MobileNetWeights;
import io.mobilenetspark.model.ModelLoader;
import io.mobilenetspark.model.settings.ModelSettings;
import io.mobilenetspark.runtime.NativeLibrary;
import io.mobilenetspark.runtime.Precision;
import io.mobilenetspark.spark.EmbedOptions;
import io.mobilenetspark.spark.EmbedSettings;
import io.mobilenetspark.spark.FeatureTable;
import io.mobilenetspark.spark.sql.EmbeddedTable;
import io.mobilenetspark.train.Head;
import io.mobilenetspark.train.TrainSettings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/** Trains the head alone: features are computed once, MLlib does the rest. */
final class HeadOnly {

  private final FineTunePlan plan;
  private final TrainingListener listener;

  HeadOnly(FineTunePlan plan, TrainingListener listener) {
    this.plan = plan;
    this.listener = listener;
  }

  /**
   * Fits a head.
   *
   * @param table the rows
   * @param weights the network, which stays
   */
  FineTuning.Outcome fit(LabelledImages table, MobileNetWeights weights) {
    Labels classes = table.classes();
    long start = System.nanoTime();
    listener.onPhase("Decoding the images and computing their features.");
    NativeLibrary.load();
    FrozenModel frozen =
        ModelLoader.freeze(plan.name(), "slim", weights, ImageSize.square(plan.imageSide()));
    EmbedOptions options =
        new EmbedOptions(
            plan.images(),
            Precision.FLOAT32,
            ModelSettings.DEFAULT_BATCH_SIZE,
            plan.get(EmbedSettings.MODE_OF_TRAINING));
    Dataset<Row> computed =
        features(table.rows().withColumn("draw", draw(functions.col("image"))), frozen, options)
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      Dataset<Row> features = split(computed);
      Dataset<Row> bad = features.filter(functions.col("features").isNull());
      long unreadable = bad.count();
      String example =
          unreadable == 0 ? "" : String.valueOf(bad.select(problem()).head().getString(0));
      if (unreadable > 0) {
        listener.onNotice(
            String.format(
                Locale.ROOT,
                "%s can't be read; the first: %s. Left out of training.",
                Quantity.of(unreadable, "image"),
                example));
      }
      Dataset<Row> good = features.filter(functions.col("features").isNotNull());
      Dataset<Row> training = good.filter(functions.not(functions.col("isValidation")));
      Dataset<Row> validation = good.filter(functions.col("isValidation"));
      if (training.isEmpty()) {
        throw TrainingSet.nothingToTrainOn(unreadable, example, validation.count());
      }
      List<ClassImages> counts = ClassImages.of(classes, counts(features));
      ClassImages.check(counts, listener);
      ValidationSplit.tell(plan, counts, listener);
      listener.onPhase("Fitting the head.");
      Head head = HeadFit.fit(training, classes.count(), plan.get(TrainSettings.HEAD_REG_PARAM));
      HeadSums trained = HeadSums.of(training, head);
      HeadSums validated = HeadSums.of(validation, head);
      EpochMetrics metrics =
          new EpochMetrics(
              1,
              0,
              trained.meanLoss(),
              trained.accuracy(),
              validated.rows() == 0 ? null : validated.meanLoss(),
              validated.rows() == 0 ? null : validated.accuracy(),
              0,
              0,
              (System.nanoTime() - start) / 1e9,
              trained.rows() / ((System.nanoTime() - start) / 1e9),
              0,
              features.rdd().getNumPartitions());
      listener.onEpoch(metrics);
      return new FineTuning.Outcome(
          weights.withClassifier(head.weights(), head.biases()),
          new TrainingSummary(
              List.of(metrics),
              1,
              counts,
              trained.rows(),
              validated.rows(),
              unreadable,
              example,
              validated.rows() == 0
                  ? Optional.empty()
                  : EvaluationSums.tried(() -> judged(validation, head), classes.names(), listener),
              Map.of()));
    } finally {
      computed.unpersist();
    }
  }

  /** The draw belongs to the image, whatever the order of the rows. */
  private Column draw(Column image) {
    return functions
        .xxhash64(image, functions.lit(plan.get(TrainSettings.SEED)))
        .bitwiseAND(functions.lit((1L << 53) - 1))
        .cast(DataTypes.DoubleType)
        .multiply(0x1p-53);
  }

  /** Marks the rows that are kept from training. */
  private Dataset<Row> split(Dataset<Row> rows) {
    // What the table has may be a path. An explicit share's draws stay those of version 0.1.0.
    Dataset<Row> computed =
        plan.values().find(TrainSettings.VALIDATION_FRACTION).isPresent()
            ? rows
            : rows.withColumn("draw", draw(functions.col("features")));
    ValidationSplit split =
        ValidationSplit.of(
            plan.values().find(TrainSettings.VALIDATION_FRACTION),
            () ->
                computed
                    .filter(
                        functions
                            .col("features")
                            .isNotNull()
                            .and(functions.not(functions.col("isValidation"))))
                    .select("label", "draw")
                    .javaRDD()
                    .mapToPair(row -> new Tuple2<>((int) row.getDouble(0), row.getDouble(1))));
    Column isKept =
        functions
            .udf(
                (UDF2<Double, Double, Boolean>)
                    (label, draw) -> split.keeps(label.intValue(), draw),
                DataTypes.BooleanType)
            .apply(functions.col("label"), functions.col("draw"));
    return computed.withColumn("isValidation", functions.col("isValidation").or(isKept));
  }

  /** What is carried of the table, a vector of each image, and why there is none. */
  private static Dataset<Row> features(
      Dataset<Row> table, FrozenModel model, EmbedOptions options) {
    StructType schema = table.schema();
    EmbeddedTable embedded =
        EmbeddedTable.of(
            table, FeatureTable.columnIndex(schema, "image"), model, options, Optional.empty());
    List<Column> columns = new ArrayList<>();
    for (String name : TrainingSet.CARRIED) {
      columns.add(embedded.column(FeatureTable.columnIndex(schema, name)));
    }
    columns.add(embedded.column(FeatureTable.columnIndex(schema, "draw")));
    columns.add(
        embedded
            .vector()
            .as("features", new AttributeGroup("features", model.dimension()).toMetadata()));
    columns.add(embedded.problem().as("problem"));
    return embedded.select(columns);
  }

  private static JavaRDD<EvaluationSums.Judged> judged(Dataset<Row> validation, Head head) {
    return validation
        .select("name", "label", "features")
        .javaRDD()
        .map(
            row ->
                EvaluationSums.Judged.of(
                    row.getString(0),
                    (int) row.getDouble(1),
                    head.logits(((Vector) row.get(2)).toArray())));
  }

  private static Map<Integer, Long> counts(Dataset<Row> features) {
    Map<Integer, Long> counts = new HashMap<>();
    Column use =
        functions
            .when(functions.col("features").isNull(), ClassImages.Use.UNREADABLE.name())
            .when(functions.col("isValidation"), ClassImages.Use.VALIDATION.name())
            .otherwise(ClassImages.Use.TRAINING.name());
    for (Row row : features.groupBy(functions.col("label"), use).count().collectAsList()) {
      counts.put(
          ClassImages.Use.valueOf(row.getString(1)).of((int) row.getDouble(0)), row.getLong(2));
    }
    return counts;
  }

  private static Column problem() {
    return functions.concat(
        functions
            .when(
                functions.col("name").notEqual(""),
                functions.concat(functions.col("name"), functions.lit(": ")))
            .otherwise(""),
        functions.col("problem"));
  }
}
