package io.mobilenetspark.spark.sql;

import io.mobilenetspark.model.handle.Redacted;
import io.mobilenetspark.model.settings.ModelSettings;
import io.mobilenetspark.spark.EmbedOptions;
import io.mobilenetspark.spark.MalformedMode;
import io.mobilenetspark.spark.sql.MobileNetFunction.Kind;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.catalyst.FunctionIdentifier;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.ExpressionInfo;
import org.apache.spark.sql.catalyst.expressions.NamedArgumentExpression;
import org.apache.spark.sql.classic.SparkSession;
import org.apache.spark.sql.errors.QueryCompilationErrors;
import org.apache.spark.sql.types.NullType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.unsafe.types.UTF8String;
import scala.Function1;
import scala.collection.immutable.Seq;

/** The functions by their names: what DESCRIBE FUNCTION says of each, and how one is made. */
final class MobileNetFunctions {

  private static final String IMAGE_ARGUMENTS =
      """
      Arguments:
        * image - BINARY (the bytes of a JPEG, PNG, GIF, BMP, WebP or TIFF file), the row of the
            binaryFile source, or the struct of the image source.
        * model - a literal STRING: the model's handle, instead of the setting
            spark.mobilenet.model.
      """;

  /** All of them. */
  static final List<SqlFunction> ALL =
      List.of(
          new SqlFunction(
              Kind.FEATURES.functionName(),
              """
              _FUNC_(image[, model]) - Returns the MobileNet feature vector of an image, an
                array<float> without NULLs; NULL if the image is NULL or can't be read.
              """,
              IMAGE_ARGUMENTS,
              """
              Examples:
                > SELECT path, _FUNC_(content) FROM photos;
                 file:/a.jpg	[0.1254,0.0,1.7718,...]
                > SELECT size(_FUNC_(content, 'builtin')) FROM photos LIMIT 1;
                 768
                > SELECT _FUNC_(NULL);
                 NULL
              """,
              """
              The settings spark.mobilenet.* say which model runs and how images are read. A query
              computes each image's vector once, in batches.
              """,
              arguments -> features(Kind.FEATURES, arguments)),
          new SqlFunction(
              Kind.EMBED.functionName(),
              """
              _FUNC_(image[, model]) - Returns a struct of the image's feature vector, its status,
                the reason why there is no vector, and its width and height in pixels:
                struct<features array<float>, status string, error string, width int, height int>.
              """,
              IMAGE_ARGUMENTS,
              """
              Examples:
                > SELECT e.status, count(*) FROM (SELECT _FUNC_(content) e FROM photos) GROUP BY 1;
                 OK	998
                 TRUNCATED	2
                > SELECT _FUNC_(X'00').status;
                 UNSUPPORTED_FORMAT
              """,
              """
              The struct is never NULL; of a NULL image it has the status NULL_INPUT. A query that
              has both functions of an image computes it once.
              """,
              arguments -> features(Kind.EMBED, arguments)),
          new SqlFunction(
              Kind.CLASSIFY.functionName(),
              """
              _FUNC_(image[, model]) - Returns what a fine-tuned classifier takes an image for:
                struct<prediction double, label string, confidence double,
                probability array<double>, status string, error string>.
              """,
              """
              Arguments:
                * image - BINARY (the bytes of a JPEG, PNG, GIF, BMP, WebP or TIFF file), the row of the
                    binaryFile source, or the struct of the image source.
                * model - a literal STRING: the path of a saved MobileNetClassificationModel, or of what
                    finetune has written, instead of the setting spark.mobilenet.classifier.
              """,
              """
              Examples:
                > SELECT c.label, c.confidence FROM (SELECT _FUNC_(content) c FROM photos);
                 tulip	0.9712
                > SELECT _FUNC_(content, '/models/flowers').probability FROM photos LIMIT 1;
                 [0.0012,0.0276,0.9712]
                > SELECT _FUNC_(X'00').status;
                 UNSUPPORTED_FORMAT
              """,
              """
              prediction is the number of the most probable class, or of that which the model's
              thresholds choose; label is its name, confidence its probability, and probability has
              those of all classes, in their order. They are NULL if the image is NULL or can't be
              read; status and error say why, as mobilenet_embed's.
              """,
              MobileNetFunctions::classification),
          new SqlFunction(
              CosineSimilarity.NAME,
              """
              _FUNC_(a, b) - Returns the cosine of the angle between two vectors of the same
                length, a float in [-1, 1]. NULL if a vector or an element is NULL or a vector is
                zero; an error if their lengths differ.
              """,
              """
              Arguments:
                * a - array<float>
                * b - array<float>
              """,
              """
              Examples:
                > SELECT _FUNC_(array(1f, 0f), array(1f, 1f));
                 0.70710677
                > SELECT _FUNC_(array(0f, 0f), array(1f, 1f));
                 NULL
              """,
              """
              Only vectors of one model and one resize method can be compared.
              """,
              MobileNetFunctions::cosine));

