package io.mobilenetspark.spark.sql;

import static java.util.Objects.requireNonNull;

import io.mobilenetspark.model.FrozenModel;
import io.mobilenetspark.model.ModelLoadException;
import io.mobilenetspark.model.ModelLoader;
import io.mobilenetspark.runtime.NativeLibrary;
import java.io.Serializable;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/**
 * A model that is loaded and broadcast. Each is once an application, when the first query with it
 * is analyzed, and is kept until the application ends: files that change under a model's name
 * meanwhile are not read again. A model that could not be loaded is tried again. Immutable; equal
 * to others of the same settings.
 */
final class SqlModel implements Serializable {
  private static final long serialVersionUID = 1;

  private static final Map<SparkContext, Map<ModelSettings, SqlModel>> OF_CONTEXT =
      new WeakHashMap<>();

  private final ModelSettings settings;
  private final Broadcast<FrozenModel> broadcast;

  private SqlModel(ModelSettings settings, Broadcast<FrozenModel> broadcast) {
    this.settings = requireNonNull(settings, "settings");
    this.broadcast = requireNonNull(broadcast, "broadcast");
  }

  /**
   * The model of these settings. May read files, load TensorFlow and take seconds; on the driver
   * only. Safe for use by many threads.
   *
   * @throws ModelLoadException if there is no such model or it can't be used
   */
  static SqlModel get(ModelSettings settings) {
    var spark = (org.apache.spark.sql.classic.SparkSession) SparkSession.active();
    SparkContext context = spark.sparkContext();
    Map<ModelSettings, SqlModel> models;
    synchronized (OF_CONTEXT) {
      models = OF_CONTEXT.computeIfAbsent(context, ignored -> new ConcurrentHashMap<>());
    }
    return models.computeIfAbsent(
        settings,
        missing -> {
          NativeLibrary.load();
          ModelLoader loader = new ModelLoader(spark.sessionState().newHadoopConf());
          try {
            return new SqlModel(
                missing, new JavaSparkContext(context).broadcast(loader.load(missing.request())));
          } catch (ModelLoadException e) {
            throw e.withOptions(ConfEntries::nameOfOption);
          }
        });
  }

  /** The model itself, on the driver and on executors. */
  FrozenModel frozen() {
    return broadcast.value();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SqlModel that && settings.equals(that.settings);
  }

  @Override
  public int hashCode() {
    return settings.hashCode();
  }

  @Override
  public String toString() {
    return settings.toString();
  }
}
