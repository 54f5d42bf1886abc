package io.mobilenetspark.spark.sql;

import java.util.List;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.SortOrder;
import org.apache.spark.sql.catalyst.plans.logical.Aggregate;
import org.apache.spark.sql.catalyst.plans.logical.GlobalLimit;
import org.apache.spark.sql.catalyst.plans.logical.LocalLimit;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
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

  /** The whole plan, with exchanges where it needs them. */
  static LogicalPlan apply(LogicalPlan plan) {
    if (plan instanceof LocalLimit) {
      return plan.mapChildren(RangeSampling::withoutSampling);
    }
    return keepVectors(plan.mapChildren(RangeSampling::apply));
  }

  /** The first rows of a sorted table are found without sampling. */
  private static LogicalPlan withoutSampling(LogicalPlan plan) {
    if (plan instanceof Project) {
      return plan.mapChildren(RangeSampling::withoutSampling);
    }
    return plan instanceof Sort ? plan.mapChildren(RangeSampling::apply) : apply(plan);
  }

  private static LogicalPlan keepVectors(LogicalPlan node) {
    boolean isSampling =
        (node instanceof Sort sort && sort.global())
            || (node instanceof RepartitionByExpression byRange
                && Scala.list(byRange.partitionExpressions()).stream()
                    .anyMatch(SortOrder.class::isInstance));
    if (!isSampling || !runsNetwork(node.children().head())) {
      return node;
    }
    LogicalPlan exchange =
        new RepartitionByExpression(
            Scala.<Expression>seq(List.of()),
            node.children().head(),
            Option.empty(),
            Option.empty());
    return node.withNewChildren(Scala.seq(List.of(exchange)));
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
