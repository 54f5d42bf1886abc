package io.mobilenetspark.spark.sql;

import io.mobilenetspark.spark.sql.MobileNetFunctions.SqlFunction;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.SparkSessionExtensions;
import org.apache.spark.sql.catalyst.analysis.FunctionRegistry$;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.rules.Rule;
import org.apache.spark.sql.execution.SparkStrategy;
import scala.Tuple3;
import scala.collection.immutable.Seq;
import scala.runtime.AbstractFunction1;
import scala.runtime.BoxedUnit;

/**
 * The SQL functions for every session of an application, in any language and server:
 *
 * <pre>spark.sql.extensions=io.mobilenetspark.spark.sql.MobileNetExtensions</pre>
 *
 * <p>{@code mobilenet_features(image[, model])}, {@code mobilenet_embed(image[, model])} and {@code
 * mobilenet_cosine_similarity(a, b)}; {@code DESCRIBE FUNCTION EXTENDED} explains each. Spark makes
 * the one instance; it has no state.
 */
public final class MobileNetExtensions
    extends AbstractFunction1<SparkSessionExtensions, BoxedUnit> {

  @Override
  public BoxedUnit apply(SparkSessionExtensions extensions) {
    prepareJvm();
    for (SqlFunction function : MobileNetFunctions.ALL) {
      extensions.injectFunction(
          new Tuple3<>(function.identifier(), function.info(), function.builder()));
    }
    extensions.injectResolutionRule(spark -> new VectorMetadata());
    extensions.injectPreCBORule(spark -> new ExtractMobileNet());
    extensions.injectPlannerStrategy(spark -> new MobileNetStrategy());
    return BoxedUnit.UNIT;
  }

  /**
   * The same for one session that runs without the extensions, but for the metadata of vector
   * columns: Spark takes no rule for it later. May be called again.
   *
   * @param spark a session of this JVM, not one of Spark Connect
   * @return the session
   */
  public static SparkSession register(SparkSession spark) {
    prepareJvm();
    org.apache.spark.sql.classic.SparkSession session = classic(spark);
    for (SqlFunction function : MobileNetFunctions.ALL) {
      session
          .sessionState()
          .functionRegistry()
          .registerFunction(function.identifier(), function.info(), function.builder());
    }
    synchronized (session) {
      plan(session);
    }
    return spark;
  }

  /** Adds the rule and the operator unless the session has them. */
  private static void plan(org.apache.spark.sql.classic.SparkSession session) {
    List<SparkStrategy> strategies = list(session.experimental().extraStrategies());
    if (strategies.stream().noneMatch(MobileNetStrategy.class::isInstance)) {
      strategies.add(new MobileNetStrategy());
      session.experimental().extraStrategies_$eq(Scala.seq(strategies));
    }
    List<Rule<LogicalPlan>> rules = list(session.experimental().extraOptimizations());
    if (rules.stream().noneMatch(ExtractMobileNet.class::isInstance)) {
      rules.add(new ExtractMobileNet());
      session.experimental().extraOptimizations_$eq(Scala.seq(rules));
    }
  }

  /**
   * Settings, and the functions as built-in ones: Spark takes those that are a session's alone for
   * temporary, and a view or a SQL function in the catalog may not use temporary functions.
   */
  private static void prepareJvm() {
    ConfEntries.register();
    for (SqlFunction function : MobileNetFunctions.ALL) {
      FunctionRegistry$.MODULE$
          .builtin()
          .registerFunction(function.identifier(), function.info(), function.builder());
    }
  }

  private static <T> List<T> list(Seq<T> seq) {
    return new ArrayList<>(Scala.list(seq));
  }

  private static org.apache.spark.sql.classic.SparkSession classic(SparkSession spark) {
    if (spark instanceof org.apache.spark.sql.classic.SparkSession session) {
      return session;
    }
    throw new IllegalArgumentException(
        String.format(
            Locale.ROOT,
            "The functions run where Spark runs, and this is a session of Spark Connect. Set"
                + " spark.sql.extensions=%s on its server.",
            MobileNetExtensions.class.getName()));
  }
}
