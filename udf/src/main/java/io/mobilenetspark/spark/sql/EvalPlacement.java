package io.mobilenetspark.spark.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.NamedExpression;
import org.apache.spark.sql.catalyst.plans.Cross$;
import org.apache.spark.sql.catalyst.plans.ExistenceJoin;
import org.apache.spark.sql.catalyst.plans.Inner$;
import org.apache.spark.sql.catalyst.plans.JoinType;
import org.apache.spark.sql.catalyst.plans.LeftAnti$;
import org.apache.spark.sql.catalyst.plans.LeftOuter$;
import org.apache.spark.sql.catalyst.plans.LeftSemi$;
import org.apache.spark.sql.catalyst.plans.LeftSingle$;
import org.apache.spark.sql.catalyst.plans.RightOuter$;
import org.apache.spark.sql.catalyst.plans.logical.BROADCAST$;
import org.apache.spark.sql.catalyst.plans.logical.CollectMetrics;
import org.apache.spark.sql.catalyst.plans.logical.Filter;
import org.apache.spark.sql.catalyst.plans.logical.Generate;
import org.apache.spark.sql.catalyst.plans.logical.GlobalLimit;
import org.apache.spark.sql.catalyst.plans.logical.HintInfo;
import org.apache.spark.sql.catalyst.plans.logical.Join;
import org.apache.spark.sql.catalyst.plans.logical.LocalLimit;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Offset;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.catalyst.plans.logical.RebalancePartitions;
import org.apache.spark.sql.catalyst.plans.logical.Repartition;
import org.apache.spark.sql.catalyst.plans.logical.RepartitionByExpression;
import org.apache.spark.sql.catalyst.plans.logical.Sample;
import org.apache.spark.sql.catalyst.plans.logical.Sort;
import org.apache.spark.sql.catalyst.plans.logical.UnionLoopRef;
import org.apache.spark.sql.catalyst.plans.logical.Window;
import org.apache.spark.sql.catalyst.plans.logical.WindowGroupLimit;
import org.jspecify.annotations.Nullable;
import scala.Option;
import scala.collection.immutable.Seq;

/**
 * Where in a plan a call is made: nowhere if its results are there already, else as low as no image
 * is embedded that would not be otherwise.
 */
final class EvalPlacement {

  /** Joins whose rows have the columns of the right side as they are. */
  private static final Set<JoinType> KEEP_RIGHT =
      Set.of(Inner$.MODULE$, Cross$.MODULE$, RightOuter$.MODULE$);

  /** Joins whose rows have the columns of the left side as they are. */
  private static final Set<JoinType> KEEP_LEFT =
      Set.of(
          Inner$.MODULE$,
          Cross$.MODULE$,
          LeftOuter$.MODULE$,
          LeftSingle$.MODULE$,
          LeftSemi$.MODULE$,
          LeftAnti$.MODULE$);

  /**
   * A plan that has the results of a call in its output.
   *
   * @param plan the plan, with columns added
   * @param results the columns
   */
  record Placed(LogicalPlan plan, Seq<Attribute> results) {}

  private EvalPlacement() {}

  /** The plan with the results of a call, made here if no node below makes it. */
  static Placed place(LogicalPlan plan, MobileNetFunction function) {
    Placed found = find(plan, function);
    return found != null ? found : insert(plan, function, NodeExtraction.ALL);
  }

  /** Whether the plan has all that the call needs. */
  static boolean provides(LogicalPlan plan, MobileNetFunction function) {
    return function.references().subsetOf(plan.outputSet());
  }

  /** The plan with the results of a call that a node of it makes; null if none does. */
  static @Nullable Placed find(LogicalPlan plan, MobileNetFunction function) {
    if (!provides(plan, function)) {
      return null;
    }
    if (plan instanceof MobileNetEval eval) {
      if (eval.function().sharesResultsWith(function)) {
        return new Placed(eval, eval.results());
      }
      return below(plan, eval.child(), function);
    } else if (plan instanceof Project project) {
      Placed found = find(project.child(), function);
      return found == null ? null : passOn(project, found);
    } else if (plan instanceof Join join) {
      return findInJoin(join, function);
    } else if (keepsItsChildsColumns(plan)) {
      return below(plan, plan.children().head(), function);
    }
    return null;
  }

  private static boolean keepsItsChildsColumns(LogicalPlan plan) {
    return plan instanceof Filter
        || plan instanceof Sort
        || plan instanceof LocalLimit
        || plan instanceof GlobalLimit
        || plan instanceof Offset
        || plan instanceof Window
        || plan instanceof WindowGroupLimit
        || plan instanceof Generate
        || plan instanceof Sample
        || plan instanceof CollectMetrics
        || plan instanceof Repartition
        || plan instanceof RepartitionByExpression
        || plan instanceof RebalancePartitions;
  }