  private MobileNetFunctions() {}

  /**
   * A function, in the texts of Spark's own documentation of functions.
   *
   * @param name its name
   * @param usage its call and what it returns
   * @param arguments its arguments
   * @param examples calls and their answers
   * @param note what else is to be known
   * @param builder from the arguments of a call to its expression
   */
  record SqlFunction(
      String name,
      String usage,
      String arguments,
      String examples,
      String note,
      Function1<Seq<Expression>, Expression> builder) {

    FunctionIdentifier identifier() {
      return new FunctionIdentifier(name);
    }

    ExpressionInfo info() {
      return new SqlTexts(usage, arguments, examples, note).info(name, "");
    }
  }

  private static Expression features(Kind kind, Seq<Expression> arguments) {
    check(kind.functionName(), List.of(1, 2), arguments);
    String handle = arguments.length() == 2 ? handle(kind, arguments.apply(1)) : null;
    MobileNetExtensions.plan(SparkSession.active());
    MobileNetConf conf = MobileNetConf.current();
    SqlModel model = SqlModel.get(conf.model(handle), conf::hub);
    return new MobileNetFunction(
        kind,
        model,
        conf.options(model.frozen()),
        CallExtras.NONE,
        arguments.apply(0),
        handle == null ? "" : Redacted.handle(handle));
  }

  /** The vector of one image that must be had, by the session's model and settings. */
  static MobileNetFunction ofQuery(Expression image) {
    MobileNetExtensions.plan(SparkSession.active());
    MobileNetConf conf = MobileNetConf.current();
    SqlModel model = SqlModel.get(conf.model(null), conf::hub);
    EmbedOptions options = conf.options(model.frozen());
    return new MobileNetFunction(
        Kind.FEATURES,
        model,
        new EmbedOptions(
            options.images(), options.precision(), options.batchSize(), MalformedMode.FAILFAST),
        CallExtras.NONE,
        image,
        "");
  }

  private static Expression classification(Seq<Expression> arguments) {
    Kind kind = Kind.CLASSIFY;
    check(kind.functionName(), List.of(1, 2), arguments);
    String path = arguments.length() == 2 ? handle(kind, arguments.apply(1)) : null;
    MobileNetExtensions.plan(SparkSession.active());
    MobileNetConf conf = MobileNetConf.current();
    SqlClassifier classifier = SqlClassifier.get(conf.classifier(path));
    return new Classification(
        classifier,
        new MobileNetFunction(
            kind,
            classifier.model(),
            conf.options(classifier),
            CallExtras.NONE,
            arguments.apply(0),
            path == null ? "" : Redacted.handle(path)));
  }

  private static String handle(Kind kind, Expression argument) {
    boolean isText =
        argument.resolved()
            && (argument.dataType() instanceof StringType
                || argument.dataType() instanceof NullType);
    if (!isText || !argument.foldable()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: the second argument names the model and must be a literal STRING, such as"
                  + " '%s', not %s. A query has one model a call; the setting %s"
                  + " is used without it.",
              kind.functionName(),
              kind == Kind.CLASSIFY ? "/models/flowers" : "builtin",
              argument.sql(),
              setting(kind)));
    }
    Object value = argument.eval(null);
    if (!(value instanceof UTF8String text)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: the model is NULL. Leave the argument out to use %s.",
              kind.functionName(),
              setting(kind)));
    }
    return text.toString();
  }

  /** What names the model of calls that don't. */
  private static String setting(Kind kind) {
    return ConfEntries.key(kind == Kind.CLASSIFY ? SqlSettings.CLASSIFIER : ModelSettings.MODEL);
  }

  private static Expression cosine(Seq<Expression> arguments) {
    check(CosineSimilarity.NAME, List.of(2), arguments);
    return new CosineSimilarity(arguments.apply(0), arguments.apply(1));
  }

  /** Spark's own errors for calls that it lets through to builders. */
  static void check(String name, List<Integer> numbers, Seq<Expression> arguments) {
    if (arguments.exists(NamedArgumentExpression.class::isInstance)) {
      throw Unchecked.rethrow(QueryCompilationErrors.namedArgumentsNotSupported(name));
    }
    if (!numbers.contains(arguments.length())) {
      throw Unchecked.rethrow(
          QueryCompilationErrors.wrongNumArgsError(
              name,
              Scala.<Object>seq(numbers),
              arguments.length(),
              QueryCompilationErrors.wrongNumArgsError$default$4(),
              QueryCompilationErrors.wrongNumArgsError$default$5(),
              QueryCompilationErrors.wrongNumArgsError$default$6()));
    }
  }
}
