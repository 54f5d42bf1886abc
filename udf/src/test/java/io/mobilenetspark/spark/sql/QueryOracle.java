package io.mobilenetspark.spark.sql;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.image.ImageInput;
import io.mobilenetspark.image.ImageLimits;
import io.mobilenetspark.image.ImageOptions;
import io.mobilenetspark.image.ImageOutcome;
import io.mobilenetspark.image.ResizeMethod;
import io.mobilenetspark.model.FrozenModel;
import io.mobilenetspark.model.ModelLoader;
import io.mobilenetspark.runtime.Embedding;
import io.mobilenetspark.runtime.ExtractorCache;
import io.mobilenetspark.runtime.ImageEmbedder;
import io.mobilenetspark.runtime.Precision;
import io.mobilenetspark.spark.EmbedOptions;
import io.mobilenetspark.spark.EmbeddingRow;
import io.mobilenetspark.spark.MalformedMode;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.catalyst.FunctionIdentifier;
import org.apache.spark.sql.catalyst.analysis.FunctionRegistry$;
import org.apache.spark.sql.catalyst.encoders.ExpressionEncoder;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.ExpressionInfo;
import org.apache.spark.sql.catalyst.expressions.ScalaUDF;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.unsafe.types.UTF8String;
import org.jspecify.annotations.Nullable;
import scala.Option;
import scala.collection.immutable.Seq;
import scala.runtime.AbstractFunction1;

/**
 * Plain Spark UDFs with the same results as the functions: what they give for an image is computed
 * by the library, without Spark, once an image. Spark moves, copies and skips UDFs as it knows how
 * to, so that a query with them is right by Spark's own tests.
 */
final class QueryOracle {

  static final String FEATURES = "oracle_features";
  static final String EMBED = "oracle_embed";

  /** By model and image. */
  private static final Map<Key, Row> KNOWN = new ConcurrentHashMap<>();

  private static final Map<String, FrozenModel> MODELS = new ConcurrentHashMap<>();

  private static volatile String defaultModel = "";
  private static volatile int side;

  private record Key(String model, ByteBuffer image) {}

  private QueryOracle() {}

  /** Makes the functions known to every session that is made later. */
  static void register(String model, int imageSide) {
    defaultModel = model;
    side = imageSide;
    register(FEATURES, EmbeddingRow.SCHEMA.apply(0).dataType(), 0);
    register(EMBED, EmbeddingRow.SCHEMA, -1);
  }

  /** As built-in functions: views in the catalog may not use temporary ones. */
  private static void register(String name, DataType type, int field) {
    FunctionRegistry$.MODULE$
        .builtin()
        .registerFunction(
            new FunctionIdentifier(name),
            new ExpressionInfo(QueryOracle.class.getName(), null, name),
            new AbstractFunction1<Seq<Expression>, Expression>() {
              @Override
              public Expression apply(Seq<Expression> arguments) {
                String model =
                    arguments.length() < 2
                        ? defaultModel
                        : ((UTF8String) arguments.apply(1).eval(null)).toString();
                return new ScalaUDF(
                    new Lookup(model, field),
                    type,
                    Scala.seq(List.of(arguments.apply(0))),
                    Scala.<Option<ExpressionEncoder<?>>>seq(List.of()),
                    Option.empty(),
                    Option.apply(arguments.length() < 2 ? name : name + model),
                    field >= 0,
                    true);
              }
            });
  }

  private static final class Lookup extends AbstractFunction1<Object, Object>
      implements Serializable {
    private static final long serialVersionUID = 1;

    private final String model;
    private final int field;

    Lookup(String model, int field) {
      this.model = model;
      this.field = field;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Lookup that && model.equals(that.model) && field == that.field;
    }

    @Override
    public int hashCode() {
      return model.hashCode() + field;
    }

    @Override
    public @Nullable Object apply(@Nullable Object image) {
      byte[] bytes = image instanceof Row row ? row.<byte[]>getAs("content") : (byte[]) image;
      Row result =
          bytes == null
              ? RowFactory.create(null, "NULL_INPUT", "the image is NULL", null, null)
              : KNOWN.computeIfAbsent(
                  new Key(model, ByteBuffer.wrap(bytes)), key -> embed(model, bytes));
      return field < 0 ? result : result.get(field);
    }
  }

  private static Row embed(String handle, byte[] image) {
    FrozenModel model =
        MODELS.computeIfAbsent(
            handle, missing -> new ModelLoader(new Configuration()).load(missing, side));
    EmbedOptions options =
        new EmbedOptions(
            new ImageOptions(ImageSize.square(side), ResizeMethod.BILINEAR, ImageLimits.DEFAULT),
            Precision.FLOAT32,
            1,
            MalformedMode.PERMISSIVE);
    try (ExtractorCache.Lease lease =
        ExtractorCache.ofThisJvm().acquire(() -> model, Precision.FLOAT32, 1, Optional.empty())) {
      Embedding embedding =
          new ImageEmbedder(lease.extractor(), options.images())
              .embed(List.of(new ImageInput.Encoded(image)))
              .get(0);
      float[] features = embedding.features();
      Float[] boxed = features == null ? null : new Float[features.length];
      for (int i = 0; features != null && boxed != null && i < boxed.length; i++) {
        boxed[i] = features[i];
      }
      ImageOutcome outcome = embedding.outcome();
      ImageOutcome.Read read = outcome instanceof ImageOutcome.Read is ? is : null;
      return RowFactory.create(
          boxed,
          outcome.status().name(),
          outcome instanceof ImageOutcome.Rejected rejected ? rejected.reason() : null,
          read == null ? null : read.width(),
          read == null ? null : read.height());
    }
  }
}
