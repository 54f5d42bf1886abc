package io.mobilenetspark.spark.ml;

import static java.util.Objects.requireNonNull;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.common.PublicApi;
import io.mobilenetspark.model.FrozenModel;
import io.mobilenetspark.runtime.Precision;
import io.mobilenetspark.spark.ClassicSpark;
import io.mobilenetspark.spark.EmbedOptions;
import io.mobilenetspark.spark.MalformedMode;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.param.IntParam;
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
    implements HasModelParams<MobileNetFeaturizer>,
        HasImageParams<MobileNetFeaturizer>,
        MLWritable {
  private static final long serialVersionUID = 1;

  private final String uid;
  private final Param<String> inputCol;
  private final Param<String> outputCol;
  private final Param<String> errorCol;
  private final Param<String> outputMode;
  private final Param<String> saveModel;
  private final IntParam batchSize;
  private final Param<String> precision;
  private final Param<String> mode;
  private final ModelParams modelParams;
  private final ImageParams imageParams;
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
    inputCol =
        new Param<>(
            this,
            "inputCol",
            "the column with the images: BINARY (a file's bytes), STRING (a file's path), or"
                + " the struct of the binaryFile or image source",
            StageParams.notBlank("inputCol"));
    outputCol =
        new Param<>(
            this, "outputCol", "the column of vectors to add", StageParams.notBlank("outputCol"));
    errorCol =
        new Param<>(
            this,
            "errorCol",
            "a STRING column to add: why there is no vector, 'STATUS: reason'; NULL where "
                + "there is one. If not set, none is added",
            StageParams.notBlank("errorCol"));
    outputMode =
        new Param<>(
            this,
            "outputMode",
            "array gives array<float>; vector gives MLlib's Vector, which its estimators take",
            StageParams.word("outputMode", OutputMode.CHOICES::parse));
    saveModel =
        new Param<>(
            this,
            "saveModel",
            "what of the model is saved with the stage: weights (what is read back needs "
                + "neither network nor cache), or handle (a few KB, resolved again where it is "
                + "used). A parameter and not an option of the writer, since a Pipeline's writer "
                + "passes no options on to its stages",
            StageParams.word("saveModel", SaveModel.CHOICES::parse));
    batchSize =
        new IntParam(
            this,
            "batchSize",
            "images in one run of the model; the vectors don't depend on it",
            StageParams.within("batchSize", 1, Integer.MAX_VALUE));
    precision =
        new Param<>(
            this,
            "precision",
            "float32, or bfloat16: faster on CPUs with AVX512_BF16 or AMX, an error on others",
            StageParams.word("precision", Precision.CHOICES::parse));
    mode =
        new Param<>(
            this,
            "mode",
            "what to do with an image that can't be read: PERMISSIVE keeps its row without a"
                + " vector, DROPMALFORMED leaves it out, FAILFAST fails the query",
            StageParams.word("mode", MalformedMode.CHOICES::parse));
    modelParams = new ModelParams(this);
    imageParams = new ImageParams(this);
    setDefault(outputMode, "array");
    setDefault(saveModel, "weights");
    setDefault(batchSize, EmbedOptions.DEFAULT_BATCH_SIZE);
    setDefault(precision, Precision.FLOAT32.optionName());
    setDefault(mode, MalformedMode.PERMISSIVE.name());
  }

  @Override
  public String uid() {
    return uid;
  }

  @Override
  public ModelParams modelParams() {
    return modelParams;
  }

  @Override
  public ImageParams imageParams() {
    return imageParams;
  }

  /** The column with the images. */
  public Param<String> inputCol() {
    return inputCol;
  }

  /** The value of {@link #inputCol()}. */
  public String getInputCol() {
    return getOrDefault(inputCol);
  }

  /** Sets {@link #inputCol()}. */
  public MobileNetFeaturizer setInputCol(String value) {
    return StageParams.set(this, inputCol, value);
  }

  /** The column of vectors that is added. */
  public Param<String> outputCol() {
    return outputCol;
  }

  /** The value of {@link #outputCol()}. */
  public String getOutputCol() {
    return getOrDefault(outputCol);
  }

  /** Sets {@link #outputCol()}. */
  public MobileNetFeaturizer setOutputCol(String value) {
    return StageParams.set(this, outputCol, value);
  }

  /** The column of errors that is added; none by default. */
  public Param<String> errorCol() {
    return errorCol;
  }

  /** The value of {@link #errorCol()}. */
  public String getErrorCol() {
    return getOrDefault(errorCol);
  }

  /** Sets {@link #errorCol()}. */
  public MobileNetFeaturizer setErrorCol(String value) {
    return StageParams.set(this, errorCol, value);
  }

  /** {@code array} (default) or {@code vector}. */
  public Param<String> outputMode() {
    return outputMode;
  }

  /** The value of {@link #outputMode()}. */
  public String getOutputMode() {
    return getOrDefault(outputMode);
  }

  /** Sets {@link #outputMode()}. */
  public MobileNetFeaturizer setOutputMode(String value) {
    return StageParams.set(this, outputMode, value);
  }

  /** {@code weights} (default) or {@code handle}. */
  public Param<String> saveModel() {
    return saveModel;
  }

  /** The value of {@link #saveModel()}. */
  public String getSaveModel() {
    return getOrDefault(saveModel);
  }

  /** Sets {@link #saveModel()}. */
  public MobileNetFeaturizer setSaveModel(String value) {
    return StageParams.set(this, saveModel, value);
  }

  /** Images in one run of the model; 16 by default. */
  public IntParam batchSize() {
    return batchSize;
  }

  /** The value of {@link #batchSize()}. */
  public int getBatchSize() {
    return (Integer) getOrDefault(batchSize);
  }

  /** Sets {@link #batchSize()}. */
  public MobileNetFeaturizer setBatchSize(int value) {
    return StageParams.set(this, batchSize, value);
  }

  /** {@code float32} (default) or {@code bfloat16}. */
  public Param<String> precision() {
    return precision;
  }

  /** The value of {@link #precision()}. */
  public String getPrecision() {
    return getOrDefault(precision);
  }

  /** Sets {@link #precision()}. */
  public MobileNetFeaturizer setPrecision(String value) {
    return StageParams.set(this, precision, value);
  }

  /** {@code PERMISSIVE} (default), {@code DROPMALFORMED} or {@code FAILFAST}. */
  public Param<String> mode() {
    return mode;
  }

  /** The value of {@link #mode()}. */
  public String getMode() {
    return getOrDefault(mode);
  }

  /** Sets {@link #mode()}. */
  public MobileNetFeaturizer setMode(String value) {
    return StageParams.set(this, mode, value);
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
   * @throws io.mobilenetspark.model.ModelLoadException if the model can't be used
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

  SaveModel whatIsSaved() {
    return SaveModel.CHOICES.parse(getSaveModel());
  }

  /** The model that the parameters name, loaded if it is not yet. */
  FrozenModel model(Configuration hadoop) {
    return models.get(modelParams.request(this), hadoop);
  }

  /** The model that the parameters name, if it is loaded. */
  Optional<FrozenModel> loadedModel() {
    return models.find(modelParams.request(this));
  }

  /** Takes this for the model that the parameters name. */
  void keep(FrozenModel model) {
    models.put(modelParams.request(this), model);
  }

  /** Refuses any other for the model that the parameters name. */
  void expect(String fingerprint) {
    models.expect(modelParams.request(this), fingerprint);
  }

  private Featurization featurization() {
    for (Param<String> column : List.of(inputCol, outputCol)) {
      if (!isDefined(column)) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT, "%s of %s is not set: %s.", column.name(), uid, column.doc()));
      }
    }
    return new Featurization(
        getInputCol(),
        getOutputCol(),
        isDefined(errorCol) ? Optional.of(getErrorCol()) : Optional.empty(),
        OutputMode.CHOICES.parse(getOutputMode()));
  }

  private EmbedOptions options(ImageSize size) {
    return new EmbedOptions(
        imageParams.options(this, size),
        Precision.CHOICES.parse(getPrecision()),
        getBatchSize(),
        MalformedMode.CHOICES.parse(getMode()));
  }

  private static ImageSize sizeOf(FrozenModel model) {
    return new ImageSize(model.imageHeight(), model.imageWidth());
  }
}
