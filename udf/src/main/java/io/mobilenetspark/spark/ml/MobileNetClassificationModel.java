package io.mobilenetspark.spark.ml;

import static java.util.Objects.requireNonNull;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.common.Internal;
import io.mobilenetspark.common.PublicApi;
import io.mobilenetspark.image.ImageSettings;
import io.mobilenetspark.model.FrozenModel;
import io.mobilenetspark.model.MobileNetWeights;
import io.mobilenetspark.model.ModelLoader;
import io.mobilenetspark.model.export.ExportFacts;
import io.mobilenetspark.model.export.ExportFormat;
import io.mobilenetspark.model.export.ExportHead;
import io.mobilenetspark.model.export.ModelExportException;
import io.mobilenetspark.model.export.ModelExporter;
import io.mobilenetspark.options.Surface;
import io.mobilenetspark.runtime.NativeLibrary;
import io.mobilenetspark.spark.ClassicSpark;
import io.mobilenetspark.spark.EmbedOptions;
import io.mobilenetspark.spark.train.TrainingSummary;
import io.mobilenetspark.train.Head;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * A fine-tuned network and its head. Adds, by MLlib's conventions, the fine-tuned features, the
 * logits ({@code rawPrediction}), the classes' probabilities, and the most probable class (or that
 * which {@link #thresholds()} choose), whose name is in the column's metadata, where {@code
 * IndexToString} finds it. Every row and column stays; an image that can't be read has NULLs.
 *
 * <p>The features are, bit for bit, those that the job, the SQL function and {@link
 * MobileNetFeaturizer} make with the exported network.
 *
 * <p>Not thread-safe while parameters are being set, as all of MLlib's stages.
 */
@PublicApi
public final class MobileNetClassificationModel extends Model<MobileNetClassificationModel>
    implements HasPredictionParams<MobileNetClassificationModel>,
        HasImageParams<MobileNetClassificationModel>,
        MLWritable {
  private static final long serialVersionUID = 1;

  private final String uid;
  private final SettingParams settings;
  private final Fitted fitted;
  private final transient Optional<TrainingSummary> summary;
  private transient @Nullable FrozenModel frozen;

  /**
   * What a fit makes.
   *
   * @param weights the network with its head as the classifier
   * @param labels the classes' names
   * @param facts what an exported module says of itself
   */
  record Fitted(MobileNetWeights weights, List<String> labels, ExportFacts facts) {
    Fitted {
      labels = List.copyOf(labels);
      if (weights.classCount() != labels.size()) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "the network tells %d classes apart, but there are %d labels",
                weights.classCount(),
                labels.size()));
      }
    }

    /**
     * Writes the network.
     *
     * @throws ModelExportException if it can't be written
     */
    void export(ExportFormat format, ExportHead head, String output, SparkSession spark) {
      try {
        new ModelExporter(ClassicSpark.hadoopConf(spark))
            .export(weights, facts, format, head, output, ModelExporter.IfExists.ERRORIFEXISTS);
      } catch (ModelExportException e) {
        throw e.on(Surface.STAGE);
      }
    }
  }

  MobileNetClassificationModel(String uid, Fitted fitted, Optional<TrainingSummary> summary) {
    this.uid = requireNonNull(uid, "uid"); // first: the parameters ask for it
    this.fitted = fitted;
    this.summary = summary;
    this.settings = new SettingParams(this, StageSettings.PREDICTION, ImageSettings.ALL);
  }

  @Override
  public String uid() {
    return uid;
  }

  @Override
  public SettingParams settingParams() {
    return settings;
  }

  /** The classes' names; a prediction is an index into them. */
  public List<String> labels() {
    return fitted.labels;
  }

  /** Number of classes. */
  public int numClasses() {
    return fitted.labels.size();
  }

  /** Length of a feature vector. */
  public int numFeatures() {
    return fitted.weights.featureCount();
  }

  /** How the fit went; empty for a model that was read from files. */
  public Optional<TrainingSummary> summary() {
    return summary;
  }

  /** The network with its head as the classifier. */
  @Internal
  public MobileNetWeights weights() {
    return fitted.weights;
  }

  Fitted fitted() {
    return fitted;
  }

  /**
   * Writes the network as a module that the job, the SQL function, {@link MobileNetFeaturizer} and
   * TensorFlow take.
   *
   * @param format the module's format
   * @param head whether the classification head goes with it
   * @param output a directory that is not there yet, on any Hadoop file system
   * @throws ModelExportException if it can't be written
   */
  public void export(ExportFormat format, ExportHead head, String output) {
    fitted.export(format, head, output, SparkSession.active());
  }

  /**
   * Checks a table's columns and the parameters.
   *
   * @throws IllegalArgumentException if the model can't be applied
   */
  @Override
  public StructType transformSchema(StructType schema) {
    return Predictions.outputSchema(this, schema);
  }

  /** The table with its predictions. Lazy. */
  @Override
  public Dataset<Row> transform(Dataset<?> dataset) {
    return ClassicSpark.within(
        dataset.sparkSession(), // whose settings say how columns are named
        () -> {
          transformSchema(dataset.schema(), true);
          FrozenModel model = frozen();
          EmbedOptions options =
              EmbedOptions.of(
                  new ImageSize(model.imageHeight(), model.imageWidth()), settings.values(this));
          return Predictions.apply(
              this, dataset.toDF(), model, options, Head.of(fitted.weights), fitted.labels);
        });
  }

  /**
   * Applies the model to labelled images and counts; one job.
   *
   * @param labelCol the column with the labels: the classes' names or numbers, no NULLs
   * @throws IllegalArgumentException if the model can't be applied, or a label is none of its own
   */
  public MobileNetClassificationSummary evaluate(Dataset<?> dataset, String labelCol) {
    return ClassicSpark.within(
        dataset.sparkSession(), () -> MobileNetClassificationSummary.of(this, dataset, labelCol));
  }

  private synchronized FrozenModel frozen() {
    FrozenModel known = frozen;
    if (known == null) {
      NativeLibrary.load();
      known = ModelLoader.freeze(uid, "slim", fitted.weights, fitted.facts.size());
      frozen = known;
    }
    return known;
  }

  @Override
  public MobileNetClassificationModel copy(ParamMap extra) {
    MobileNetClassificationModel copy =
        copyValues(new MobileNetClassificationModel(uid, fitted, summary), extra);
    copy.frozen = frozen;
    if (hasParent()) {
      copy.setParent(parent());
    }
    return copy;
  }

  /** Writes parameters, labels and weights; {@code <path>/model} is a module of its own. */
  @Override
  public MLWriter write() {
    return new ClassificationModelWriter(this);
  }

  /** Reads what {@link #write()} wrote. */
  public static MLReader<MobileNetClassificationModel> read() {
    return new ClassificationModelReader();
  }

  /** Reads a model from a folder on any Hadoop file system. */
  public static MobileNetClassificationModel load(String path) {
    return read().load(path);
  }
}
