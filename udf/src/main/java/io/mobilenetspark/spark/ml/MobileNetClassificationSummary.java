package io.mobilenetspark.spark.ml;

import io.mobilenetspark.common.PublicApi;
import io.mobilenetspark.common.Quantity;
import io.mobilenetspark.spark.FeatureTable;
import io.mobilenetspark.spark.ImageColumn;
import io.mobilenetspark.spark.train.Evaluation;
import io.mobilenetspark.spark.train.Labels;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.apache.spark.ml.linalg.DenseMatrix;
import org.apache.spark.ml.linalg.Matrix;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;

/**
 * How a classification model does on labelled images: the metrics of MLlib's summaries, under their
 * names, each image counting the same. An image that can't be read is no part of them and is
 * counted apart. What is by label is in the order of the model's labels; ratios of nothing are 0.
 * Immutable.
 */
@PublicApi
public final class MobileNetClassificationSummary {

  /** JVMs keep a few of an array's indices to themselves. */
  private static final int MOST_CELLS = Integer.MAX_VALUE - 8;

  private final Dataset<Row> predictions;
  private final Evaluation evaluation;
  private final long unreadable;

  private MobileNetClassificationSummary(
      Dataset<Row> predictions, Evaluation evaluation, long unreadable) {
    this.predictions = predictions;
    this.evaluation = evaluation;
    this.unreadable = unreadable;
  }

  /**
   * Evaluates a table; one job.
   *
   * @throws IllegalArgumentException if the table or its labels don't fit the model
   */
  static MobileNetClassificationSummary of(
      MobileNetClassificationModel model, Dataset<?> dataset, String labelCol) {
    if (!FeatureTable.hasColumn(dataset.schema(), labelCol)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "There is no column '%s' with the labels. The columns are: %s.",
              labelCol,
              ImageColumn.describe(dataset.schema())));
    }
    if (model.getPredictionCol().isEmpty()) {
      throw new IllegalArgumentException(
          "An evaluation needs the predictions: set predictionCol, which is empty.");
    }
    StructField field =
        dataset.schema().apply(FeatureTable.columnIndex(dataset.schema(), labelCol));
    Labels.requireType(field);
    KnownLabels known = new KnownLabels(field, model.labels());
    Dataset<Row> predictions = model.transform(dataset);
    Column label = functions.col(quoted(field.name()));
    List<Row> groups =
        predictions
            .groupBy(
                (field.dataType() instanceof StringType
                        ? label.cast(DataTypes.StringType)
                        : label.cast(DataTypes.DoubleType))
                    .as("label"),
                functions.col(quoted(model.getPredictionCol())).as("prediction"))
            .count()
            .collectAsList();
    long unreadable = 0;
    List<Evaluation.Confusion> confusions = new ArrayList<>();
    for (Row group : groups) {
      int index = known.classOf(label(group, field.name()));
      if (group.isNullAt(1)) {
        unreadable += group.getLong(2);
      } else {
        confusions.add(new Evaluation.Confusion(index, (int) group.getDouble(1), group.getLong(2)));
      }
    }
    return new MobileNetClassificationSummary(
        predictions, new Evaluation(model.labels(), confusions, List.of()), unreadable);
  }

  private static Object label(Row group, String column) {
    if (group.isNullAt(0)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Column '%s' has no label (it is NULL) in %s or more. Label them, or filter them out.",
              column,
              Quantity.of(group.getLong(2), "row")));
    }
    return group.get(0);
  }

  private static String quoted(String name) {
    return "`" + name.replace("`", "``") + "`";
  }

  /** The table with the model's columns, rows without a prediction among them. Lazy. */
  public Dataset<Row> predictions() {
    return predictions;
  }

  /** Images that the metrics are of. */
  public long images() {
    return evaluation.images();
  }

  /** Rows without a prediction: their image is NULL or can't be read. */
  public long unreadable() {
    return unreadable;
  }

  /** Share of the images that are classified as labelled; NaN of none. */
  public double accuracy() {
    return evaluation.accuracy();
  }

  /** The classes' names, in the order of what is by label. */
  public List<String> labels() {
    return evaluation.labels();
  }

  /** Share of the images taken for a class that have its label. */
  public double[] precisionByLabel() {
    return byLabel(Evaluation.ClassMetrics::precision);
  }

  /** Share of the images with a label that are taken for its class. */
  public double[] recallByLabel() {
    return byLabel(Evaluation.ClassMetrics::recall);
  }

  /** Harmonic mean of precision and recall. */
  public double[] fMeasureByLabel() {
    return byLabel(Evaluation.ClassMetrics::f1);
  }

  /** Precision, averaged over the images' labels; NaN of no images. */
  public double weightedPrecision() {
    return weighted(Evaluation.ClassMetrics::precision);
  }

  /** Recall, averaged over the images' labels, which is the accuracy; NaN of no images. */
  public double weightedRecall() {
    return weighted(Evaluation.ClassMetrics::recall);
  }

  /** F-measure, averaged over the images' labels; NaN of no images. */
  public double weightedFMeasure() {
    return weighted(Evaluation.ClassMetrics::f1);
  }

  /**
   * Images by label (rows) and prediction (columns), as MLlib's MulticlassMetrics has them.
   *
   * @throws IllegalStateException if there are too many classes for a matrix
   */
  public Matrix confusionMatrix() {
    int classes = labels().size();
    double[] columns = new double[cells(classes)];
    for (Evaluation.Confusion confusion : evaluation.confusions()) {
      columns[confusion.prediction() * classes + confusion.label()] = confusion.images();
    }
    return new DenseMatrix(classes, classes, columns);
  }

  /** Of a matrix of all pairs of classes. */
  static int cells(int classes) {
    long cells = (long) classes * classes;
    if (cells > MOST_CELLS) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "A matrix of %,d classes has %,d cells, more than an array holds (%,d). Count"
                  + " predictions() by label and prediction instead.",
              classes,
              cells,
              MOST_CELLS));
    }
    return (int) cells;
  }

  private double[] byLabel(ToDoubleFunction<Evaluation.ClassMetrics> metric) {
    return evaluation.classes().stream().mapToDouble(metric).toArray();
  }

  private double weighted(ToDoubleFunction<Evaluation.ClassMetrics> metric) {
    return evaluation.classes().stream()
            .mapToDouble(one -> one.images() * metric.applyAsDouble(one))
            .sum()
        / images();
  }
}
