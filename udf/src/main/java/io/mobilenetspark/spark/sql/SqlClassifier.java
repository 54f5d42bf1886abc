package io.mobilenetspark.spark.sql;

import io.mobilenetspark.model.FrozenModel;
import io.mobilenetspark.model.ModelLoader;
import io.mobilenetspark.model.handle.Redacted;
import io.mobilenetspark.model.hub.ModelLoadException;
import io.mobilenetspark.options.SettingValues;
import io.mobilenetspark.options.Surface;
import io.mobilenetspark.runtime.NativeLibrary;
import io.mobilenetspark.spark.Decision;
import io.mobilenetspark.spark.SavedClassifier;
import io.mobilenetspark.train.Head;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.WeakHashMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.classic.SparkSession;
import org.jspecify.annotations.Nullable;

/**
 * A fine-tuned classifier that is loaded and broadcast; equal to others that give the same
 * probabilities, labels and predictions. Immutable. Kept for the next queries as {@link SqlModel}
 * is.
 */
final class SqlClassifier implements Serializable {
  private static final long serialVersionUID = 1;

  private static final Map<SparkContext, KeptModels<Key, SqlClassifier>> OF_CONTEXT =
      new WeakHashMap<>();

  private final SqlModel model;
  private final String fingerprint; // of the network with its head
  private final ArrayList<String> labels;
  private final SettingValues images;
  private final Decision decision;
  private final Broadcast<Head> head;

  private record Key(String path, String user, Map<String, String> fileSystems) {}

  private SqlClassifier(SparkContext context, String name, SavedClassifier saved) {
    FrozenModel frozen = ModelLoader.freeze(name, "slim", saved.weights(), saved.facts().size());
    model = SqlModel.of(context, frozen);
    fingerprint = saved.weights().classifierFingerprint();
    labels = new ArrayList<>(saved.labels());
    images = saved.images();
    decision = saved.decision();
    head = new JavaSparkContext(context).broadcast(Head.of(saved.weights()));
  }

  /**
   * A classifier, for the session that is current in this thread. May read files, load TensorFlow
   * and take seconds; on the driver only. Safe for use by many threads.
   *
   * @param path a saved {@code MobileNetClassificationModel}, or what {@code finetune} has written
   * @throws IllegalArgumentException if queries may not name it, or there is none
   * @throws ModelLoadException if its weights are missing or damaged
   */
  static SqlClassifier get(String path) {
    SparkSession spark = SparkSession.active();
    SparkContext context = spark.sparkContext();
    Configuration hadoop = spark.sessionState().newHadoopConf();
    AllowedModels.of(context.conf(), hadoop).require(path, hadoop);
    requirePath(path);
    KeptModels<Key, SqlClassifier> classifiers;
    synchronized (OF_CONTEXT) {
      classifiers = OF_CONTEXT.computeIfAbsent(context, ignored -> new KeptModels<>(SqlModel.KEPT));
    }
    return classifiers.get(
        new Key(path, SqlModel.user(), SqlModel.fileSystems(spark)),
        () -> {
          NativeLibrary.load();
          try {
            return new SqlClassifier(
                context,
                Redacted.handle(path),
                SavedClassifier.read(SavedClassifier.folder(path, hadoop), spark));
          } catch (ModelLoadException e) {
            throw e.on(Surface.SQL);
          }
        });
  }

  private static void requirePath(String path) {
    if (ModelPlace.isWeb(path)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "A classifier is a folder on a Hadoop file system, not %s: a saved"
                  + " MobileNetClassificationModel, or what finetune has written.",
              Redacted.handle(path)));
    }
  }

  /** The network below the head. */
  SqlModel model() {
    return model;
  }

  /** How images were read when it was trained. */
  SettingValues images() {
    return images;
  }

  /** The linear layer, on the driver and on executors. */
  Head head() {
    return head.value();
  }

  /** Which class it takes an image for. */
  Decision decision() {
    return decision;
  }

  /** The classes' names; not to be changed. */
  List<String> labels() {
    return labels;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SqlClassifier that
        && model.equals(that.model)
        && fingerprint.equals(that.fingerprint)
        && labels.equals(that.labels)
        && decision.equals(that.decision);
  }

  @Override
  public int hashCode() {
    return fingerprint.hashCode();
  }

  @Override
  public String toString() {
    return model.toString();
  }
}
