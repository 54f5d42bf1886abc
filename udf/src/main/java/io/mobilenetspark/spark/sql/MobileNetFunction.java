package io.mobilenetspark.spark.sql;

import static java.util.Objects.requireNonNull;

import io.mobilenetspark.image.ImageInput;
import io.mobilenetspark.image.ImageSettings;
import io.mobilenetspark.spark.EmbedOptions;
import io.mobilenetspark.spark.EmbeddingRow;
import io.mobilenetspark.spark.FeatureMetadata;
import io.mobilenetspark.spark.FileSource;
import io.mobilenetspark.spark.ImageColumn;
import io.mobilenetspark.spark.PendingImage;
import java.io.Serializable;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.analysis.TypeCheckResult;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.Unevaluable;
import org.apache.spark.sql.catalyst.expressions.codegen.CodegenContext;
import org.apache.spark.sql.catalyst.expressions.codegen.ExprCode;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.NullType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import scala.collection.immutable.IndexedSeq;
import scala.collection.immutable.Seq;

/**
 * {@code mobilenet_features(image)} or {@code mobilenet_embed(image)} in a query, or what {@code
 * mobilenet_classify(image)} starts from, with the model and the settings of the time when the
 * query was analyzed. Immutable.
 *
 * <p>A place holder: {@link ExtractMobileNet} replaces it by a column that {@link
 * MobileNetEvalExec} computes in batches, or by {@link RowAtATime}. It calls itself unevaluable so
 * that the optimizer does not run a network where it folds constants. Public because Catalyst
 * copies its nodes by reflection.
 */
public final class MobileNetFunction extends Expression implements Unevaluable, Serializable {
  private static final long serialVersionUID = 1;

  /** What the function gives. */
  public enum Kind {
    /** The vector. */
    FEATURES,
    /** A struct of the vector, the status, the reason and the image's size. */
    EMBED,
    /** The same struct, for a {@link Classification}. */
    CLASSIFY;

    String functionName() {
      return "mobilenet_" + name().toLowerCase(Locale.ROOT);
    }
  }

  private final Kind kind;
  private final SqlModel model;
  private final EmbedOptions options;
  private final CallExtras extras;
  private final Expression image;
  private final String namedModel;
  private transient @Nullable StructType schema; // of the others; made when it is asked for

  /**
   * A call as it is written. The only constructor: Catalyst takes the first one's parameters for
   * all.
   *
   * @param kind what it gives
   * @param model which model it runs
   * @param options how it runs it
   * @param extras what it has if it is no query's
   * @param image the argument
   * @param namedModel the call's second argument; empty if it has none
   */
  public MobileNetFunction(
      Kind kind,
      SqlModel model,
      EmbedOptions options,
      CallExtras extras,
      Expression image,
      String namedModel) {
    this.kind = requireNonNull(kind, "kind");
    this.model = requireNonNull(model, "model");
    this.options = requireNonNull(options, "options");
    this.extras = requireNonNull(extras, "extras");
    this.image = requireNonNull(image, "image");
    this.namedModel = requireNonNull(namedModel, "namedModel");
  }

  /** What it gives. */
  Kind kind() {
    return kind;
  }

  /** Which model it runs. */
  SqlModel model() {
    return model;
  }

  /** How it runs it. */
  EmbedOptions options() {
    return options;
  }

  /** What it has if it is no query's. */
  CallExtras extras() {
    return extras;
  }

  /** How the image is read out of the argument's value. */
  ImageColumn column() {
    ImageColumn column = column(image.dataType());
    if (column == null) {
      throw new IllegalStateException("not an image: " + image.dataType().simpleString());
    }
    return column;
  }

  /** The image of the argument's value. */
  PendingImage image(@Nullable Object value) {
    if (column() instanceof ImageColumn.InRow inRow) {
      return PendingImage.of(inRow.read(new GenericInternalRow(new Object[] {value}), 0));
    } else if (value == null) {
      return PendingImage.of(new ImageInput.Missing());
    }
    FileSource files =
        new FileSource(
            requireNonNull(extras.files(), "files").value().value(),
            options.images().limits().maxBytes());
    return PendingImage.of(files, value.toString());
  }

  private @Nullable ImageColumn column(DataType type) {
    if (type instanceof NullType) {
      return new ImageColumn.Content();
    }
    ImageColumn column = ImageColumn.of(type);
    return column instanceof ImageColumn.Location && extras.files() == null ? null : column;
  }

