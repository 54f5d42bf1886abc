package io.mobilenetspark.spark.sql;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.And;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.SubqueryExpression;
import org.apache.spark.sql.catalyst.optimizer.ColumnPruning$;
import org.apache.spark.sql.catalyst.plans.logical.Aggregate;
import org.apache.spark.sql.catalyst.plans.logical.Command;
import org.apache.spark.sql.catalyst.plans.logical.CreateVariable;
import org.apache.spark.sql.catalyst.plans.logical.Filter;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.catalyst.plans.logical.Subquery;
import org.apache.spark.sql.catalyst.rules.Rule;

/**
 * Takes {@link MobileNetFunction}s out of expressions into {@link MobileNetEval} nodes: one node a
 * distinct image, model and settings, shared by all that stands above it.
 *
 * <p>Runs when the optimizer is done moving expressions. Until then the functions are ordinary
 * ones, so that Spark itself prunes them, pushes filters below them and splits them over unions;
 * its rules copy one when they push a filter through a projection, which is undone here, because
 * the projection finds the filter's results below it.
 */
final class ExtractMobileNet extends Rule<LogicalPlan> {

  @Override
  public LogicalPlan apply(LogicalPlan plan) {
    // The common case is a query without our functions. Subqueries that know the outer query's rows
    // are optimized once alone and once within it, as joins: until then they must keep the shapes
    // that Spark's rules know.
    if (!hasCalls(plan) || (plan instanceof Subquery subquery && subquery.correlated())) {
      return plan;
    }
    return extract(plan);
  }

  private static LogicalPlan extract(LogicalPlan plan) {
    LogicalPlan extracted = rewrite(plan, new NodeExtraction(plan), LimitPlacement.limited(plan));
    return ColumnPruning$.MODULE$.apply(RangeSampling.apply(extracted));
  }

  private static boolean hasCalls(LogicalPlan plan) {
    return plan.exists(
        node ->
            FunctionCalls.in(node)
                || Scala.list(node.expressions()).stream()
                    .anyMatch(
                        expression -> expression.exists(ExtractMobileNet::isSubqueryOfCalls)));
  }

  private static boolean isSubqueryOfCalls(Expression part) {
    return part instanceof SubqueryExpression subquery && hasCalls(subquery.plan());
  }

  private static LogicalPlan rewrite(
      LogicalPlan plan, NodeExtraction extraction, IdentityHashMap<LogicalPlan, Integer> limits) {
    if (plan instanceof CreateVariable && FunctionCalls.in(plan)) {
      // Spark evaluates the default on the driver, outside of any query.
      throw new IllegalArgumentException(
          "The DEFAULT of a variable can't run a model. DECLARE the variable without it, then SET"
              + " VARIABLE name = (SELECT ...).");
    }
    if (plan instanceof Command) {
      // Its expressions are for queries that it makes itself when it runs, as Delta's DELETE does.
      return plan.mapChildren(child -> rewrite(child, extraction, limits));
    }
    LogicalPlan node =
        plan.mapChildren(child -> rewrite(child, extraction, limits))
            .mapExpressions(ExtractMobileNet::rewriteSubqueries);
    if (!FunctionCalls.in(node)) {
      return LimitPlacement.apply(node);
    }
    LogicalPlan extracted;
    if (node instanceof Filter filter && filter.condition().deterministic()) {
      extracted = inSteps(filter, extraction);
    } else if (node instanceof Aggregate aggregate) {
      extracted = overAggregate(aggregate, extraction);
    } else {
      int limit = limits.getOrDefault(plan, NodeExtraction.ALL);
      extracted = extraction.limitedTo(limit).apply(node);
    }
    return extracted.output().equals(node.output())
        ? extracted
        : new Project(Scala.seq(Scala.list(node.output())), extracted);
  }

  /** Those that Spark is going to turn into joins and has not optimized with the outer query. */
  private static Expression rewriteSubqueries(Expression expression) {
    Expression rewritten = expression.mapChildren(ExtractMobileNet::rewriteSubqueries);
    if (!(rewritten instanceof SubqueryExpression subquery)) {
      return rewritten;
    }
    return CorrelatedCalls.intoPlan(
        isSubqueryOfCalls(subquery) ? subquery.withNewPlan(extract(subquery.plan())) : subquery);
  }

  /**
   * Conditions that need no network decide first which rows need one, as Spark does it with
   * Python's functions. Those that need one follow in the order in which they are written.
   */
  private static LogicalPlan inSteps(Filter filter, NodeExtraction extraction) {
    List<Expression> cheap = new ArrayList<>();
    List<Expression> dear = new ArrayList<>();
    split(filter.condition(), cheap, dear);
    LogicalPlan plan =
        cheap.stream()
            .reduce(And::new)
            .<LogicalPlan>map(first -> new Filter(first, filter.child()))
            .orElse(filter.child());
    List<MobileNetFunction> known = new ArrayList<>();
    List<Expression> step = new ArrayList<>();
    for (Expression condition : dear) {
      List<MobileNetFunction> calls = calls(condition);
      if (!step.isEmpty() && !calls.stream().allMatch(call -> isKnown(call, known))) {
        plan = extraction.apply(new Filter(step.stream().reduce(And::new).orElseThrow(), plan));
        step.clear();
      }
      step.add(condition);
      known.addAll(calls);
    }
    return extraction.apply(new Filter(step.stream().reduce(And::new).orElseThrow(), plan));
  }

  private static boolean isKnown(MobileNetFunction call, List<MobileNetFunction> known) {
    return known.stream().anyMatch(call::sharesResultsWith);
  }

  private static List<MobileNetFunction> calls(Expression expression) {
    List<MobileNetFunction> calls = new ArrayList<>();
    expression.foreach(
        part -> {
          if (part instanceof MobileNetFunction function) {
            calls.add(function);
          }
          return scala.runtime.BoxedUnit.UNIT;
        });
    return calls;
  }

  private static void split(Expression condition, List<Expression> cheap, List<Expression> dear) {
    if (condition instanceof And and) {
      split(and.left(), cheap, dear);
      split(and.right(), cheap, dear);
    } else {
      (FunctionCalls.in(condition) ? dear : cheap).add(condition);
    }
  }

  /** Calls on groups stand above the aggregate, those on rows below it. */
  private static LogicalPlan overAggregate(Aggregate aggregate, NodeExtraction extraction) {
    LogicalPlan split = CallsOnGroups.split(aggregate);
    if (split == aggregate) {
      return extraction.apply(aggregate);
    }
    LogicalPlan below = split.children().head();
    LogicalPlan rewritten = FunctionCalls.in(below) ? extraction.apply(below) : below;
    return extraction.apply(split.withNewChildren(Scala.seq(List.of(rewritten))));
  }
}
