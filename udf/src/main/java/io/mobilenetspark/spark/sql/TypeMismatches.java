package io.mobilenetspark.spark.sql;

import java.util.Map;
import org.apache.spark.sql.catalyst.analysis.TypeCheckResult;
import org.apache.spark.sql.catalyst.expressions.Cast$;
import org.apache.spark.sql.catalyst.expressions.Expression;
import scala.jdk.javaapi.CollectionConverters;

/** Spark's own error for an argument of a type that a function does not take. */
final class TypeMismatches {

  private TypeMismatches() {}

  static TypeCheckResult of(String which, String accepted, Expression argument) {
    Map<String, String> parameters =
        Map.of(
            "paramIndex",
            which,
            "requiredType",
            accepted,
            "inputSql",
            Cast$.MODULE$.toSQLExpr(argument),
            "inputType",
            Cast$.MODULE$.toSQLType(argument.dataType()));
    return new TypeCheckResult.DataTypeMismatch(
        "UNEXPECTED_INPUT_TYPE",
        scala.collection.immutable.Map$.MODULE$.from(CollectionConverters.asScala(parameters)));
  }
}
