package io.mobilenetspark.spark.sql;

import static java.util.Objects.requireNonNull;

import io.mobilenetspark.model.FrozenModel;
import io.mobilenetspark.model.ModelLoader;
import io.mobilenetspark.model.ModelRequest;
import io.mobilenetspark.model.handle.HubOptions;
import io.mobilenetspark.model.hub.ModelLoadException;
import io.mobilenetspark.model.settings.ExecutionPath;
import io.mobilenetspark.options.Cure;
import io.mobilenetspark.options.Surface;
import io.mobilenetspark.runtime.NativeLibrary;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.classic.SparkSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.jdk.javaapi.CollectionConverters;

/**
 * A model that is loaded and broadcast; equal to others that give the same vectors. Immutable.
 *
 * <p>The models of queries are kept for the next ones: {@value #KEPT} an application, those that
 * were used last, and besides them each that a plan still holds. Files that change under a kept
 * model's name are not read again. No broadcast is ever destroyed here: a query holds its own, and
 * Spark cleans up when nobody does.
 */
final class SqlModel implements Serializable {
  private static final long serialVersionUID = 1;

  private static final Logger LOG = LoggerFactory.getLogger(SqlModel.class);

  /** Models kept without a plan that holds them; a MobileNet V1 takes 2 to 17 MB. */
  static final int KEPT = 8;

  private static final Map<SparkContext, KeptModels<Key, SqlModel>> OF_CONTEXT =
      new WeakHashMap<>();

  private static final Map<FrozenModel, KeptModels<SparkContext, SqlModel>> OF_STAGES =
      new WeakHashMap<>();

  private final Identity identity;
  private final Broadcast<FrozenModel> broadcast;

  /**
   * What a query's model is known by.
   *
   * @param user whose files they are: servers that impersonate have sessions of many
   * @param fileSystems the session's own settings of file systems, credentials among them
   */
  private record Key(ModelRequest request, String user, Map<String, String> fileSystems) {}

  /** What vectors depend on, and what is said of them. */
  private record Identity(
      String name, String fingerprint, String output, ExecutionPath path, int height, int width)
      implements Serializable {

    static Identity of(FrozenModel model) {
      return new Identity(
          model.name(),
          model.fingerprint(),
          model.output(),
          model.path(),
          model.imageHeight(),
          model.imageWidth());
    }
  }

  private SqlModel(SparkContext context, FrozenModel model) {
    this.identity = Identity.of(requireNonNull(model, "model"));
    this.broadcast = new JavaSparkContext(context).broadcast(model);
  }

  /**
   * A model, for the session that is current in this thread. May read files, load TensorFlow and
   * take seconds; on the driver only. A model that could not be loaded is tried again. Safe for use
   * by many threads.
   *
   * @param hub how models are fetched: an application has one way, which is asked for when a model
   *     has to be
   * @throws ModelLoadException if there is no such model or it can't be used
   */
  static SqlModel get(ModelRequest request, Supplier<HubOptions> hub) {
    SparkSession spark = SparkSession.active();
    SparkContext context = spark.sparkContext();
    Configuration hadoop = spark.sessionState().newHadoopConf();
    AllowedModels allowed = AllowedModels.of(context.conf(), hadoop);
    allowed.require(request.handle(), hadoop); // each time: a kept model is not everybody's
    KeptModels<Key, SqlModel> models;
    synchronized (OF_CONTEXT) {
      models = OF_CONTEXT.computeIfAbsent(context, ignored -> new KeptModels<>(KEPT));
    }
    return models.get(
        new Key(request, user(), fileSystems(spark)),
        () -> {
          NativeLibrary.load();
          try {
            ModelLoader loader = new ModelLoader(hadoop, hub.get().withPolicy(allowed));
            return new SqlModel(context, loader.load(request));
          } catch (ModelLoadException e) {
            throw allowed.isReticent() && ModelPlace.isWeb(request.handle())
                ? reticent(request, e)
                : e.on(Surface.SQL);
          }
        });
  }

  /** On a server that many share, a query must not feel its way through the driver's network. */
  private static ModelLoadException reticent(ModelRequest request, ModelLoadException e) {
    LOG.warn("A query's model could not be loaded", e);
    return new ModelLoadException(
        request.handle(),
        "it can't be fetched, or is no model",
        Cure.of("Check the address; the driver's log has the reason."));
  }

  /**
   * A model that a job or a stage has loaded; broadcast once, however many plans have it.
   *
   * @param model held by the caller as long as it makes plans with it
   */
  static SqlModel of(SparkContext context, FrozenModel model) {
    KeptModels<SparkContext, SqlModel> models;
    synchronized (OF_STAGES) {
      models = OF_STAGES.computeIfAbsent(model, ignored -> new KeptModels<>(0));
    }
    return models.get(context, () -> new SqlModel(context, model));
  }

  /** Whose files they are. */
  static String user() {
    try {
      return UserGroupInformation.getCurrentUser().getUserName();
    } catch (IOException e) {
      throw new UncheckedIOException("Can't tell whose files are to be read: " + e.getMessage(), e);
    }
  }

  /** Spark gives all of a session's settings to file systems; its own can't say who may read. */
  static Map<String, String> fileSystems(SparkSession spark) {
    Map<String, String> settings =
        new HashMap<>(CollectionConverters.asJava(spark.sessionState().conf().getAllConfs()));
    settings.keySet().removeIf(key -> key.startsWith("spark."));
    return settings;
  }

  /** The model itself, on the driver and on executors. */
  FrozenModel frozen() {
    return broadcast.value();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SqlModel that && identity.equals(that.identity);
  }

  @Override
  public int hashCode() {
    return identity.hashCode();
  }

  @Override
  public String toString() {
    return identity.name();
  }
}
