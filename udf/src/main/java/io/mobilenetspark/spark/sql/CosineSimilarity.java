package io.mobilenetspark.spark.sql;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.analysis.TypeCheckResult;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.Literal;
import org.apache.spark.sql.catalyst.expressions.codegen.CodegenContext;
import org.apache.spark.sql.catalyst.expressions.codegen.ExprCode;
import org.apache.spark.sql.catalyst.expressions.objects.StaticInvoke;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.NullType;
import org.jspecify.annotations.Nullable;
import scala.Option;
import scala.collection.immutable.IndexedSeq;
import scala.collection.immutable.Seq;

/**
 * {@code mobilenet_cosine_similarity(a, b)}: the cosine of the angle between two vectors, a float
 * in [-1, 1]. NULL if a vector or one of its elements is NULL, or if a vector has no direction (no
 * elements, or zeros only). Immutable. Public because Catalyst copies its nodes by reflection, and
 * generated code calls {@link #of}.
 */
public final class CosineSimilarity extends Expression implements Serializable {
  private static final long serialVersionUID = 1;

  static final String NAME = "mobilenet_cosine_similarity";

  private static final DataType VECTOR = DataTypes.createArrayType(DataTypes.FloatType);

  private final Expression left;
  private final Expression right;

  public CosineSimilarity(Expression left, Expression right) {
    this.left = requireNonNull(left, "left");
    this.right = requireNonNull(right, "right");
  }

  /**
   * The similarity, or null. Sums in double precision; allocates nothing but the result.
   *
   * @throws IllegalArgumentException if the vectors differ in length
   */
  public static @Nullable Float of(ArrayData a, ArrayData b) {
    int length = a.numElements();
    if (length != b.numElements()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: the vectors have %d and %d elements. Only vectors of one model can be compared; see"
                  + " 'mobilenet.dimension' and 'mobilenet.model.fingerprint' in the metadata of their"
                  + " columns.",
              NAME,
              length,
              b.numElements()));
    }
    double dot = 0;
    double squaresOfA = 0;
    double squaresOfB = 0;
    for (int i = 0; i < length; i++) {
      if (a.isNullAt(i) || b.isNullAt(i)) {
        return null;
      }
      double x = a.getFloat(i);
      double y = b.getFloat(i);
      dot += x * y;
      squaresOfA += x * x;
      squaresOfB += y * y;
    }
    double norms = Math.sqrt(squaresOfA) * Math.sqrt(squaresOfB);
    if (norms == 0) {
      return null;
    }
    double cosine = dot / norms;
    // Rounding must not take it out of the range that callers feed to acos.
    return (float) (Double.isNaN(cosine) ? cosine : Math.max(-1, Math.min(1, cosine)));
  }

  @Override
  public TypeCheckResult checkInputDataTypes() {
    for (int i = 0; i < 2; i++) {
      Expression argument = i == 0 ? left : right;
      if (!isVector(argument.dataType())) {
        return TypeMismatches.of(
            i == 0 ? "first" : "second",
            "ARRAY<FLOAT>, cast(v AS ARRAY<FLOAT>) makes one",
            argument);
      }
    }
    return TypeCheckResult.TypeCheckSuccess$.MODULE$;
  }

  private static boolean isVector(DataType type) {
    return type instanceof NullType
        || (type instanceof ArrayType array && array.elementType() instanceof FloatType);
  }

  /** Spark's own call of a static method, for its generated code: it handles NULL arguments. */
  private Expression call() {
    return new StaticInvoke(
        CosineSimilarity.class,
        DataTypes.FloatType,
        "of",
        Scala.seq(List.of(typed(left), typed(right))),
        Scala.seq(List.of(VECTOR, VECTOR)),
        true,
        true,
        true,
        Option.empty());
  }

  /** A NULL without a type is no argument of a Java method. */
  private static Expression typed(Expression argument) {
    return argument.dataType() instanceof NullType ? Literal.create(null, VECTOR) : argument;
  }

  @Override
  public @Nullable Object eval(InternalRow row) {
    return left.eval(row) instanceof ArrayData a && right.eval(row) instanceof ArrayData b
        ? of(a, b)
        : null;
  }

  @Override
  public ExprCode doGenCode(CodegenContext context, ExprCode code) {
    return call().doGenCode(context, code);
  }

  @Override
  public DataType dataType() {
    return DataTypes.FloatType;
  }

  @Override
  public boolean nullable() {
    return true;
  }

  @Override
  public String prettyName() {
    return NAME;
  }

  @Override
  public boolean foldable() {
    return left.foldable() && right.foldable();
  }

  @Override
  public Seq<Expression> children() {
    return Scala.seq(List.of(left, right));
  }

  @Override
  public Expression withNewChildrenInternal(IndexedSeq<Expression> newChildren) {
    return new CosineSimilarity(newChildren.apply(0), newChildren.apply(1));
  }

  @Override
  public int productArity() {
    return 2;
  }

  @Override
  public Object productElement(int n) {
    return Scala.element(n, left, right);
  }

  @Override
  public boolean canEqual(Object that) {
    return that instanceof CosineSimilarity;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof CosineSimilarity that
        && left.equals(that.left)
        && right.equals(that.right);
  }

  @Override
  public int hashCode() {
    return super.hashCode();
  }
}