  /** {@link EmbeddingRow#schema}, where the vector says which model it is of. */
  StructType schema() {
    if (schema == null) {
      StructField[] fields = EmbeddingRow.schema(options.images()).fields().clone();
      fields[0] =
          new StructField(
              fields[0].name(),
              fields[0].dataType(),
              fields[0].nullable(),
              FeatureMetadata.columnMetadata(model.frozen(), options));
      schema = new StructType(fields);
    }
    return schema;
  }

  /** Whether both are answered by one run of one model on one image. */
  boolean sharesResultsWith(MobileNetFunction other) {
    return model.equals(other.model)
        && options.equals(other.options)
        && extras.equals(other.extras)
        && image.semanticEquals(other.image);
  }

  MobileNetFunction withImage(Expression other) {
    return new MobileNetFunction(kind, model, options, extras, other, namedModel);
  }

  /** The argument. */
  Expression child() {
    return image;
  }

  @Override
  public Seq<Expression> children() {
    return Scala.seq(List.of(image));
  }

  @Override
  public Expression withNewChildrenInternal(IndexedSeq<Expression> newChildren) {
    return withImage(newChildren.apply(0));
  }

  @Override
  public DataType dataType() {
    return kind == Kind.FEATURES ? EmbeddingRow.SCHEMA.apply(0).dataType() : schema();
  }

  @Override
  public boolean nullable() {
    return kind == Kind.FEATURES;
  }

  @Override
  public boolean foldable() {
    return false; // or the optimizer would run the network
  }

  @Override
  public TypeCheckResult checkInputDataTypes() {
    DataType type = image.dataType();
    if (column(type) != null) {
      return TypeCheckResult.TypeCheckSuccess$.MODULE$;
    }
    String files =
        type instanceof StringType ? "; the binaryFile source reads the files of a STRING" : "";
    return TypeMismatches.of(
        "first",
        String.format(
            Locale.ROOT,
            "BINARY (an image file's bytes%s), %s",
            files,
            ImageColumn.ACCEPTED_STRUCTS),
        image);
  }

  @Override
  public String prettyName() {
    return kind.functionName();
  }

  /** With its arguments, as Spark names columns: calls of two models are two names. */
  @Override
  public String sql() {
    return call(image.sql());
  }

  @Override
  public String toString() {
    return call(image.toString());
  }

  private String call(String argument) {
    return namedModel.isEmpty()
        ? String.format(Locale.ROOT, "%s(%s)", prettyName(), argument)
        : String.format(Locale.ROOT, "%s(%s, %s)", prettyName(), argument, namedModel);
  }

  /** What EXPLAIN says of the run, beside the image. */
  String describeRun() {
    return String.format(
        Locale.ROOT,
        "model=%s, %s, %s, %s, batchSize=%d, %s",
        model,
        options.images().size(),
        options.images().get(ImageSettings.RESIZE).optionName(),
        options.precision().optionName(),
        options.batchSize(),
        options.mode());
  }

  @Override
  public Object eval(InternalRow row) {
    throw notPlanned();
  }

  @Override
  public ExprCode doGenCode(CodegenContext context, ExprCode code) {
    throw notPlanned();
  }

  private IllegalStateException notPlanned() {
    return new IllegalStateException(
        String.format(
            Locale.ROOT,
            "%s was not planned: rule %s did not run. Take it out of"
                + " spark.sql.optimizer.excludedRules; if another session made the plan, call"
                + " MobileNetExtensions.register of this one, or set spark.sql.extensions=%s.",
            this,
            ExtractMobileNet.class.getName(),
            MobileNetExtensions.class.getName()));
  }

  @Override
  public int productArity() {
    return 6;
  }

  @Override
  public Object productElement(int n) {
    return Scala.element(n, kind, model, options, extras, image, namedModel);
  }

  @Override
  public boolean canEqual(Object that) {
    return that instanceof MobileNetFunction;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof MobileNetFunction that
        && kind == that.kind
        && model.equals(that.model)
        && options.equals(that.options)
        && extras.equals(that.extras)
        && image.equals(that.image)
        && namedModel.equals(that.namedModel);
  }

  @Override
  public int hashCode() {
    return super.hashCode(); // of the product's elements
  }
}
