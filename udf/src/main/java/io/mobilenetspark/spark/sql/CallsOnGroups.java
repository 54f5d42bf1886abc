package io.mobilenetspark.spark.sql;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.Alias;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.NamedExpression;
import org.apache.spark.sql.catalyst.expressions.NamedExpression$;
import org.apache.spark.sql.catalyst.expressions.aggregate.AggregateExpression;
import org.apache.spark.sql.catalyst.plans.logical.Aggregate;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.types.Metadata;
import scala.Option;

/**
 * Divides an aggregate whose results have calls on what it gives, such as {@code
 * mobilenet_features(max_by(image, day))}, into the aggregate alone and a projection with the
 * calls.
 */
final class CallsOnGroups {

  private final Aggregate aggregate;
  private final List<NamedExpression> results = new ArrayList<>();

  private CallsOnGroups(Aggregate aggregate) {
    this.aggregate = aggregate;
  }

  /** The two nodes; the aggregate itself if all its calls are on rows. */
  static LogicalPlan split(Aggregate aggregate) {
    return new CallsOnGroups(aggregate).split();
  }

  private LogicalPlan split() {
    List<NamedExpression> named = Scala.list(aggregate.aggregateExpressions());
    if (named.stream().noneMatch(result -> hasCallOnGroup((Expression) result))) {
      return aggregate;
    }
    List<NamedExpression> above = new ArrayList<>();
    for (NamedExpression result : named) {
      if (hasCallOnGroup((Expression) result)) {
        above.add((NamedExpression) overResults((Expression) result));
      } else {
        add(result);
        above.add(result.toAttribute());
      }
    }
    Aggregate below =
        aggregate.copy(
            aggregate.groupingExpressions(),
            Scala.seq(results),
            aggregate.child(),
            aggregate.hint());
    return new Project(Scala.seq(above), below);
  }

  private boolean hasCallOnGroup(Expression expression) {
    return !isOfAggregate(expression)
        && (expression instanceof MobileNetFunction
            || Scala.list(expression.children()).stream().anyMatch(this::hasCallOnGroup));
  }

  /** What nothing but the aggregate can evaluate. */
  private boolean isOfAggregate(Expression expression) {
    return expression instanceof AggregateExpression
        || aggregate.groupingExpressions().exists(group -> group.semanticEquals(expression));
  }

  private Expression overResults(Expression expression) {
    return isOfAggregate(expression)
        ? result(expression)
        : expression.mapChildren(this::overResults);
  }

  private Expression result(Expression expression) {
    for (NamedExpression result : results) {
      Expression value = result instanceof Alias alias ? alias.child() : (Expression) result;
      if (value.semanticEquals(expression)) {
        return (Expression) result.toAttribute();
      }
    }
    NamedExpression result =
        expression instanceof NamedExpression named
            ? named
            : new Alias(
                expression,
                "result",
                NamedExpression$.MODULE$.newExprId(),
                Scala.seq(List.of()),
                Option.<Metadata>empty(),
                Scala.seq(List.of()));
    add(result);
    return (Expression) result.toAttribute();
  }

  private void add(NamedExpression result) {
    if (results.stream().noneMatch(known -> known.exprId().equals(result.exprId()))) {
      results.add(result);
    }
  }
}
