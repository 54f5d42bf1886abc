package io.mobilenetspark.spark.sql;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.And;
import org.apache.spark.sql.catalyst.expressions.EqualNullSafe;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.Literal;
import org.apache.spark.sql.catalyst.expressions.Not;
import org.apache.spark.sql.catalyst.expressions.Or;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.types.DataTypes;
import org.jspecify.annotations.Nullable;

/**
 * When the query evaluates a part of an expression: when all the conditions on the way to it hold.
 *
 * @param conditions in the order in which the query evaluates them, each never NULL; one may
 *     protect those behind it from failing
 * @param isComplete whether they are all there are; if not, the query may evaluate less than they
 *     let through
 */
record Guard(List<Expression> conditions, boolean isComplete) {

  /** Of what is evaluated for every row. */
  static final Guard ALWAYS = new Guard(List.of(), true);

  Guard {
    conditions = List.copyOf(conditions);
  }

  Guard ifTrue(Expression predicate) {
    return and(isTrue(predicate));
  }

  Guard unlessTrue(Expression predicate) {
    return and(new Not(isTrue(predicate)));
  }

  Guard unlessFalse(Expression predicate) {
    return and(new Not(new EqualNullSafe(predicate, Literal.create(false, DataTypes.BooleanType))));
  }

  Guard and(Expression condition) {
    List<Expression> longer = new ArrayList<>(conditions);
    longer.add(condition);
    return new Guard(longer, isComplete);
  }

  /** The same with something more that we can't tell. */
  Guard sometimes() {
    return new Guard(conditions, false);
  }

  private static Expression isTrue(Expression predicate) {
    return new EqualNullSafe(predicate, Literal.create(true, DataTypes.BooleanType));
  }

  /** Whether a condition has a call that may yet become a column. */
  boolean waitsForCalls() {
    return conditions.stream().anyMatch(FunctionCalls::in);
  }

  /**
   * What is left of it below a node. Without the conditions before it, one that may fail would do
   * so for rows for which the query does not evaluate it.
   */
  Guard over(LogicalPlan child) {
    List<Expression> usable = new ArrayList<>();
    boolean isWhole = isComplete;
    for (Expression condition : conditions) {
      boolean isUsable =
          RowExpressions.isOverRowsOf(child, condition)
              && (isWhole || RowExpressions.neverFails(condition));
      if (isUsable) {
        usable.add(condition);
      } else {
        isWhole = false;
      }
    }
    return new Guard(usable, isWhole);
  }

  /** When one of them lets through; fewer if two of them differ in nothing but a yes and a no. */
  static List<Guard> either(List<Guard> guards) {
    List<Guard> fewer = new ArrayList<>(guards);
    for (int i = 0; i < fewer.size(); i++) {
      for (int j = i + 1; j < fewer.size(); j++) {
        Guard merged = merge(fewer.get(i), fewer.get(j));
        if (merged != null) {
          fewer.remove(j);
          fewer.remove(i);
          fewer.add(merged);
          return either(fewer);
        }
      }
    }
    return fewer;
  }

  private static @Nullable Guard merge(Guard one, Guard other) {
    boolean isOneShorter = one.lengthAndDoubt() <= other.lengthAndDoubt();
    Guard shorter = isOneShorter ? one : other;
    Guard longer = isOneShorter ? other : one;
    int common = shorter.conditions.size();
    if ((shorter.isComplete || !longer.isComplete)
        && same(shorter.conditions, longer.conditions.subList(0, common))) {
      return shorter;
    }
    if (common != longer.conditions.size() || !one.isComplete || !other.isComplete) {
      return null;
    }
    List<Expression> prefix = one.conditions.subList(0, common - 1);
    return same(prefix, other.conditions.subList(0, common - 1))
            && areOpposite(one.conditions.get(common - 1), other.conditions.get(common - 1))
        ? new Guard(prefix, true)
        : null;
  }

  private int lengthAndDoubt() {
    return 2 * conditions.size() + (isComplete ? 0 : 1);
  }

  private static boolean same(List<Expression> some, List<Expression> others) {
    for (int i = 0; i < some.size(); i++) {
      if (!some.get(i).semanticEquals(others.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean areOpposite(Expression one, Expression other) {
    return (one instanceof Not not && not.child().semanticEquals(other))
        || (other instanceof Not also && also.child().semanticEquals(one));
  }

  /** As an expression; null if it is always. */
  static @Nullable Expression condition(List<Guard> guards) {
    if (guards.stream().anyMatch(guard -> guard.conditions.isEmpty())) {
      return null;
    }
    return guards.stream()
        .map(guard -> guard.conditions.stream().reduce(And::new).orElseThrow())
        .reduce(Or::new)
        .orElseThrow();
  }
}
