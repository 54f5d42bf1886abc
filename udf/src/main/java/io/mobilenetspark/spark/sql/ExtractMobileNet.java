package io.mobilenetspark.spark.sql;

import io.mobilenetspark.spark.sql.EvalPlacement.Placed;
import io.mobilenetspark.spark.sql.FunctionCalls.Call;
import io.mobilenetspark.spark.sql.MobileNetFunction.Kind;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.And;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.CreateNamedStruct;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.GetStructField;
import org.apache.spark.sql.catalyst.expressions.If;
import org.apache.spark.sql.catalyst.expressions.Literal;
import org.apache.spark.sql.catalyst.expressions.NamedExpression;
import org.apache.spark.sql.catalyst.optimizer.ColumnPruning$;
import org.apache.spark.sql.catalyst.plans.logical.Aggregate;
import org.apache.spark.sql.catalyst.plans.logical.Expand;
import org.apache.spark.sql.catalyst.plans.logical.Filter;
import org.apache.spark.sql.catalyst.plans.logical.Generate;
import org.apache.spark.sql.catalyst.plans.logical.Join;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.catalyst.plans.logical.RebalancePartitions;
import org.apache.spark.sql.catalyst.plans.logical.RepartitionByExpression;
import org.apache.spark.sql.catalyst.plans.logical.Sort;
import org.apache.spark.sql.catalyst.plans.logical.Window;
import org.apache.spark.sql.catalyst.rules.Rule;
import org.apache.spark.sql.types.DataTypes;

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
    // The common case is a query without our functions.
    if (!plan.exists(FunctionCalls::in)) {
      return plan;
    }
    LogicalPlan extracted = new Extraction(plan).rewrite(plan);
    return ColumnPruning$.MODULE$.apply(RangeSampling.apply(extracted));
  }

  /** The extraction of one plan. */
  private static final class Extraction {
    private final LogicalPlan whole;

    Extraction(LogicalPlan whole) {
      this.whole = whole;
    }

    LogicalPlan rewrite(LogicalPlan plan) {
      LogicalPlan node = plan.mapChildren(this::rewrite);
      if (!FunctionCalls.in(node)) {
        return LimitPlacement.apply(node);
      }
      if (node instanceof Filter filter) {
        node = cheapFilterFirst(filter);
      }
      LogicalPlan extracted = node;
      while (canHaveColumnsAdded(extracted)) {
        LogicalPlan next = extractInnermost(extracted);
        if (next == extracted) {
          break;
        }
        extracted = next;
      }
      extracted = extracted.mapExpressions(this::rowAtATime);
      return extracted.output().equals(node.output())
          ? extracted
          : new Project(namedExpressions(node.output()), extracted);
    }

    private static scala.collection.immutable.Seq<NamedExpression> namedExpressions(
        scala.collection.immutable.Seq<Attribute> columns) {
      return Scala.seq(Scala.list(columns));
    }

    /** Nodes that take more columns from below than they need, and whose own columns we know. */
    private static boolean canHaveColumnsAdded(LogicalPlan node) {
      return node instanceof Project
          || node instanceof Filter
          || node instanceof Aggregate
          || node instanceof Join
          || node instanceof Sort
          || node instanceof Window
          || node instanceof Generate
          || node instanceof Expand
          || node instanceof RepartitionByExpression
          || node instanceof RebalancePartitions;
    }

    /** Conditions that need no network decide first which rows need one. */
    private static Filter cheapFilterFirst(Filter filter) {
      List<Expression> cheap = new ArrayList<>();
      List<Expression> dear = new ArrayList<>();
      split(filter.condition(), cheap, dear);
      if (cheap.isEmpty() || !filter.condition().deterministic()) {
        return filter;
      }
      Expression first = cheap.stream().reduce(And::new).orElseThrow();
      Expression second = dear.stream().reduce(And::new).orElseThrow();
      return new Filter(second, new Filter(first, filter.child()));
    }

    private static void split(Expression condition, List<Expression> cheap, List<Expression> dear) {
      if (condition instanceof And and) {
        split(and.left(), cheap, dear);
        split(and.right(), cheap, dear);
      } else {
        (FunctionCalls.in(condition) ? dear : cheap).add(condition);
      }
    }

    private LogicalPlan extractInnermost(LogicalPlan node) {
      LogicalPlan rewritten = node;
      for (Call call : FunctionCalls.of(node)) {
        rewritten = extract(rewritten, call);
      }
      return rewritten;
    }

    private LogicalPlan extract(LogicalPlan node, Call call) {
      MobileNetFunction function = call.function();
      List<LogicalPlan> children = new ArrayList<>(Scala.list(node.children()));
      for (int i = 0; i < children.size(); i++) {
        if (EvalPlacement.provides(children.get(i), function)) {
          Placed placed = EvalPlacement.place(children.get(i), conditional(call));
          children.set(i, placed.plan());
          return node.withNewChildren(Scala.seq(children))
              .mapExpressions(
                  expression -> replace(expression, function, Scala.list(placed.results())));
        }
      }
      return node; // it needs columns of both sides of a join
    }

    /**
     * The call on NULL instead of the image where nobody needs the result, unless another node
     * needs it.
     */
    private MobileNetFunction conditional(Call call) {
      MobileNetFunction function = call.function();
      Expression condition = call.condition();
      if (condition == null || isCalledByOthers(function)) {
        return function;
      }
      Expression image = function.child();
      return function.withImage(new If(condition, image, Literal.create(null, image.dataType())));
    }

    private boolean isCalledByOthers(MobileNetFunction function) {
      List<LogicalPlan> callers = new ArrayList<>();
      whole.foreach(
          node -> {
            boolean isCaller =
                Scala.list(node.expressions()).stream()
                    .anyMatch(
                        expression ->
                            expression.exists(
                                part ->
                                    part instanceof MobileNetFunction other
                                        && other.sharesResultsWith(function)));
            if (isCaller) {
              callers.add(node);
            }
            return scala.runtime.BoxedUnit.UNIT;
          });
      return callers.size() > 1;
    }

    private static Expression replace(
        Expression expression, MobileNetFunction call, List<Attribute> results) {
      if (expression instanceof GetStructField field
          && field.child() instanceof MobileNetFunction function
          && function.kind() == Kind.EMBED
          && function.sharesResultsWith(call)) {
        return results.get(field.ordinal()); // no struct is made to be taken apart
      }
      if (expression instanceof MobileNetFunction function && function.sharesResultsWith(call)) {
        return function.kind() == Kind.FEATURES ? results.get(0) : struct(results);
      }
      return expression.mapChildren(child -> replace(child, call, results));
    }

    private static Expression struct(List<Attribute> results) {
      List<Expression> namesAndValues = new ArrayList<>();
      for (Attribute result : results) {
        namesAndValues.add(Literal.create(result.name(), DataTypes.StringType));
        namesAndValues.add(result);
      }
      return new CreateNamedStruct(Scala.seq(namesAndValues));
    }

    /** What no operator can compute. */
    private Expression rowAtATime(Expression expression) {
      Expression rewritten = expression.mapChildren(this::rowAtATime);
      return rewritten instanceof MobileNetFunction function
          ? new RowAtATime(function, function.child())
          : rewritten;
    }
  }
}
