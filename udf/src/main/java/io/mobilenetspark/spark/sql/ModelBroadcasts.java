package io.mobilenetspark.spark.sql;

import io.mobilenetspark.model.FrozenModel;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.classic.SparkSession;

/**
 * The models of an application, each loaded and broadcast once, when the first query with it runs,
 * and kept until the application ends: files that change under a model's name meanwhile are not
 * read again. A model that could not be loaded is tried again. Safe for use by many threads.
 */
final class ModelBroadcasts {

  private static final Map<SparkContext, Map<ModelSource, Broadcast<FrozenModel>>> OF_CONTEXT =
      new WeakHashMap<>();

  private ModelBroadcasts() {}

  static Broadcast<FrozenModel> get(SparkSession spark, ModelSource source) {
    SparkContext context = spark.sparkContext();
    Map<ModelSource, Broadcast<FrozenModel>> broadcasts;
    synchronized (OF_CONTEXT) {
      broadcasts = OF_CONTEXT.computeIfAbsent(context, ignored -> new ConcurrentHashMap<>());
    }
    return broadcasts.computeIfAbsent(
        source,
        missing ->
            new JavaSparkContext(context)
                .broadcast(missing.load(spark.sessionState().newHadoopConf())));
  }
}
