package io.mobilenetspark.spark.ml;

import io.mobilenetspark.spark.train.EpochMetrics;
import io.mobilenetspark.spark.train.TrainingListener;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes how a run goes on to the driver's log, as {@link MobileNetFineTuner}. */
final class LoggingListener implements TrainingListener {

  private static final Logger LOG = LoggerFactory.getLogger(MobileNetFineTuner.class);

  @Override
  public void onStep(StepProgress progress) {
    LOG.debug("{}", progress);
  }

  @Override
  public void onEpoch(EpochMetrics metrics) {
    LOG.info(
        String.format(
            Locale.ROOT,
            "Epoch %d: loss %.4f, accuracy %.4f, validation loss %s, accuracy %s; %.1f images/s",
            metrics.epoch(),
            metrics.loss(),
            metrics.accuracy(),
            metrics.validationLoss(),
            metrics.validationAccuracy(),
            metrics.imagesPerSecond()));
  }

  @Override
  public void onPhase(String text) {
    LOG.info(text);
  }

  @Override
  public void onNotice(String text) {
    LOG.warn(text);
  }
}