  private static @Nullable Placed below(
      LogicalPlan plan, LogicalPlan child, MobileNetFunction function) {
    Placed found = find(child, function);
    if (found == null) {
      return null;
    }
    LogicalPlan passedOn =
        plan instanceof Generate generate
            ? GeneratedRows.over(generate, found.plan(), found.results())
            : plan.withNewChildren(Scala.seq(List.of(found.plan())));
    return new Placed(passedOn, found.results());
  }

  /** A projection that lets the results through as well. */
  private static Placed passOn(Project project, Placed found) {
    List<NamedExpression> columns = new ArrayList<>(Scala.list(project.projectList()));
    for (Attribute result : Scala.list(found.results())) {
      if (!project.outputSet().contains(result)) {
        columns.add(result);
      }
    }
    return new Placed(new Project(Scala.seq(columns), found.plan()), found.results());
  }

  private static @Nullable Placed findInJoin(Join join, MobileNetFunction function) {
    JoinType type = join.joinType();
    if (KEEP_LEFT.contains(type) || type instanceof ExistenceJoin) {
      Placed left = find(join.left(), function);
      if (left != null) {
        return withLeft(join, left);
      }
    }
    if (KEEP_RIGHT.contains(type)) {
      Placed right = find(join.right(), function);
      if (right != null) {
        return withRight(join, right);
      }
    }
    return null;
  }

  private static Placed withLeft(Join join, Placed left) {
    return new Placed(
        join.withNewChildren(Scala.seq(List.of(left.plan(), join.right()))), left.results());
  }

  private static Placed withRight(Join join, Placed right) {
    return new Placed(
        join.withNewChildren(Scala.seq(List.of(join.left(), right.plan()))), right.results());
  }

  /**
   * The plan with a node that makes the call.
   *
   * @param limit on the rows of the plan, which can be put below the call
   */
  static Placed insert(LogicalPlan plan, MobileNetFunction function, int limit) {
    Placed below = belowJoin(plan, function, limit);
    if (below != null) {
      return below;
    }
    MobileNetEval eval = MobileNetEval.of(function, plan);
    return new Placed(eval, eval.results());
  }

  /** A call in a side of a join, where it is best made there; else null. */
  private static @Nullable Placed belowJoin(
      LogicalPlan plan, MobileNetFunction function, int limit) {
    if (plan instanceof Project project && provides(project.child(), function)) {
      Placed below = belowJoin(project.child(), function, limit);
      return below == null ? null : passOn(project, below);
    } else if (plan instanceof Join join) {
      if (provides(join.left(), function) && isBestOnLeft(join, function, limit)) {
        return withLeft(join, place(join.left(), function));
      }
      if (provides(join.right(), function) && isBestOnRight(join, function, limit)) {
        return withRight(join, place(join.right(), function));
      }
    }
    return null;
  }

  /**
   * A join may repeat a row many times, or leave it out. An outer join leaves none of its side out;
   * a limit does. Of an inner join nobody knows. A row of the side that it streams is repeated at
   * once, so that above the join its image is embedded once, and only if it is needed. But rows of
   * a side that is broadcast come again and again in any order, and that side is small.
   */
  private static boolean isBestOnLeft(Join join, MobileNetFunction function, int limit) {
    if (join.joinType().equals(LeftOuter$.MODULE$)) {
      return limit == NodeExtraction.ALL;
    }
    return isHarmlessBelowInner(join, function, limit)
        && isBroadcast(join.left(), join.hint().leftHint())
        && !isHinted(join.hint().rightHint())
        && (isHinted(join.hint().leftHint()) || size(join.left()) < size(join.right()));
  }

  private static boolean isBestOnRight(Join join, MobileNetFunction function, int limit) {
    if (join.joinType().equals(RightOuter$.MODULE$)) {
      return limit == NodeExtraction.ALL;
    }
    return isHarmlessBelowInner(join, function, limit)
        && isBroadcast(join.right(), join.hint().rightHint())
        && !isHinted(join.hint().leftHint())
        && (isHinted(join.hint().rightHint()) || size(join.right()) <= size(join.left()));
  }

  /**
   * One batch costs no more than a side, however small. What is beside the rows of a recursion
   * would be embedded whole in each of its rounds.
   */
  private static boolean isHarmlessBelowInner(Join join, MobileNetFunction function, int limit) {
    return join.joinType().equals(Inner$.MODULE$)
        && limit > function.options().imagesOfPlan()
        && !join.exists(UnionLoopRef.class::isInstance)
        && NodeExtraction.harmsNoRow(function);
  }

  private static boolean isBroadcast(LogicalPlan side, Option<HintInfo> hint) {
    return isHinted(hint) || size(side) <= side.conf().autoBroadcastJoinThreshold();
  }

  private static boolean isHinted(Option<HintInfo> hint) {
    return hint.isDefined() && hint.get().strategy().contains(BROADCAST$.MODULE$);
  }

  private static double size(LogicalPlan side) {
    return side.stats().sizeInBytes().doubleValue();
  }
}
