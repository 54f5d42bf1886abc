package io.mobilenetspark.spark.sql;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.AttributeSet;
import org.apache.spark.sql.catalyst.expressions.AttributeSet$;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.plans.logical.GlobalLimit;
import org.apache.spark.sql.catalyst.plans.logical.LocalLimit;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Offset;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.catalyst.plans.logical.Sort;
import org.jspecify.annotations.Nullable;
import scala.collection.immutable.Seq;

/** Limits before vectors: rows that a limit cuts off need none. */
final class LimitPlacement {

  private LimitPlacement() {}

  /** The plan, a limit or not, with its limit below the nodes that run the network. */
  static LogicalPlan apply(LogicalPlan plan) {
    if (plan instanceof GlobalLimit) {
      LocalLimit local = local(plan);
      LogicalPlan smallest = local == null ? null : smallest(plan, local);
      return smallest == null ? plan : smallest;
    } else if (plan instanceof LocalLimit local && !(belowColumns(local.child()) instanceof Sort)) {
      List<LogicalPlan> columns = columns(local.child());
      int last = lastEval(columns);
      // Each partition makes its own rows' vectors, at most as many as the limit.
      return last < 0
          ? plan
          : local.withNewChildren(
              one(over(columns.subList(0, last + 1), onRows(local, rows(columns.get(last))))));
    }
    return plan;
  }

  /**
   * The projections of whose rows a limit leaves few, with that limit: between them is nothing that
   * needs their vectors.
   */
  static IdentityHashMap<LogicalPlan, Integer> limited(LogicalPlan plan) {
    IdentityHashMap<LogicalPlan, Integer> limited = new IdentityHashMap<>();
    plan.foreach(
        node -> {
          if (node instanceof LocalLimit limit
              && limit.limitExpr().eval(null) instanceof Integer n) {
            addLimited(limit.child(), n, limited);
          }
          return scala.runtime.BoxedUnit.UNIT;
        });
    return limited;
  }

  private static void addLimited(
      LogicalPlan plan, int n, IdentityHashMap<LogicalPlan, Integer> limited) {
    AttributeSet order = AttributeSet$.MODULE$.empty();
    for (LogicalPlan node = plan; node instanceof Sort || isOfColumns(node); node = rows(node)) {
      if (node instanceof Sort sort) {
        order = order.$plus$plus(sort.references());
      } else if (node instanceof Project project && needsVectors(project, order)) {
        return;
      } else {
        limited.merge(node, n, Math::min);
      }
    }
  }

  private static boolean needsVectors(Project project, AttributeSet order) {
    return Scala.list(project.projectList()).stream()
        .anyMatch(
            column ->
                order.contains(column.toAttribute()) && FunctionCalls.in((Expression) column));
  }

  /** The limit of partitions that Spark puts below a limit and an offset. */
  private static @Nullable LocalLimit local(LogicalPlan limit) {
    if (limit instanceof LocalLimit local) {
      return local;
    }
    return limit instanceof GlobalLimit || limit instanceof Offset ? local(rows(limit)) : null;
  }

  /** The first rows of a sorted table: they are found first, then embedded in one task. */
  private static @Nullable LogicalPlan smallest(LogicalPlan limit, LocalLimit local) {
    List<LogicalPlan> above = columns(local.child());
    if (!(belowColumns(local.child()) instanceof Sort sort)) {
      return null;
    }
    List<LogicalPlan> below = columns(sort.child());
    int last = lastEval(below);
    while (last >= 0 && !sort.references().subsetOf(rows(below.get(last)).outputSet())) {
      last = lastEval(below.subList(0, last));
    }
    if (last < 0 && lastEval(above) < 0) {
      return null;
    }
    LogicalPlan rows = last < 0 ? sort.child() : rows(below.get(last));
    List<LogicalPlan> columns = new ArrayList<>(above);
    columns.addAll(below.subList(0, last + 1));
    return over(columns, limited(limit, sort.withNewChildren(one(rows))));
  }

  /** The nodes, from the top, that add columns to rows or take some away. */
  private static List<LogicalPlan> columns(LogicalPlan plan) {
    List<LogicalPlan> columns = new ArrayList<>();
    for (LogicalPlan node = plan; isOfColumns(node); node = rows(node)) {
      columns.add(node);
    }
    return columns;
  }

  /** What is below those nodes. */
  private static LogicalPlan belowColumns(LogicalPlan plan) {
    return isOfColumns(plan) ? belowColumns(rows(plan)) : plan;
  }

  private static boolean isOfColumns(LogicalPlan node) {
    return node instanceof MobileNetEval
        || (node instanceof Project
            && Scala.list(node.expressions()).stream().allMatch(Expression::deterministic));
  }

  private static int lastEval(List<LogicalPlan> columns) {
    int last = columns.size() - 1;
    while (last >= 0 && !(columns.get(last) instanceof MobileNetEval)) {
      last--;
    }
    return last;
  }

  private static LogicalPlan over(List<LogicalPlan> columns, LogicalPlan rows) {
    LogicalPlan plan = rows;
    for (int i = columns.size() - 1; i >= 0; i--) {
      plan = onRows(columns.get(i), plan);
    }
    return plan;
  }

  /** The limits on other rows. */
  private static LogicalPlan limited(LogicalPlan limit, LogicalPlan rows) {
    return onRows(limit, limit instanceof LocalLimit ? rows : limited(rows(limit), rows));
  }

  private static LogicalPlan rows(LogicalPlan node) {
    return node.children().head();
  }

  private static LogicalPlan onRows(LogicalPlan node, LogicalPlan rows) {
    return node.withNewChildren(one(rows));
  }

  private static Seq<LogicalPlan> one(LogicalPlan plan) {
    return Scala.seq(List.of(plan));
  }
}
