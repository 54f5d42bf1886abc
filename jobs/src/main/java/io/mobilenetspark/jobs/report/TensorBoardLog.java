package io.mobilenetspark.jobs.report;

import io.mobilenetspark.model.checkpoint.Checksums;
import io.mobilenetspark.spark.train.EpochMetrics;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.Event;
import org.tensorflow.proto.Summary;

/**
 * A run's curves for TensorBoard, as Keras lays them out: one event file in {@code train}, one in
 * {@code validation}, with equal tags, which TensorBoard so draws into one chart. A step of tags
 * {@code epoch_} is an epoch; of epoch 0, the fitted head alone, there is no rate, gradient or
 * speed. One of tags {@code batch_} is a training step.
 */
public final class TensorBoardLog {

  private static final String FILE_VERSION = "brain.Event:2";

  private final List<EpochMetrics> history;
  private final List<StepLog.Step> steps;
  private final double endSeconds;

  public TensorBoardLog(FinetuneReport report) {
    this.history = report.summary().history();
    this.steps = report.steps();
    this.endSeconds = report.started().plus(report.elapsed()).toEpochMilli() / 1000.0;
  }

  /** Writes the event files into a directory. */
  public void write(FileSystem fileSystem, Path directory) throws IOException {
    write(fileSystem, new Path(directory, "train"), steps, TensorBoardLog::training);
    if (history.stream().anyMatch(epoch -> epoch.validationLoss() != null)) {
      write(fileSystem, new Path(directory, "validation"), List.of(), TensorBoardLog::validation);
    }
  }

  private interface Scalars {
    Map<String, @Nullable Double> of(EpochMetrics epoch);
  }

  private static Map<String, @Nullable Double> training(EpochMetrics epoch) {
    Map<String, @Nullable Double> scalars = new LinkedHashMap<>();
    scalars.put("epoch_loss", epoch.loss());
    scalars.put("epoch_accuracy", epoch.accuracy());
    if (epoch.epoch() == 0) {
      return scalars;
    }
    scalars.put("epoch_learning_rate", epoch.learningRate());
    scalars.put("epoch_gradient_norm", epoch.gradientNorm());
    scalars.put("epoch_images_per_second", epoch.imagesPerSecond());
    return scalars;
  }

  private static Map<String, @Nullable Double> validation(EpochMetrics epoch) {
    Map<String, @Nullable Double> scalars = new LinkedHashMap<>();
    scalars.put("epoch_loss", epoch.validationLoss());
    scalars.put("epoch_accuracy", epoch.validationAccuracy());
    return scalars;
  }

  private static Map<String, @Nullable Double> training(StepLog.Step step) {
    Map<String, @Nullable Double> scalars = new LinkedHashMap<>();
    scalars.put("batch_loss", step.loss());
    scalars.put("batch_accuracy", step.accuracy());
    scalars.put("batch_learning_rate", step.learningRate());
    return scalars;
  }

  private void write(
      FileSystem fileSystem, Path directory, List<StepLog.Step> batches, Scalars scalars)
      throws IOException {
    double remaining = history.stream().mapToDouble(EpochMetrics::seconds).sum();
    Path file =
        new Path(
            directory,
            String.format(
                Locale.ROOT, "events.out.tfevents.%d.mobilenet-spark", (long) endSeconds));
    try (OutputStream out = fileSystem.create(file, false)) {
      // TensorBoard starts a run's clock with the file's first event.
      writeRecord(
          out,
          Event.newBuilder()
              .setWallTime(endSeconds - remaining)
              .setFileVersion(FILE_VERSION)
              .build()
              .toByteArray());
      for (StepLog.Step batch : batches) {
        writeRecord(
            out,
            Event.newBuilder()
                .setWallTime(batch.wallMillis() / 1000.0)
                .setStep(batch.step())
                .setSummary(summary(training(batch)))
                .build()
                .toByteArray());
      }
      for (EpochMetrics epoch : history) {
        remaining -= epoch.seconds();
        writeRecord(
            out,
            Event.newBuilder()
                .setWallTime(endSeconds - remaining)
                .setStep(epoch.epoch())
                .setSummary(summary(scalars.of(epoch)))
                .build()
                .toByteArray());
      }
    }
  }

  private static Summary summary(Map<String, @Nullable Double> scalars) {
    Summary.Builder summary = Summary.newBuilder();
    scalars.forEach(
        (tag, value) -> {
          if (value != null) {
            summary.addValue(
                Summary.Value.newBuilder().setTag(tag).setSimpleValue(value.floatValue()));
          }
        });
    return summary.build();
  }

  /** A TFRecord: length, its checksum, the bytes, their checksum; little-endian. */
  static void writeRecord(OutputStream out, byte[] bytes) throws IOException {
    ByteBuffer head =
        ByteBuffer.allocate(Long.BYTES + Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    head.putLong(bytes.length);
    head.putInt(Checksums.masked(head.array(), 0, Long.BYTES));
    out.write(head.array());
    out.write(bytes);
    ByteBuffer foot = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    foot.putInt(Checksums.masked(bytes, 0, bytes.length));
    out.write(foot.array());
  }
}
