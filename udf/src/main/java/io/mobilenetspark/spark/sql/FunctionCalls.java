package io.mobilenetspark.spark.sql;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.And;
import org.apache.spark.sql.catalyst.expressions.CaseWhen;
import org.apache.spark.sql.catalyst.expressions.Coalesce;
import org.apache.spark.sql.catalyst.expressions.ConditionalExpression;
import org.apache.spark.sql.catalyst.expressions.EqualTo;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.If;
import org.apache.spark.sql.catalyst.expressions.IsNaN;
import org.apache.spark.sql.catalyst.expressions.IsNull;
import org.apache.spark.sql.catalyst.expressions.LambdaFunction;
import org.apache.spark.sql.catalyst.expressions.NaNvl;
import org.apache.spark.sql.catalyst.expressions.Or;
import org.apache.spark.sql.catalyst.expressions.SubqueryExpression;
import org.apache.spark.sql.catalyst.expressions.WindowExpression;
import org.apache.spark.sql.catalyst.expressions.aggregate.AggregateExpression;
import org.apache.spark.sql.catalyst.plans.logical.Join;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import scala.Tuple2;

/** The calls of our functions in a node's expressions, and when the query evaluates each. */
final class FunctionCalls {

  /**
   * A call, however often it is written.
   *
   * @param function one of the places where it stands
   * @param guards of the places; its value is of use if one lets through
   */
  record Call(MobileNetFunction function, List<Guard> guards) {
    Call {
      guards = List.copyOf(guards);
    }

    boolean waitsForOthers() {
      return guards.stream().anyMatch(Guard::waitsForCalls);
    }
  }

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
      if (node instanceof Join) {
        found.walkJoinCondition(expression);
      } else {
        found.walk(expression, Guard.ALWAYS);
      }
    }
    return found.simplified();
  }

  /** The same of one expression. */
  static List<Call> of(Expression expression) {
    FunctionCalls found = new FunctionCalls();
    found.walk(expression, Guard.ALWAYS);
    return found.simplified();
  }

  private List<Call> simplified() {
    return calls.stream()
        .map(call -> new Call(call.function(), Guard.either(call.guards())))
        .toList();
  }

  /** Every value of the image that an operator computes must be that of the row below it. */
  private static boolean canBeExtracted(MobileNetFunction function) {
    return function.deterministic()
        && !function.exists(RowExpressions::isOfMoreThanTheRow)
        && !in(function.child());
  }

  /** Keys are evaluated for each row, the rest for pairs of rows, of which there may be none. */
  private void walkJoinCondition(Expression condition) {
    if (condition instanceof And and) {
      walkJoinCondition(and.left());
      walkJoinCondition(and.right());
    } else {
      walk(condition, condition instanceof EqualTo ? Guard.ALWAYS : Guard.ALWAYS.sometimes());
    }
  }

  private void walk(Expression expression, Guard guard) {
    if (!in(expression)) {
      return;
    }
    if (expression instanceof MobileNetFunction function && canBeExtracted(function)) {
      add(function, guard);
    } else if (expression instanceof AggregateExpression aggregate) {
      // It takes in every row, whatever is made of its result.
      walkAggregate(aggregate);
    } else if (expression instanceof WindowExpression) {
      walkChildren(expression, Guard.ALWAYS);
    } else if (expression instanceof LambdaFunction || expression instanceof SubqueryExpression) {
      walkChildren(expression, guard.sometimes());
    } else {
      walkConditional(expression, guard);
    }
  }

  private void walkAggregate(AggregateExpression aggregate) {
    Guard taken = Guard.ALWAYS;
    if (aggregate.filter().isDefined()) {
      walk(aggregate.filter().get(), Guard.ALWAYS);
      taken = taken.ifTrue(aggregate.filter().get());
    }
    walk(aggregate.aggregateFunction(), taken);
  }

  private void walkConditional(Expression expression, Guard guard) {
    if (expression instanceof If choice) {
      walk(choice.predicate(), guard);
      walk(choice.trueValue(), guard.ifTrue(choice.predicate()));
      walk(choice.falseValue(), guard.unlessTrue(choice.predicate()));
    } else if (expression instanceof CaseWhen choice) {
      walkBranches(choice, guard);
    } else if (expression instanceof Coalesce) {
      Guard reached = guard;
      for (Expression child : Scala.list(expression.children())) {
        walk(child, reached);
        reached = reached.and(new IsNull(child));
      }
    } else if (expression instanceof NaNvl choice) {
      walk(choice.left(), guard);
      walk(choice.right(), guard.and(new IsNaN(choice.left())));
    } else if (expression instanceof And and) {
      walk(and.left(), guard);
      walk(and.right(), guard.unlessFalse(and.left()));
    } else if (expression instanceof Or or) {
      walk(or.left(), guard);
      walk(or.right(), guard.unlessTrue(or.left()));
    } else if (expression instanceof ConditionalExpression conditional) {
      List<Expression> always = Scala.list(conditional.alwaysEvaluatedInputs());
      for (Expression child : Scala.list(expression.children())) {
        walk(child, always.contains(child) ? guard : guard.sometimes());
      }
    } else {
      walkChildren(expression, guard);
    }
  }

  private void walkBranches(CaseWhen choice, Guard guard) {
    Guard reached = guard;
    for (Tuple2<Expression, Expression> branch : Scala.list(choice.branches())) {
      walk(branch._1(), reached);
      walk(branch._2(), reached.ifTrue(branch._1()));
      reached = reached.unlessTrue(branch._1());
    }
    if (choice.elseValue().isDefined()) {
      walk(choice.elseValue().get(), reached);
    }
  }

  private void walkChildren(Expression expression, Guard guard) {
    for (Expression child : Scala.list(expression.children())) {
      walk(child, guard);
    }
  }

  private void add(MobileNetFunction function, Guard guard) {
    for (int i = 0; i < calls.size(); i++) {
      Call call = calls.get(i);
      if (call.function().sharesResultsWith(function)) {
        List<Guard> guards = new ArrayList<>(call.guards());
        guards.add(guard);
        calls.set(i, new Call(call.function(), guards));
        return;
      }
    }
    calls.add(new Call(function, List.of(guard)));
  }
}
