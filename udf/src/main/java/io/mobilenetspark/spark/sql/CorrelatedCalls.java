package io.mobilenetspark.spark.sql;

import io.mobilenetspark.spark.sql.EvalPlacement.Placed;
import io.mobilenetspark.spark.sql.FunctionCalls.Call;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.Exists;
import org.apache.spark.sql.catalyst.expressions.ListQuery;
import org.apache.spark.sql.catalyst.expressions.SubqueryExpression;

/**
 * Calls in the conditions that Spark has taken out of a correlated EXISTS or IN, to make a join of
 * it later. Those on the subquery's own images are made in the subquery: a row's once, not once a
 * pair.
 */
final class CorrelatedCalls {

  private CorrelatedCalls() {}

  /** The subquery with the calls on its images made in its plan. */
  static SubqueryExpression intoPlan(SubqueryExpression subquery) {
    boolean becomesJoin = subquery instanceof Exists || subquery instanceof ListQuery;
    if (!becomesJoin || !FunctionCalls.in(subquery)) {
      return subquery;
    }
    SubqueryExpression rewritten = subquery;
    for (Call call : FunctionCalls.of(rewritten)) {
      MobileNetFunction function = call.function();
      if (!function.references().isEmpty()
          && EvalPlacement.provides(rewritten.plan(), function)
          && NodeExtraction.harmsNoRow(function)) {
        Placed placed = EvalPlacement.place(rewritten.plan(), function);
        List<Attribute> results = Scala.list(placed.results());
        rewritten =
            (SubqueryExpression)
                rewritten
                    .withNewPlan(placed.plan())
                    .mapChildren(child -> NodeExtraction.replace(child, function, results));
      }
    }
    return rewritten;
  }
}
