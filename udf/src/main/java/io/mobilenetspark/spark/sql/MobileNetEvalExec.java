package io.mobilenetspark.spark.sql;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.SparkContext;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.AttributeSet;
import org.apache.spark.sql.catalyst.expressions.BindReferences;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.SortOrder;
import org.apache.spark.sql.catalyst.plans.QueryPlan;
import org.apache.spark.sql.catalyst.plans.physical.Partitioning;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.execution.UnaryExecNode;
import org.apache.spark.sql.execution.metric.SQLMetric;
import org.apache.spark.sql.execution.metric.SQLMetrics;
import org.jspecify.annotations.Nullable;
import scala.collection.immutable.IndexedSeq;
import scala.collection.immutable.Map$;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Runs {@link MobileNetEval}: rows in, the same rows in the same order and partitions out, with the
 * columns of their image; one run of the model for a batch of rows. Public because Catalyst copies
 * its nodes by reflection.
 */
public final class MobileNetEvalExec extends SparkPlan implements UnaryExecNode {
  private static final long serialVersionUID = 1;

  static final String ROWS = "numOutputRows";
  static final String IMAGES = "images";
  static final String RUNS = "runs";
  static final String UNREADABLE = "unreadable";

  private final MobileNetFunction function;
  private final Seq<Attribute> results;
  private final SparkPlan child;
  private transient scala.collection.immutable.@Nullable Map<String, SQLMetric> metrics;

  /** See {@link MobileNetEval}. */
  public MobileNetEvalExec(MobileNetFunction function, Seq<Attribute> results, SparkPlan child) {
    this.function = function;
    this.results = results;
    this.child = child;
  }

  @Override
  public SparkPlan child() {
    return child;
  }

  @Override
  public Seq<SparkPlan> children() {
    return Scala.seq(List.of(child));
  }

  @Override
  public SparkPlan withNewChildInternal(SparkPlan newChild) {
    return new MobileNetEvalExec(function, results, newChild);
  }

  @Override
  public SparkPlan withNewChildrenInternal(IndexedSeq<SparkPlan> newChildren) {
    return withNewChildInternal(newChildren.apply(0));
  }

  @Override
  public Seq<Attribute> output() {
    return MobileNetEval.appended(child.output(), results);
  }

  @Override
  public AttributeSet producedAttributes() {
    return AttributeSet.apply(Scala.<Expression>seq(Scala.list(results)));
  }

  @Override
  public Partitioning outputPartitioning() {
    return child.outputPartitioning();
  }

  @Override
  public Seq<SortOrder> outputOrdering() {
    return child.outputOrdering();
  }

  @Override
  public synchronized scala.collection.immutable.Map<String, SQLMetric> metrics() {
    if (metrics == null) {
      SparkContext context = sparkContext();
      Map<String, SQLMetric> made = new LinkedHashMap<>();
      made.put(ROWS, SQLMetrics.createMetric(context, "number of output rows"));
      made.put(IMAGES, SQLMetrics.createMetric(context, "images embedded"));
      made.put(RUNS, SQLMetrics.createMetric(context, "runs of the model"));
      made.put(UNREADABLE, SQLMetrics.createMetric(context, "rows with an unreadable image"));
      metrics = Map$.MODULE$.from(CollectionConverters.asScala(made));
    }
    return metrics;
  }

  @Override
  public RDD<InternalRow> doExecute() {
    EvalPartition eval =
        new EvalPartition(
            function,
            BindReferences.bindReference(function.child(), allAttributes(), false),
            child.output(),
            output(),
            new EvalPartition.Metrics(
                longMetric(ROWS), longMetric(IMAGES), longMetric(RUNS), longMetric(UNREADABLE)));
    return child.execute().toJavaRDD().mapPartitions(eval, true).rdd();
  }

  @Override
  public SparkPlan doCanonicalize() {
    return new MobileNetEvalExec(
        QueryPlan.normalizeExpressions(function, allAttributes()),
        MobileNetEval.canonical(results),
        child.canonicalized());
  }

  @Override
  public String simpleString(int maxFields) {
    return "MobileNetEval " + MobileNetEval.describe(function, results);
  }

  @Override
  public String nodeName() {
    return "MobileNetEval";
  }

  @Override
  public String verboseStringWithOperatorId() {
    return String.format(
        Locale.ROOT,
        "%s%nInput: %s%nEvaluates: %s%n",
        formattedNodeName(),
        child.output().mkString("[", ", ", "]"),
        MobileNetEval.describe(function, results));
  }

  @Override
  public int productArity() {
    return 3;
  }

  @Override
  public Object productElement(int n) {
    return Scala.element(n, function, results, child);
  }

  @Override
  public boolean canEqual(Object that) {
    return that instanceof MobileNetEvalExec;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof MobileNetEvalExec that
        && function.equals(that.function)
        && results.equals(that.results)
        && child.equals(that.child);
  }

  @Override
  public int hashCode() {
    return super.hashCode();
  }
}
