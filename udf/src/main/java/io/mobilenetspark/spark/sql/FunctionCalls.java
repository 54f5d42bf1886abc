package io.mobilenetspark.spark.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.catalyst.expressions.And;
import org.apache.spark.sql.catalyst.expressions.CaseWhen;
import org.apache.spark.sql.catalyst.expressions.EqualNullSafe;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.If;
import org.apache.spark.sql.catalyst.expressions.Literal;
import org.apache.spark.sql.catalyst.expressions.NamedLambdaVariable;
import org.apache.spark.sql.catalyst.expressions.Not;
import org.apache.spark.sql.catalyst.expressions.Or;
import org.apache.spark.sql.catalyst.expressions.OuterReference;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.types.DataTypes;
import org.jspecify.annotations.Nullable;
import scala.Tuple2;

/** The calls of our functions in a node's expressions, and under which condition each is made. */
final class FunctionCalls {

  /**
   * A call, however often it is written.
   *
   * @param function one of the places where it stands
   * @param condition what must hold for its value to be of use; null if it always is
   */
  record Call(MobileNetFunction function, @Nullable Expression condition) {}

  private final List<Call> calls = new ArrayList<>();

  private FunctionCalls() {}

  /** Whether there is a call in the expression. */
  static boolean in(Expression expression) {
    return expression.exists(MobileNetFunction.class::isInstance);
  }

  /** Whether there is a call in the node itself that no operator makes yet. */
  static boolean in(LogicalPlan node) {
    return !(node instanceof MobileNetEval)
        && Scala.list(node.expressions()).stream().anyMatch(FunctionCalls::in);
  }

  /**
   * The calls of a node that an operator below it can make, each once. Where one is the argument of
   * another, only the inner one.
   */
  static List<Call> of(LogicalPlan node) {
    FunctionCalls found = new FunctionCalls();
    for (Expression expression : Scala.list(node.expressions())) {
      found.walk(expression, null);
    }
    return found.calls;
  }

  /** Every value of the image that an operator computes must be that of the row below it. */
  private static boolean canBeExtracted(MobileNetFunction function) {
    return function.deterministic()
        && !function.exists(
            part -> part instanceof NamedLambdaVariable || part instanceof OuterReference)
        && !in(function.child());
  }

  private void walk(Expression expression, @Nullable Expression condition) {
    if (expression instanceof MobileNetFunction function && canBeExtracted(function)) {
      add(function, condition);
    } else if (expression instanceof If choice) {
      walk(choice.predicate(), condition);
      walk(choice.trueValue(), and(condition, isTrue(choice.predicate())));
      walk(choice.falseValue(), and(condition, new Not(isTrue(choice.predicate()))));
    } else if (expression instanceof CaseWhen choice) {
      Expression reached = condition;
      for (Tuple2<Expression, Expression> branch : Scala.list(choice.branches())) {
        walk(branch._1(), reached);
        walk(branch._2(), and(reached, isTrue(branch._1())));
        reached = and(reached, new Not(isTrue(branch._1())));
      }
      if (choice.elseValue().isDefined()) {
        walk(choice.elseValue().get(), reached);
      }
    } else {
      for (Expression child : Scala.list(expression.children())) {
        walk(child, condition);
      }
    }
  }

  private void add(MobileNetFunction function, @Nullable Expression condition) {
    // A condition that needs the network, or that may change its mind, can't decide beforehand.
    Expression usable =
        condition != null && condition.deterministic() && !in(condition) ? condition : null;
    Optional<Call> same =
        calls.stream().filter(call -> call.function().sharesResultsWith(function)).findFirst();
    if (same.isEmpty()) {
      calls.add(new Call(function, usable));
      return;
    }
    Expression other = same.get().condition();
    Expression either = usable == null || other == null ? null : new Or(other, usable);
    calls.set(calls.indexOf(same.get()), new Call(same.get().function(), either));
  }

  private static Expression isTrue(Expression predicate) {
    return new EqualNullSafe(predicate, Literal.create(true, DataTypes.BooleanType));
  }

  private static Expression and(@Nullable Expression left, Expression right) {
    return left == null ? right : new And(left, right);
  }
}
