package io.mobilenetspark.spark.sql;

import io.mobilenetspark.spark.EmbeddingRow;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.AttributeReference;
import org.apache.spark.sql.catalyst.expressions.AttributeSet;
import org.apache.spark.sql.catalyst.expressions.ExprId;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.NamedExpression$;
import org.apache.spark.sql.catalyst.plans.QueryPlan;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.UnaryNode;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructField;
import org.jspecify.annotations.Nullable;
import scala.collection.immutable.IndexedSeq;
import scala.collection.immutable.Seq;

/**
 * Adds to each row what {@link EmbeddingRow#schema} says of one image in it. In optimized plans
 * only. Public because Catalyst copies its nodes by reflection.
 */
public final class MobileNetEval extends LogicalPlan implements UnaryNode, Serializable {
  private static final long serialVersionUID = 1;

  private final MobileNetFunction function;
  private final Seq<Attribute> results;
  private final LogicalPlan child;

  /**
   * @param function the image, over the child's output, with model and settings
   * @param results the columns that are added
   * @param child where the rows come from
   */
  public MobileNetEval(MobileNetFunction function, Seq<Attribute> results, LogicalPlan child) {
    this.function = function;
    this.results = results;
    this.child = child;
  }

  static MobileNetEval of(MobileNetFunction function, LogicalPlan child) {
    List<Attribute> results = new ArrayList<>();
    for (StructField field : function.schema().fields()) {
      results.add(attribute(field, field.name(), NamedExpression$.MODULE$.newExprId()));
    }
    return new MobileNetEval(function, Scala.seq(results), child);
  }

  private static Attribute attribute(StructField field, String name, ExprId id) {
    return new AttributeReference(
        name, field.dataType(), field.nullable(), field.metadata(), id, Scala.seq(List.of()));
  }

  MobileNetFunction function() {
    return function;
  }

  Seq<Attribute> results() {
    return results;
  }

  MobileNetEval withChild(LogicalPlan newChild) {
    return new MobileNetEval(function, results, newChild);
  }

  @Override
  public LogicalPlan child() {
    return child;
  }

  @Override
  public Seq<LogicalPlan> children() {
    return Scala.seq(List.of(child));
  }

  @Override
  public LogicalPlan withNewChildInternal(LogicalPlan newChild) {
    return withChild(newChild);
  }

  @Override
  public LogicalPlan withNewChildrenInternal(IndexedSeq<LogicalPlan> newChildren) {
    return withChild(newChildren.apply(0));
  }

  @Override
  public Seq<Attribute> output() {
    return appended(child.output(), results);
  }

  static Seq<Attribute> appended(Seq<Attribute> input, Seq<Attribute> results) {
    List<Attribute> output = new ArrayList<>(Scala.list(input));
    output.addAll(Scala.list(results));
    return Scala.seq(output);
  }

  @Override
  public AttributeSet producedAttributes() {
    return AttributeSet.apply(Scala.<Expression>seq(Scala.list(results)));
  }

  /** Two nodes that do the same are the same, though each numbers its columns anew. */
  @Override
  public LogicalPlan doCanonicalize() {
    return new MobileNetEval(
        QueryPlan.normalizeExpressions(function, allAttributes()),
        canonical(results),
        child.canonicalized());
  }

  static Seq<Attribute> canonical(Seq<Attribute> results) {
    List<Attribute> canonical = new ArrayList<>();
    for (Attribute result : Scala.list(results)) {
      StructField field =
          new StructField("none", result.dataType(), result.nullable(), Metadata.empty());
      // Negative: no number that the child's columns may have.
      canonical.add(attribute(field, "none", new ExprId(-1 - canonical.size(), NO_JVM)));
    }
    return Scala.seq(canonical);
  }

  private static final java.util.UUID NO_JVM = new java.util.UUID(0, 0);

  @Override
  public String simpleString(int maxFields) {
    return "MobileNetEval " + describe(function, results);
  }

  static String describe(MobileNetFunction function, Seq<Attribute> results) {
    return String.format(
        Locale.ROOT,
        "[%s], %s, %s",
        function,
        results.mkString("[", ", ", "]"),
        function.describeRun());
  }

  @Override
  public int productArity() {
    return 3;
  }

  @Override
  public Object productElement(int n) {
    return Scala.element(n, function, results, child);
  }

  @Override
  public boolean canEqual(Object that) {
    return that instanceof MobileNetEval;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof MobileNetEval that
        && function.equals(that.function)
        && results.equals(that.results)
        && child.equals(that.child);
  }

  @Override
  public int hashCode() {
    return super.hashCode();
  }
}
