package io.mobilenetspark.spark.sql;

import java.util.List;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.execution.SparkStrategy;
import scala.collection.immutable.Seq;

/** Plans {@link MobileNetEval} as {@link MobileNetEvalExec}. */
final class MobileNetStrategy extends SparkStrategy {

  @Override
  public Seq<SparkPlan> apply(LogicalPlan plan) {
    if (plan instanceof MobileNetEval eval) {
      return Scala.seq(
          List.of(new MobileNetEvalExec(eval.function(), eval.results(), planLater(eval.child()))));
    }
    return Scala.seq(List.of());
  }
}
