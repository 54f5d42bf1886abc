package io.mobilenetspark.spark.sql;

import java.util.List;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.SortOrder;
import org.apache.spark.sql.catalyst.plans.logical.Aggregate;
import org.apache.spark.sql.catalyst.plans.logical.GlobalLimit;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.RepartitionByExpression;
import org.apache.spark.sql.catalyst.plans.logical.RepartitionOperation;
import org.apache.spark.sql.catalyst.plans.logical.Sort;
import org.apache.spark.sql.catalyst.plans.logical.Window;
import scala.Option;

/**
 * Before it sorts a whole table, Spark runs what is below once more to sample it. An exchange in
 * between keeps the vectors, which are far cheaper to move than to compute.
 */
final class RangeSampling {

  private RangeSampling() {}

  static LogicalPlan apply(LogicalPlan plan) {
    boolean isSampling =
        (plan instanceof Sort sort && sort.global())
            || (plan instanceof RepartitionByExpression byRange
                && Scala.list(byRange.partitionExpressions()).stream()
                    .anyMatch(SortOrder.class::isInstance));
    LogicalPlan child = isSampling ? plan.children().head() : plan;
    if (!isSampling || !runsNetwork(child)) {
      return plan;
    }
    LogicalPlan exchange =
        new RepartitionByExpression(
            Scala.<Expression>seq(List.of()), child, Option.empty(), Option.empty());
    return plan.withNewChildren(Scala.seq(List.of(exchange)));
  }

  /** Whether there is a network between this and the next exchange or the leaves. */
  private static boolean runsNetwork(LogicalPlan plan) {
    if (plan instanceof MobileNetEval) {
      return true;
    }
    boolean hasExchange =
        plan instanceof Aggregate
            || plan instanceof Window
            || plan instanceof GlobalLimit
            || plan instanceof RepartitionOperation
            || (plan instanceof Sort sort && sort.global());
    return !hasExchange
        && Scala.list(plan.children()).stream().anyMatch(RangeSampling::runsNetwork);
  }
}
