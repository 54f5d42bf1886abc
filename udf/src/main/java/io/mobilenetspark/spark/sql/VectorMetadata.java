package io.mobilenetspark.spark.sql;

import io.mobilenetspark.spark.FeatureMetadata;
import io.mobilenetspark.spark.sql.MobileNetFunction.Kind;
import org.apache.spark.sql.catalyst.expressions.Alias;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.rules.Rule;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.MetadataBuilder;
import scala.Option;
import scala.runtime.AbstractPartialFunction;

/**
 * A column that is a vector says which model it is of, in its metadata, which tables keep: Spark
 * itself takes metadata over from columns and fields of structs only.
 */
final class VectorMetadata extends Rule<LogicalPlan> {

  @Override
  public LogicalPlan apply(LogicalPlan plan) {
    return plan.resolveExpressions(
        new AbstractPartialFunction<Expression, Expression>() {
          @Override
          public boolean isDefinedAt(Expression expression) {
            return expression instanceof Alias alias
                && alias.child() instanceof MobileNetFunction function
                && function.kind() == Kind.FEATURES
                && !alias.metadata().contains(FeatureMetadata.PREFIX + "model");
          }

          @Override
          public Expression apply(Expression expression) {
            Alias alias = (Alias) expression;
            MobileNetFunction function = (MobileNetFunction) alias.child();
            Metadata metadata =
                new MetadataBuilder()
                    .withMetadata(alias.metadata())
                    .withMetadata(
                        FeatureMetadata.columnMetadata(
                            function.model().frozen(), function.options()))
                    .build();
            return new Alias(
                alias.child(),
                alias.name(),
                alias.exprId(),
                alias.qualifier(),
                Option.apply(metadata),
                alias.nonInheritableMetadataKeys());
          }
        });
  }
}
