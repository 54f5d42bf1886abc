package io.mobilenetspark.spark.sql;

import java.util.List;
import org.apache.spark.sql.catalyst.plans.logical.GlobalLimit;
import org.apache.spark.sql.catalyst.plans.logical.LocalLimit;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Offset;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.catalyst.plans.logical.Sort;
import org.jspecify.annotations.Nullable;

/** Limits before vectors: rows that a limit cuts off need none. */
final class LimitPlacement {

  private LimitPlacement() {}

  /** The plan, a limit or not, with its limit below the nodes that run the network. */
  static LogicalPlan apply(LogicalPlan plan) {
    if (plan instanceof GlobalLimit) {
      LocalLimit local = local(plan);
      LogicalPlan smallest = local == null ? null : smallest(plan, local);
      return smallest == null ? plan : smallest;
    } else if (plan instanceof LocalLimit local
        && local.child() instanceof Project project
        && project.child() instanceof MobileNetEval eval
        && !(below(eval) instanceof Sort)) {
      // Each partition makes its own rows' vectors, at most as many as the limit.
      return local.withNewChildren(Scala.seq(List.of(withBelow(project, eval, local))));
    }
    return plan;
  }

  /** The limit of partitions that Spark puts below a limit and an offset. */
  private static @Nullable LocalLimit local(LogicalPlan limit) {
    if (limit instanceof LocalLimit local) {
      return local;
    }
    return limit instanceof GlobalLimit || limit instanceof Offset
        ? local(limit.children().head())
        : null;
  }

  /** The first rows of a sorted table: they are found first, then embedded in one task. */
  private static @Nullable LogicalPlan smallest(LogicalPlan limit, LocalLimit local) {
    if (local.child() instanceof Project project
        && project.child() instanceof MobileNetEval eval
        && below(eval) instanceof Sort) {
      return withBelow(project, eval, limit);
    } else if (local.child() instanceof Sort sort
        && sort.child() instanceof Project project
        && project.child() instanceof MobileNetEval eval
        && sort.references().subsetOf(below(eval).outputSet())) {
      LogicalPlan sorted = sort.withNewChildren(Scala.seq(List.of(below(eval))));
      return withBelow(project, withBelow(eval, sorted), limit);
    }
    return null;
  }

  /** What is below a node and those of its kind directly below it. */
  private static LogicalPlan below(MobileNetEval eval) {
    return eval.child() instanceof MobileNetEval lower ? below(lower) : eval.child();
  }

  private static MobileNetEval withBelow(MobileNetEval eval, LogicalPlan below) {
    return eval.withChild(
        eval.child() instanceof MobileNetEval lower ? withBelow(lower, below) : below);
  }

  private static LogicalPlan withBelow(Project project, MobileNetEval eval, LogicalPlan limit) {
    return new Project(project.projectList(), withBelow(eval, limited(limit, below(eval))));
  }

  /** The limits on other rows. */
  private static LogicalPlan limited(LogicalPlan limit, LogicalPlan rows) {
    LogicalPlan below = limit instanceof LocalLimit ? rows : limited(limit.children().head(), rows);
    return limit.withNewChildren(Scala.seq(List.of(below)));
  }
}
