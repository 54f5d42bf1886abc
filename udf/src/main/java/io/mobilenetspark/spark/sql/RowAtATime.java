package io.mobilenetspark.spark.sql;

import static java.util.Objects.requireNonNull;

import io.mobilenetspark.image.ImageInput;
import io.mobilenetspark.runtime.Embedding;
import io.mobilenetspark.spark.EmbeddingRow;
import io.mobilenetspark.spark.TaskEmbedder;
import java.io.Serializable;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.Unevaluable;
import org.apache.spark.sql.catalyst.expressions.codegen.CodegenContext;
import org.apache.spark.sql.catalyst.expressions.codegen.CodegenFallback;
import org.apache.spark.sql.catalyst.expressions.codegen.ExprCode;
import org.apache.spark.sql.types.DataType;
import org.jspecify.annotations.Nullable;
import scala.collection.immutable.IndexedSeq;
import scala.collection.immutable.Seq;

/**
 * The function where Spark allows no operator below it, as in a lambda: one image a run, through
 * the same session. EXPLAIN shows it by its name. It calls itself unevaluable, though it is not, so
 * that the optimizer does not evaluate it on the driver, for tables of literals. Used by one task
 * at a time, as Spark's expressions are. Public because Catalyst copies its nodes by reflection.
 */
public final class RowAtATime extends Expression
    implements CodegenFallback, Unevaluable, Serializable {
  private static final long serialVersionUID = 1;

  private final MobileNetFunction function;
  private final Expression image;

  private transient @Nullable TaskContext task;
  private transient @Nullable TaskEmbedder embedder;
  private transient @Nullable ImageKey lastImage; // a lambda or a join asks for the same often
  private transient @Nullable InternalRow lastEmbedding;

  public RowAtATime(MobileNetFunction function, Expression image) {
    this.function = requireNonNull(function, "function");
    this.image = requireNonNull(image, "image");
  }

  @Override
  public @Nullable Object eval(InternalRow row) {
    Object value = image.eval(row);
    return function
        .image(value)
        .use(TaskContext.get(), input -> Optional.ofNullable(result(value, input)))
        .orElse(null);
  }

  private @Nullable Object result(@Nullable Object value, ImageInput input) {
    if (input instanceof ImageInput.Missing) {
      return result(EmbeddingRow.ofMissing(function.options().images()));
    }
    ImageKey key = ImageKey.of(function.column(), requireNonNull(value, "value"));
    if (lastEmbedding == null || !key.equals(lastImage)) {
      lastEmbedding = embed(input);
      lastImage = key;
    }
    return result(lastEmbedding);
  }

  private InternalRow embed(ImageInput input) {
    TaskContext current = requireNonNull(TaskContext.get(), "evaluated in tasks only");
    if (embedder == null || task != current) {
      task = current;
      embedder = TaskEmbedder.open(function.model()::frozen, function.options(), current);
    }
    TaskEmbedder with = embedder;
    Embedding embedding = with.embed(List.of(input)).get(0);
    with.requireReadable(embedding.outcome(), () -> "of " + function);
    return EmbeddingRow.of(embedding, function.options().images());
  }

  private @Nullable Object result(InternalRow embedding) {
    return switch (function.kind()) {
      case FEATURES -> embedding.isNullAt(0) ? null : embedding.getArray(0);
      case EMBED, CLASSIFY -> embedding;
    };
  }

  @Override
  public ExprCode doGenCode(CodegenContext context, ExprCode code) {
    return CodegenFallback.super.doGenCode(context, code);
  }

  /** The argument. */
  public Expression child() {
    return image;
  }

  @Override
  public Seq<Expression> children() {
    return Scala.seq(List.of(image));
  }

  @Override
  public Expression withNewChildrenInternal(IndexedSeq<Expression> newChildren) {
    return new RowAtATime(function, newChildren.apply(0));
  }

  @Override
  public DataType dataType() {
    return function.dataType();
  }

  @Override
  public boolean nullable() {
    return function.nullable();
  }

  @Override
  public boolean foldable() {
    return false;
  }

  @Override
  public String prettyName() {
    return function.prettyName() + "_row_at_a_time";
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%s(%s)", prettyName(), image);
  }

  @Override
  public int productArity() {
    return 2;
  }

  @Override
  public Object productElement(int n) {
    return Scala.element(n, function, image);
  }

  @Override
  public boolean canEqual(Object that) {
    return that instanceof RowAtATime;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof RowAtATime that
        && function.withImage(image).equals(that.function.withImage(that.image));
  }

  @Override
  public int hashCode() {
    return function.withImage(image).hashCode();
  }
}
