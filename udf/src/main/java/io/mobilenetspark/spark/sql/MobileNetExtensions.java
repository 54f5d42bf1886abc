package io.mobilenetspark.spark.sql;

import io.mobilenetspark.common.PublicApi;
import io.mobilenetspark.spark.sql.MobileNetFunctions.SqlFunction;
import java.util.Collections;
import java.util.Locale;
import java.util.Set;
import java.util.WeakHashMap;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.SparkSessionExtensions;
import org.apache.spark.sql.catalyst.analysis.FunctionRegistry$;
import org.apache.spark.sql.catalyst.analysis.TableFunctionRegistry;
import org.apache.spark.sql.catalyst.analysis.TableFunctionRegistry$;
import scala.Tuple3;
import scala.runtime.AbstractFunction1;
import scala.runtime.BoxedUnit;

/**
 * The SQL functions for every session of an application, in any language and server:
 *
 * <pre>spark.sql.extensions=io.mobilenetspark.spark.sql.MobileNetExtensions</pre>
 *
 * <p>{@code mobilenet_features(image[, model])}, {@code mobilenet_embed(image[, model])}, {@code
 * mobilenet_classify(image[, model])}, {@code mobilenet_cosine_similarity(a, b)}, and the function
 * of tables {@code mobilenet_nearest(table, query, k)}; {@code DESCRIBE FUNCTION EXTENDED} explains
 * each. Spark makes the one instance; it has no state.
 */
@PublicApi
public final class MobileNetExtensions
    extends AbstractFunction1<SparkSessionExtensions, BoxedUnit> {

  /** The extensions that have the rules and the operator: Spark can't be asked. */
  private static final Set<SparkSessionExtensions> PLANNED =
      Collections.newSetFromMap(new WeakHashMap<>());

  @Override
  public BoxedUnit apply(SparkSessionExtensions extensions) {
    prepareJvm();
    for (SqlFunction function : MobileNetFunctions.ALL) {
      extensions.injectFunction(
          new Tuple3<>(function.identifier(), function.info(), function.builder()));
    }
    extensions.injectTableFunction(NearestRows.function());
    inject(extensions);
    return BoxedUnit.UNIT;
  }

  private static void inject(SparkSessionExtensions extensions) {
    synchronized (PLANNED) {
      if (PLANNED.add(extensions)) {
        extensions.injectResolutionRule(spark -> new VectorMetadata());
        extensions.injectPreCBORule(spark -> new ExtractMobileNet());
        extensions.injectPlannerStrategy(spark -> new MobileNetStrategy());
      }
    }
  }

  /**
   * The same for a session that runs without the extensions, but for the metadata of vector
   * columns: Spark takes no rule for it later. Sessions that are made of it afterwards ({@code
   * newSession}, streams) have all. May be called again.
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
    register(session.sessionState().tableFunctionRegistry());
    plan(session);
    return spark;
  }

  /**
   * Adds the rules and the operator unless they are there. Whoever makes a call sees to it that it
   * is planned: a stage, a job, and a function that one session registered and another found among
   * the built-in ones. Spark asks a session's extensions whenever it optimizes and plans a query,
   * and {@code newSession}, streams and servers share them, so that any of these sessions can run
   * what another has made. Safe for use by many threads.
   */
  static void plan(org.apache.spark.sql.classic.SparkSession session) {
    inject(session.extensions());
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
    register(TableFunctionRegistry$.MODULE$.builtin());
  }

  private static void register(TableFunctionRegistry registry) {
    var nearest = NearestRows.function();
    registry.registerFunction(nearest._1(), nearest._2(), nearest._3());
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
