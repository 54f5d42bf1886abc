package io.mobilenetspark.jobs.report;

import io.mobilenetspark.jobs.common.Version;
import io.mobilenetspark.spark.ml.MobileNetClassificationModel;
import io.mobilenetspark.spark.train.EpochMetrics;
import io.mobilenetspark.spark.train.Evaluation;
import io.mobilenetspark.spark.train.TrainingSummary;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a run did.
 *
 * @param started when
 * @param elapsed from the first look at the labels to the trained network; since the resumption if
 *     the run was resumed
 * @param handle the module that it started from, as the user named it, without secrets
 * @param fingerprint SHA-256 of that module's weights
 * @param imageSide height and width of the network's input, in pixels
 * @param model what was trained
 * @param steps of the run since it began or was resumed
 * @param rerun how it is repeated
 * @param settings all options by their names
 * @param spark where it ran
 */
public record FinetuneReport(
    Instant started,
    Duration elapsed,
    String handle,
    String fingerprint,
    int imageSide,
    MobileNetClassificationModel model,
    List<StepLog.Step> steps,
    Rerun rerun,
    Map<String, Object> settings,
    Map<String, Object> spark) {

  /** Raised when a field of the file changes its meaning or goes. */
  private static final int FORMAT = 1;

  /** How the fit went. */
  public TrainingSummary summary() {
    return model.summary().orElseThrow();
  }

  /** The epoch whose weights were kept. */
  public EpochMetrics best() {
    return summary().best();
  }

  /**
   * Such as {@code Epoch 2 of 10: loss 0.6012, accuracy 0.8021; validation loss 0.5500, accuracy
   * 0.8333; 118.2 images/s}.
   */
  public static String line(EpochMetrics metrics, int epochs) {
    String text =
        String.format(
            Locale.ROOT,
            "loss %.4f, accuracy %.4f%s",
            metrics.loss(),
            metrics.accuracy(),
            validation(metrics.validationLoss(), metrics.validationAccuracy()));
    return metrics.epoch() == 0
        ? "Epoch 0, the fitted head alone: " + text
        : String.format(
            Locale.ROOT,
            "Epoch %d of %d: %s; %,.1f images/s",
            metrics.epoch(),
            epochs,
            text,
            metrics.imagesPerSecond());
  }

  private static String validation(@Nullable Double loss, @Nullable Double accuracy) {
    return loss == null || accuracy == null
        ? ""
        : String.format(Locale.ROOT, "; validation loss %.4f, accuracy %.4f", loss, accuracy);
  }

  /** Training images a second of the time in epochs, those before a resumption among them. */
  public double imagesPerSecond() {
    double seconds = 0;
    double images = 0;
    for (EpochMetrics epoch : summary().history()) {
      if (epoch.epoch() > 0) {
        seconds += epoch.seconds();
        images += summary().trainingRows();
      }
    }
    return images / Math.max(1e-3, seconds);
  }

  /** Classes by their names; a picture is for people. */
  private static Map<String, Object> evaluation(Evaluation found) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("accuracy", found.accuracy());
    json.put("classes", found.classes());
    List<Map<String, Object>> confusions = new ArrayList<>();
    for (Evaluation.Confusion confusion : found.confusions()) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("label", found.labels().get(confusion.label()));
      one.put("prediction", found.labels().get(confusion.prediction()));
      one.put("images", confusion.images());
      confusions.add(one);
    }
    json.put("confusions", confusions);
    List<Map<String, Object>> mistakes = new ArrayList<>();
    for (Evaluation.Mistake mistake : found.mistakes()) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("name", mistake.name());
      one.put("label", found.labels().get(mistake.label()));
      one.put("prediction", found.labels().get(mistake.prediction()));
      one.put("probability", mistake.probability());
      one.put("loss", mistake.loss());
      mistakes.add(one);
    }
    json.put("mistakes", mistakes);
    return json;
  }

  /** For programs. */
  public Map<String, Object> toJson() {
    Map<String, Object> rows = new LinkedHashMap<>();
    rows.put("training", summary().trainingRows());
    rows.put("validation", summary().validationRows());
    rows.put("unreadable", summary().unreadable());
    rows.put("classes", summary().classes());
    rows.put("first_unreadable", summary().firstProblem());
    Map<String, Object> fingerprints = new LinkedHashMap<>();
    fingerprints.put("start", fingerprint);
    fingerprints.put("trained", model.weights().fingerprint());
    fingerprints.put("trained_with_head", model.weights().classifierFingerprint());
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("format", FORMAT);
    json.put("started", started.toString());
    json.put("elapsed_seconds", elapsed.toMillis() / 1000.0);
    json.put("images_per_second", Math.round(imagesPerSecond() * 10) / 10.0);
    json.put("model", handle);
    json.put("image_size", imageSide);
    json.put("fingerprints", fingerprints);
    json.put("labels", model.labels());
    json.put("rows", rows);
    json.put("best_epoch", summary().bestEpoch());
    json.put("epochs", summary().history());
    summary().evaluation().ifPresent(found -> json.put("validation", evaluation(found)));
    json.put("command", rerun.command());
    json.put("settings", settings);
    json.put("spark", spark);
    json.put("versions", Version.all());
    return json;
  }
}
