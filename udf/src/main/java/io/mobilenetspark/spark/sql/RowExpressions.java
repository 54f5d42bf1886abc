package io.mobilenetspark.spark.sql;

import org.apache.spark.sql.catalyst.expressions.Alias;
import org.apache.spark.sql.catalyst.expressions.And;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.BinaryComparison;
import org.apache.spark.sql.catalyst.expressions.CaseWhen;
import org.apache.spark.sql.catalyst.expressions.Cast;
import org.apache.spark.sql.catalyst.expressions.Coalesce;
import org.apache.spark.sql.catalyst.expressions.CreateNamedStruct;
import org.apache.spark.sql.catalyst.expressions.ElementAt;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.Generator;
import org.apache.spark.sql.catalyst.expressions.GetArrayItem;
import org.apache.spark.sql.catalyst.expressions.GetMapValue;
import org.apache.spark.sql.catalyst.expressions.GetStructField;
import org.apache.spark.sql.catalyst.expressions.If;
import org.apache.spark.sql.catalyst.expressions.In;
import org.apache.spark.sql.catalyst.expressions.InSet;
import org.apache.spark.sql.catalyst.expressions.IsNaN;
import org.apache.spark.sql.catalyst.expressions.IsNotNull;
import org.apache.spark.sql.catalyst.expressions.IsNull;
import org.apache.spark.sql.catalyst.expressions.Literal;
import org.apache.spark.sql.catalyst.expressions.NamedLambdaVariable;
import org.apache.spark.sql.catalyst.expressions.Not;
import org.apache.spark.sql.catalyst.expressions.Or;
import org.apache.spark.sql.catalyst.expressions.OuterReference;
import org.apache.spark.sql.catalyst.expressions.ScalarSubquery;
import org.apache.spark.sql.catalyst.expressions.Size;
import org.apache.spark.sql.catalyst.expressions.StringPredicate;
import org.apache.spark.sql.catalyst.expressions.SubqueryExpression;
import org.apache.spark.sql.catalyst.expressions.WindowExpression;
import org.apache.spark.sql.catalyst.expressions.aggregate.AggregateExpression;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;

/** What may be evaluated at another place than where it is written. */
final class RowExpressions {

  private RowExpressions() {}

  /** Whether its value is that of one row of the plan, the same wherever it is evaluated. */
  static boolean isOverRowsOf(LogicalPlan plan, Expression expression) {
    return expression.deterministic()
        && expression.references().subsetOf(plan.outputSet())
        && !expression.exists(RowExpressions::needsItsPlace);
  }

  /**
   * A subquery that becomes a join has its place, too, and what runs the network is not repeated.
   */
  private static boolean needsItsPlace(Expression part) {
    return isOfMoreThanTheRow(part)
        || part instanceof MobileNetFunction
        || part instanceof RowAtATime
        || (part instanceof SubqueryExpression
            && !(part instanceof ScalarSubquery scalar && scalar.outerAttrs().isEmpty()));
  }

  /** Whether it has a value only where it is written. */
  static boolean isOfMoreThanTheRow(Expression part) {
    return part instanceof NamedLambdaVariable
        || part instanceof OuterReference
        || part instanceof AggregateExpression
        || part instanceof WindowExpression
        || part instanceof Generator;
  }

  /**
   * Whether it fails for no row whatever, as a division or a cast may. Of those that images and
   * conditions are made of; of others we don't know.
   */
  static boolean neverFails(Expression expression) {
    return !expression.exists(part -> !neverFailsItself(part));
  }

  private static boolean neverFailsItself(Expression part) {
    if (part instanceof GetArrayItem item) {
      return !item.failOnError();
    } else if (part instanceof ElementAt element) {
      return !element.failOnError();
    } else if (part instanceof Cast cast) {
      return Cast.canUpCast(cast.child().dataType(), cast.dataType());
    }
    return part instanceof Attribute
        || part instanceof Literal
        || part instanceof Alias
        || part instanceof GetStructField
        || part instanceof GetMapValue
        || part instanceof CreateNamedStruct
        || part instanceof If
        || part instanceof CaseWhen
        || part instanceof Coalesce
        || part instanceof And
        || part instanceof Or
        || part instanceof Not
        || part instanceof BinaryComparison
        || part instanceof In
        || part instanceof InSet
        || part instanceof IsNull
        || part instanceof IsNotNull
        || part instanceof IsNaN
        || part instanceof Size
        || part instanceof StringPredicate
        || part instanceof ScalarSubquery
        || part instanceof MobileNetFunction;
  }
}
