package io.mobilenetspark.spark.ml;

import static java.util.Objects.requireNonNull;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.common.Internal;
import io.mobilenetspark.common.PublicApi;
import io.mobilenetspark.image.ImageSettings;
import io.mobilenetspark.model.FrozenModel;
import io.mobilenetspark.model.ModelRequest;
import io.mobilenetspark.model.settings.ModelSettings;
import io.mobilenetspark.options.Setting;
import io.mobilenetspark.spark.ClassicSpark;
import io.mobilenetspark.spark.EmbedOptions;
import io.mobilenetspark.spark.EmbedSettings;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructType;

/**
 * Adds the MobileNet feature vectors of an image column, as a stage of MLlib's pipelines:
 *
 * <pre>{@code
 * new Pipeline().setStages(new PipelineStage[] {
 *   new MobileNetFeaturizer().setInputCol("content").setOutputCol("features").setOutputMode("vector"),
 *   new LogisticRegression()
 * })
 * }</pre>
 *
 * <p>Takes BINARY (an image file's bytes), STRING (an image file's path), the row of the binaryFile
 * source and the struct of the image source. Every row and every column stays; a vector is NULL
 * where the image is NULL or can't be read, and {@link #errorCol()} says why. Most of MLlib's
 * estimators fail on a NULL vector: {@link #mode()} DROPMALFORMED leaves images that can't be read
 * out, FAILFAST fails on them; rows without an image stay in any mode, for a filter before.
 *
 * <p>The vectors are, bit for bit, those of the job and of {@code mobilenet_features}. The vector
 * column's metadata has the model's name and fingerprint, the dimension, and how images were read;
 * in output mode {@code vector} MLlib's attribute group with the dimension, too.
 *
 * <p>The model is resolved and frozen by the first {@code transform} or {@code save}, on the
 * driver; the stage and its copies keep it. As long as it is not loaded, {@code transformSchema}
 * can't tell the metadata. A query computes the vectors anew each time it runs, and MLlib's
 * estimators read their table more than once ({@code LogisticRegression} twice): where that
 * matters, apply the stage first, cache its table, and fit on that.
 *
 * <p>Not thread-safe while parameters are being set, as all of MLlib's stages.
 */
@PublicApi
public final class MobileNetFeaturizer extends Transformer
    implements HasEmbeddingParams<MobileNetFeaturizer>,
        HasModelParams<MobileNetFeaturizer>,
        HasImageParams<MobileNetFeaturizer>,
        MLWritable {
  private static final long serialVersionUID = 1;

  private final String uid;
  private final SettingParams settings;
  private LoadedModels models = new LoadedModels();

  /** A stage with an identifier of its own. */
  public MobileNetFeaturizer() {
    this(Identifiable.randomUID(MobileNetFeaturizer.class.getSimpleName()));
  }

  /**
   * A stage with an identifier.
   *
   * @param uid unlike that of any other stage
   */
  public MobileNetFeaturizer(String uid) {
    this.uid = requireNonNull(uid, "uid"); // first: the parameters ask for it
    settings =
        new SettingParams(
            this,
            StageSettings.FEATURIZER,
            EmbedSettings.ALL,
            ModelSettings.OF_STAGES,
            ImageSettings.ALL);
  }

  @Override
  public String uid() {
    return uid;
  }

  @Override
  public SettingParams settingParams() {
    return settings;
  }

  /**
   * Checks a table's columns and the parameters. Loads neither the model nor TensorFlow.
   *
   * @throws IllegalArgumentException if the stage can't be applied; the message names the columns
   *     that there are
   */
  @Override
  public StructType transformSchema(StructType schema) {
    Featurization featurization = featurization();
    Metadata metadata =
        loadedModel()
            .map(model -> featurization.metadata(model, options(sizeOf(model))))
            .orElse(Metadata.empty());
    return featurization.outputSchema(schema, metadata);
  }

  /**
   * The table with its vectors. Lazy, but for the model, which is loaded once: starts no job, and a
   * query embeds those images alone whose results it needs. Takes streams, too.
   *
   * @throws io.mobilenetspark.model.hub.ModelLoadException if the model can't be used
   */
  @Override
  public Dataset<Row> transform(Dataset<?> dataset) {
    SparkSession spark = dataset.sparkSession();
    return ClassicSpark.within(
        spark, // whose settings say how columns are named
        () -> {
          transformSchema(dataset.schema(), true);
          FrozenModel model = model(ClassicSpark.hadoopConf(spark));
          return featurization().apply(dataset.toDF(), model, options(sizeOf(model)));
        });
  }

  /** A copy with the same identifier and further parameters, which shares the loaded models. */
  @Override
  public MobileNetFeaturizer copy(ParamMap extra) {
    MobileNetFeaturizer copy = defaultCopy(extra);
    copy.models = models;
    return copy;
  }

  /** Writes the stage; {@link #saveModel()} says whether with its model. */
  @Override
  public MLWriter write() {
    return new FeaturizerWriter(this);
  }

  /** Reads what {@link #write()} wrote. */
  public static MLReader<MobileNetFeaturizer> read() {
    return new FeaturizerReader();
  }

  /** Reads a stage from a folder on any Hadoop file system. */
  public static MobileNetFeaturizer load(String path) {
    return read().load(path);
  }

  /** All settings of a stage. */
  @Internal
  public static List<Setting<?>> settings() {
    return new MobileNetFeaturizer().settings.all();
  }

  SaveModel whatIsSaved() {
    return SaveModel.CHOICES.parse(getSaveModel());
  }

  /** The model that the parameters name, loaded if it is not yet. */
  FrozenModel model(Configuration hadoop) {
    return models.get(request(), hadoop);
  }

  /** The model that the parameters name, if it is loaded. */
  Optional<FrozenModel> loadedModel() {
    return models.find(request());
  }

  /** Takes this for the model that the parameters name. */
  void keep(FrozenModel model) {
    models.put(request(), model);
  }

  /** Refuses any other for the model that the parameters name. */
  void expect(String fingerprint) {
    models.expect(request(), fingerprint);
  }

  private ModelRequest request() {
    return ModelRequest.of(settings.values(this));
  }

  private Featurization featurization() {
    for (Param<String> column : List.of(inputCol(), outputCol())) {
      if (!isDefined(column)) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT, "%s of %s is not set: %s.", column.name(), uid, column.doc()));
      }
    }
    return new Featurization(
        getInputCol(),
        getOutputCol(),
        StageSettings.OUTPUT_COL,
        isDefined(errorCol()) ? Optional.of(getErrorCol()) : Optional.empty(),
        VectorForm.CHOICES.parse(getOutputMode()));
  }

  private EmbedOptions options(ImageSize size) {
    return EmbedOptions.of(size, settings.values(this));
  }

  private static ImageSize sizeOf(FrozenModel model) {
    return new ImageSize(model.imageHeight(), model.imageWidth());
  }
}
