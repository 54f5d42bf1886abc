package io.mobilenetspark.spark.sql;

import io.mobilenetspark.spark.MalformedMode;
import io.mobilenetspark.spark.sql.EvalPlacement.Placed;
import io.mobilenetspark.spark.sql.FunctionCalls.Call;
import io.mobilenetspark.spark.sql.MobileNetFunction.Kind;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.CreateNamedStruct;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.GetStructField;
import org.apache.spark.sql.catalyst.expressions.If;
import org.apache.spark.sql.catalyst.expressions.Literal;
import org.apache.spark.sql.catalyst.plans.logical.Aggregate;
import org.apache.spark.sql.catalyst.plans.logical.CollectMetrics;
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
import org.apache.spark.sql.catalyst.plans.logical.WindowGroupLimit;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.jspecify.annotations.Nullable;

/**
 * Takes the calls out of one node: as columns of a node below it, made for the rows for which the
 * query evaluates a call; where that can't be told, for all rows, unless an image that the query
 * does not read might fail it; and one image at a time, in place, where nothing else is right.
 */
final class NodeExtraction {

  /** No limit. */
  static final int ALL = Integer.MAX_VALUE;

  private final LogicalPlan whole;
  private final int limit;

  /**
   * @param whole the plan that the nodes are of
   */
  NodeExtraction(LogicalPlan whole) {
    this(whole, ALL);
  }

  private NodeExtraction(LogicalPlan whole, int limit) {
    this.whole = whole;
    this.limit = limit;
  }

  /** The same for a node of whose rows so many are used. */
  NodeExtraction limitedTo(int rows) {
    return new NodeExtraction(whole, rows);
  }

  /** The node without calls; it may have more columns. */
  LogicalPlan apply(LogicalPlan node) {
    LogicalPlan rewritten = node;
    if (canHaveColumnsAdded(node)) {
      // Each round takes out the calls that others wait for: they stand in the others' images, or
      // in the conditions on which others are made.
      for (List<Call> calls = FunctionCalls.of(rewritten); !calls.isEmpty(); ) {
        List<Call> next = calls.stream().filter(call -> !call.waitsForOthers()).toList();
        for (Call call : next.isEmpty() ? calls.subList(0, 1) : next) {
          rewritten = extract(rewritten, call);
        }
        calls = FunctionCalls.of(rewritten);
      }
    }
    rewritten = rewritten.mapExpressions(NodeExtraction::rowAtATime);
    return rewritten instanceof Generate generate ? GeneratedRows.pruned(generate) : rewritten;
  }

  /** Nodes that take more columns from below than they need, and whose own columns we know. */
  private static boolean canHaveColumnsAdded(LogicalPlan node) {
    return node instanceof Project
        || node instanceof Filter
        || node instanceof Aggregate
        || node instanceof Join
        || node instanceof Sort
        || node instanceof Window
        || node instanceof WindowGroupLimit
        || node instanceof Generate
        || node instanceof Expand
        || node instanceof CollectMetrics
        || node instanceof RepartitionByExpression
        || node instanceof RebalancePartitions;
  }

  /** The node without this call. */
  private LogicalPlan extract(LogicalPlan node, Call call) {
    MobileNetFunction function = call.function();
    List<LogicalPlan> children = new ArrayList<>(Scala.list(node.children()));
    for (int i = 0; i < children.size(); i++) {
      Placed placed = place(children.get(i), call);
      if (placed != null) {
        children.set(i, placed.plan());
        List<Attribute> results = Scala.list(placed.results());
        LogicalPlan over =
            node instanceof Generate generate
                ? GeneratedRows.over(generate, placed.plan(), placed.results())
                : node.withNewChildren(Scala.seq(children));
        return over.mapExpressions(expression -> replace(expression, function, results));
      }
    }
    return node.mapExpressions(expression -> rowAtATime(expression, function));
  }

  /** The child with the results of a call; null if it can't have them. */
  private @Nullable Placed place(LogicalPlan child, Call call) {
    MobileNetFunction function = call.function();
    if (!EvalPlacement.provides(child, function)) {
      return null;
    }
    Placed found = EvalPlacement.find(child, function);
    if (found != null) {
      return found;
    }
    List<Guard> guards =
        Guard.either(call.guards().stream().map(guard -> guard.over(child)).toList());
    boolean harmsNoRow = harmsNoRow(function);
    if (!guards.stream().allMatch(Guard::isComplete) && !harmsNoRow) {
      return null;
    }
    Expression condition = Guard.condition(guards);
    if (condition == null || (harmsNoRow && isCalledByOthers(function))) {
      return EvalPlacement.insert(child, function, limit);
    }
    Expression image = function.child();
    MobileNetFunction guarded =
        function.withImage(new If(condition, image, Literal.create(null, image.dataType())));
    Placed made = EvalPlacement.find(child, guarded);
    return made != null ? made : EvalPlacement.insert(child, guarded, limit);
  }

  /** Whether it can be evaluated for rows for which the query does not do so. */
  static boolean harmsNoRow(MobileNetFunction function) {
    return function.options().mode() != MalformedMode.FAILFAST
        && RowExpressions.neverFails(function.child());
  }

  private boolean isCalledByOthers(MobileNetFunction function) {
    List<LogicalPlan> callers = new ArrayList<>();
    whole.foreach(
        node -> {
          boolean isCaller =
              Scala.list(node.expressions()).stream()
                  .anyMatch(expression -> expression.exists(part -> isOf(part, function)));
          if (isCaller) {
            callers.add(node);
          }
          return scala.runtime.BoxedUnit.UNIT;
        });
    return callers.size() > 1;
  }

  private static boolean isOf(Expression part, MobileNetFunction function) {
    return part instanceof MobileNetFunction other && other.sharesResultsWith(function);
  }

  /** The expression with a call's results in its place. */
  static Expression replace(
      Expression expression, MobileNetFunction call, List<Attribute> results) {
    if (expression instanceof GetStructField field && isOf(field.child(), call)) {
      return results.get(field.ordinal());
    } else if (isOf(expression, call)) {
      // A struct of a column takes the column's metadata over into its type; one of a call does
      // not.
      return ((MobileNetFunction) expression).kind() == Kind.FEATURES
          ? results.get(0).withMetadata(Metadata.empty())
          : struct(results);
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

  private static Expression rowAtATime(Expression expression, MobileNetFunction call) {
    Expression rewritten = expression.mapChildren(child -> rowAtATime(child, call));
    return isOf(rewritten, call) ? rowAtATime(rewritten) : rewritten;
  }

  /** What no operator can compute. */
  private static Expression rowAtATime(Expression expression) {
    Expression rewritten = expression.mapChildren(NodeExtraction::rowAtATime);
    return rewritten instanceof MobileNetFunction function
        ? new RowAtATime(function, function.child())
        : rewritten;
  }
}
