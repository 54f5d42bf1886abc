package io.mobilenetspark.spark.ml;

import static java.util.Objects.requireNonNull;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.common.Internal;
import io.mobilenetspark.common.PublicApi;
import io.mobilenetspark.common.Quantity;
import io.mobilenetspark.image.ImageSettings;
import io.mobilenetspark.model.MobileNetWeights;
import io.mobilenetspark.model.export.ExportFacts;
import io.mobilenetspark.model.handle.Redacted;
import io.mobilenetspark.options.Setting;
import io.mobilenetspark.options.SettingException;
import io.mobilenetspark.options.SettingValues;
import io.mobilenetspark.options.Surface;
import io.mobilenetspark.spark.ClassicSpark;
import io.mobilenetspark.spark.Decision;
import io.mobilenetspark.spark.EmbedSettings;
import io.mobilenetspark.spark.FeatureTable;
import io.mobilenetspark.spark.ImageColumn;
import io.mobilenetspark.spark.StageMetadata;
import io.mobilenetspark.spark.train.FineTunePlan;
import io.mobilenetspark.spark.train.FineTuning;
import io.mobilenetspark.spark.train.LabelledImages;
import io.mobilenetspark.spark.train.Labels;
import io.mobilenetspark.spark.train.TrainingListener;
import io.mobilenetspark.train.TrainSettings;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Fine-tunes a MobileNet V1 module on labelled images, on Spark's own tasks:
 *
 * <pre>{@code
 * MobileNetClassificationModel model =
 *     new MobileNetFineTuner()
 *         .setModel("https://tfhub.dev/google/imagenet/mobilenet_v1_075_224/feature_vector/4")
 *         .setInputCol("content")
 *         .setLabelCol("species")
 *         .fit(images);
 * }</pre>
 *
 * <p>The head starts as a logistic regression on the module's features; then the network and the
 * head are trained on softmax cross-entropy by synchronous data-parallel steps. {@code
 * trainable=head} stops after the logistic regression, unless dropout, label smoothing or an
 * augmentation is set, which it can't do.
 *
 * <p>Images are decoded once and stay in the executors, 3 bytes a pixel (150 KB at 224 x 224), in
 * memory or, where that is short, on their disks; every step reads a worker's whole share, so give
 * the executors memory for it. A lost executor costs the step it was in: its images are decoded
 * again, the step is repeated. The same rows, of a head alone in the same order, seed, {@code
 * numWorkers} and kind of CPU give the same weights, bit for bit, if the head starts from zeros or
 * is fitted in one task, which it is on less than 16 MiB of feature vectors (2,730 images of 768
 * features). The sums of more tasks are added as these end, so the last bits of such a fit differ,
 * and of what is trained from it. With {@link #checkpointDir()} a run whose driver was lost goes on
 * from its last checkpoint when it is started again, to the weights that it would have had.
 *
 * <p>Not thread-safe while parameters are being set, as all of MLlib's stages.
 */
@PublicApi
public final class MobileNetFineTuner extends Estimator<MobileNetClassificationModel>
    implements HasLabelParams<MobileNetFineTuner>,
        HasPredictionParams<MobileNetFineTuner>,
        HasNetworkParams<MobileNetFineTuner>,
        HasRunParams<MobileNetFineTuner>,
        HasImageParams<MobileNetFineTuner>,
        MLWritable {
  private static final long serialVersionUID = 1;

  private final String uid;
  private final SettingParams settings;

  /** An estimator with an identifier of its own. */
  public MobileNetFineTuner() {
    this(Identifiable.randomUID(MobileNetFineTuner.class.getSimpleName()));
  }

  /**
   * An estimator with an identifier.
   *
   * @param uid unlike that of any other stage
   */
  public MobileNetFineTuner(String uid) {
    this.uid = requireNonNull(uid, "uid"); // first: the parameters ask for it
    settings =
        new SettingParams(
            this,
            StageSettings.LABELS,
            StageSettings.PREDICTION,
            TrainSettings.NETWORK,
            List.of(EmbedSettings.MODE_OF_TRAINING),
            TrainSettings.RUN,
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
   * @return the columns that the fitted model makes of the table
   * @throws IllegalArgumentException if the table can't be trained on
   */
  @Override
  public StructType transformSchema(StructType schema) {
    FeatureTable.check(schema, getInputCol(), List.of());
    Labels.requireType(column(schema, StageSettings.LABEL_COL));
    if (isDefined(weightCol())) {
      requireType(column(schema, StageSettings.WEIGHT_COL), NumericType.class, "numbers");
    }
    if (isDefined(validationIndicatorCol())) {
      requireType(
          column(schema, StageSettings.VALIDATION_INDICATOR_COL), BooleanType.class, "booleans");
    }
    if (isSet(patience()) && getPatience() > 0 && keepsNoValidationRows()) {
      throw new SettingException(
          "%s is %d, but no rows are kept for validation. Set %s or %s.",
          TrainSettings.PATIENCE,
          getPatience(),
          TrainSettings.VALIDATION_FRACTION,
          StageSettings.VALIDATION_INDICATOR_COL);
    }
    return Predictions.outputSchema(this, schema);
  }

  /** All settings of an estimator: what a command has options for. */
  @Internal
  public static List<Setting<?>> settings() {
    return new MobileNetFineTuner().settings.all();
  }

  /** Sets what was set elsewhere. */
  @Internal
  public MobileNetFineTuner set(SettingValues values) {
    settings.set(this, values);
    return this;
  }

  private boolean keepsNoValidationRows() {
    return isDefined(validationFraction())
        && getValidationFraction() == 0
        && !isDefined(validationIndicatorCol());
  }

  /** Who has marked rows to validate on, and asks for no others, gets no others. */
  private SettingValues values() {
    SettingValues values = settings.values(this);
    return isDefined(validationIndicatorCol()) && !isDefined(validationFraction())
        ? values.withDefault(TrainSettings.VALIDATION_FRACTION, 0.0)
        : values;
  }

  private StructField column(StructType schema, Setting<String> setting) {
    String name = settings.values(this).get(setting);
    if (!FeatureTable.hasColumn(schema, name)) {
      throw new SettingException(
          "There is no column '%s', which %s names. The columns are: %s.",
          name, setting, ImageColumn.describe(schema));
    }
    return schema.apply(FeatureTable.columnIndex(schema, name));
  }

  private static void requireType(
      StructField field, Class<? extends DataType> type, String accepted) {
    if (!type.isInstance(field.dataType())) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Column '%s' is of type %s; it must hold %s.",
              field.name(),
              field.dataType().simpleString(),
              accepted));
    }
  }

  /**
   * Trains, and logs how it goes on.
   *
   * @throws IllegalArgumentException if the table or the parameters can't be trained with
   * @throws io.mobilenetspark.spark.MalformedImageException if an image can't be read and the mode
   *     is FAILFAST
   * @throws io.mobilenetspark.train.TrainingDivergedException if the loss is not finite
   * @throws io.mobilenetspark.model.hub.ModelLoadException if the module can't be used
   */
  @Override
  public MobileNetClassificationModel fit(Dataset<?> dataset) {
    return fit(dataset, new LoggingListener());
  }

  /**
   * Trains, as {@link #fit(Dataset)}.
   *
   * @param listener is told how it goes on
   */
  public MobileNetClassificationModel fit(Dataset<?> dataset, TrainingListener listener) {
    return fit(dataset, listener, Optional.empty());
  }

  /**
   * Trains, as {@link #fit(Dataset)}, from weights in memory, for a command: {@link #model()} and
   * {@link #modelSha256()} are not looked at. {@link #imageSize()} is 224 if it is not set.
   *
   * @param listener is told how it goes on
   * @param start the weights to start from; not changed
   */
  @Internal
  public MobileNetClassificationModel fit(
      Dataset<?> dataset, TrainingListener listener, MobileNetWeights start) {
    return fit(dataset, listener, Optional.of(start));
  }

  private MobileNetClassificationModel fit(
      Dataset<?> dataset, TrainingListener listener, Optional<MobileNetWeights> start) {
    return ClassicSpark.within(
        dataset.sparkSession(), // whose settings say how columns are named
        () -> train(dataset, listener, start));
  }

  private MobileNetClassificationModel train(
      Dataset<?> dataset, TrainingListener listener, Optional<MobileNetWeights> start) {
    transformSchema(dataset.schema(), true);
    LabelledImages table = LabelledImages.of(dataset.toDF(), columns(dataset.schema()));
    if (table.leftOut() > 0) {
      listener.onNotice(Quantity.of(table.leftOut(), "row") + " of weight 0 left out.");
    }
    if (isDefined(thresholds())) {
      Decision.by(getThresholds(), table.classes().names()); // fails before hours of training
    }
    StartingNetwork network =
        StartingNetwork.of(this, start, ClassicSpark.hadoopConf(dataset.sparkSession()));
    int side = network.imageSide();
    FineTunePlan plan =
        new FineTunePlan(
            uid, start.isPresent() ? Surface.COMMAND_LINE : Surface.STAGE, side, values());
    FineTuning.Outcome outcome = new FineTuning(plan, listener).fit(table, network.weights());
    MobileNetClassificationModel model =
        new MobileNetClassificationModel(
            uid,
            new MobileNetClassificationModel.Fitted(
                outcome.weights(),
                table.classes().names(),
                new ExportFacts(ImageSize.square(side), getBatchNormMomentum(), getL2())),
            Optional.of(outcome.summary().with(texts())));
    model.setParent(this);
    return copyValues(model, extractParamMap());
  }

  /** All that was set, without secrets. To set a default is to ask for it. */
  Map<String, String> texts() {
    SettingValues values = settings.values(this);
    Map<String, String> texts = new TreeMap<>();
    settings.all().stream()
        .filter(values::has)
        .forEach(setting -> texts.put(setting.name(), Redacted.path(text(setting, values))));
    texts.computeIfPresent(TrainSettings.MODEL.name(), (name, handle) -> Redacted.handle(handle));
    return texts;
  }

  private static <T> String text(Setting<T> setting, SettingValues values) {
    return setting.type().text(values.get(setting));
  }

  /** The columns as the table has their names, which may be in another case. */
  private LabelledImages.Columns columns(StructType schema) {
    SettingValues values = settings.values(this);
    return new LabelledImages.Columns(
        schema.apply(FeatureTable.columnIndex(schema, getInputCol())).name(),
        column(schema, StageSettings.LABEL_COL).name(),
        values
            .find(StageSettings.WEIGHT_COL)
            .map(any -> column(schema, StageSettings.WEIGHT_COL).name()),
        values
            .find(StageSettings.VALIDATION_INDICATOR_COL)
            .map(any -> column(schema, StageSettings.VALIDATION_INDICATOR_COL).name()),
        getClassWeights());
  }

  @Override
  public MobileNetFineTuner copy(ParamMap extra) {
    return defaultCopy(extra);
  }

  @Override
  public MLWriter write() {
    Params saved = StageParams.withoutSecrets(this, model());
    return new MLWriter() {
      @Override
      public void saveImpl(String path) {
        StageMetadata.write(saved, path, sparkSession(), List.of());
      }
    };
  }

  /** Reads what {@link #write()} wrote. */
  public static MLReader<MobileNetFineTuner> read() {
    return new MLReader<>() {
      @Override
      public MobileNetFineTuner load(String path) {
        DefaultParamsReader.Metadata metadata =
            StageMetadata.read(path, sparkSession(), MobileNetFineTuner.class.getName());
        MobileNetFineTuner tuner = new MobileNetFineTuner(metadata.uid());
        metadata.getAndSetParams(tuner, metadata.getAndSetParams$default$2());
        return tuner;
      }
    };
  }

  /** Reads an estimator from a folder on any Hadoop file system. */
  public static MobileNetFineTuner load(String path) {
    return read().load(path);
  }
}
