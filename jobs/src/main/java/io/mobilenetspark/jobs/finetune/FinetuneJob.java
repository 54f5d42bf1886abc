package io.mobilenetspark.jobs.finetune;

import io.mobilenetspark.common.PathSyntax;
import io.mobilenetspark.common.Quantity;
import io.mobilenetspark.jobs.cli.Console;
import io.mobilenetspark.jobs.cli.Logs;
import io.mobilenetspark.jobs.cli.Sessions;
import io.mobilenetspark.jobs.common.JobFailure;
import io.mobilenetspark.jobs.common.ModelSource;
import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.jobs.output.OutputPlace;
import io.mobilenetspark.jobs.report.FinetuneReport;
import io.mobilenetspark.jobs.report.StepLog;
import io.mobilenetspark.model.export.ModelExportException;
import io.mobilenetspark.model.handle.Redacted;
import io.mobilenetspark.model.hub.ModelLoadException;
import io.mobilenetspark.options.SettingException;
import io.mobilenetspark.options.SettingValues;
import io.mobilenetspark.options.Surface;
import io.mobilenetspark.runtime.NativeLibrary;
import io.mobilenetspark.spark.ml.MobileNetClassificationModel;
import io.mobilenetspark.spark.ml.MobileNetFineTuner;
import io.mobilenetspark.spark.train.TrainingSummary;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** The fine-tuning job: everything that can be is checked before the first image is read. */
final class FinetuneJob {
  private final FinetuneInput input;
  private final SettingValues values;
  private final FinetuneOutput output;
  private final List<String> arguments;
  private final Console console;

  /**
   * @param arguments the command line's, for the report
   */
  FinetuneJob(
      FinetuneInput input,
      SettingValues values,
      FinetuneOutput output,
      List<String> arguments,
      Console console) {
    this.input = input;
    this.values = values;
    this.output = output;
    this.arguments = List.copyOf(arguments);
    this.console = console;
  }

  /**
   * Runs the job.
   *
   * @throws UserException if it can't run or fails
   * @throws io.mobilenetspark.model.hub.ModelLoadException if the module can't be trained
   */
  void run() {
    Logs.configure(console.verbosity());
    MobileNetFineTuner tuner = new MobileNetFineTuner().set(values);
    ModelSource source = TunerSettings.source(values, console);
    SparkSession spark = Sessions.openWithMllib("mobilenet-spark finetune", console.verbosity());
    Sessions.advice(spark).ifPresent(console::note);
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    OutputPlace place = output.place(input.paths(), hadoop);
    if (place.leavesWhatExists()) {
      console.printLeft(place.path().toString());
      return;
    }
    source.requireApart(place.path().toString(), hadoop);
    checkCheckpoints(tuner, place, hadoop);
    Dataset<Row> table = input.open(spark, tuner, console::note);
    console.show("Loading the model ...");
    NativeLibrary.load();
    StartModule module = StartModule.of(source, hadoop);
    console.note(
        String.format(
            Locale.ROOT, "Model: %s, fingerprint %.12s", module.handle(), module.fingerprint()));
    module.sizeImagesOf(tuner);
    Instant started = Instant.now();
    long startNanos = System.nanoTime();
    StepLog steps = new StepLog();
    MobileNetClassificationModel model = fit(tuner, table, module, steps);
    FinetuneReport report =
        new FinetuneReport(
            started,
            Duration.ofNanos(System.nanoTime() - startNanos),
            module.handle(),
            module.fingerprint(),
            tuner.getImageSize(),
            model,
            steps.steps(),
            Reproduction.of(
                arguments,
                model.summary().orElseThrow().history(),
                spark.sparkContext().conf().getInt("spark.task.cpus", 1)),
            settings(tuner),
            Sessions.describe(spark));
    write(place, report, spark);
    summarize(report, place);
  }

  /** What can't be listed now could not be resumed from later. */
  private static void checkCheckpoints(
      MobileNetFineTuner tuner, OutputPlace place, Configuration hadoop) {
    if (!tuner.isDefined(tuner.checkpointDir())) {
      return;
    }
    String directory = tuner.getCheckpointDir();
    try {
      FileSystem fileSystem = new Path(directory).getFileSystem(hadoop);
      Path path = fileSystem.makeQualified(new Path(directory));
      for (Path above = path; above != null; above = above.getParent()) {
        if (above.equals(place.path())) {
          throw UserException.usage(
              String.format(
                  Locale.ROOT,
                  "--checkpoint-dir %s lies in the output %s, which exists only once the run is"
                      + " done. Pass another one.",
                  directory,
                  place.path()));
        }
      }
      if (fileSystem.getFileStatus(path).isFile()) {
        throw UserException.input(
            String.format(
                Locale.ROOT,
                "The checkpoint directory %s is a file. Pass another --checkpoint-dir.",
                directory));
      }
      fileSystem.listStatus(path);
    } catch (FileNotFoundException e) {
      return; // a first run makes it
    } catch (IOException | IllegalArgumentException e) {
      throw UserException.input(
          String.format(
              Locale.ROOT,
              "Can't read the checkpoint directory %s: %s. Check the path and its rights, or pass"
                  + " another --checkpoint-dir.",
              directory,
              PathSyntax.reason(directory, e)),
          e);
    }
  }

  private Map<String, Object> settings(MobileNetFineTuner tuner) {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put(
        "input",
        input.training().table() == null
            ? input.training().paths().stream().map(Redacted::path).toList()
            : input.training().table());
    settings.put("validation_input", input.validation().stream().map(Redacted::path).toList());
    settings.put("output", Redacted.path(output.options().path()));
    settings.put("output_mode", output.options().mode().optionName());
    settings.put("format", output.formatNames());
    settings.put("head", output.headName());
    settings.putAll(TunerSettings.described(tuner));
    return settings;
  }

  private MobileNetClassificationModel fit(
      MobileNetFineTuner tuner, Dataset<Row> table, StartModule start, StepLog steps) {
    TrainingProgress progress = new TrainingProgress(console, steps);
    try {
      return tuner.fit(table, progress, start.weights());
    } catch (Exception e) {
      // Spark throws checked exceptions out of methods that don't declare them.
      throw failure(e, progress);
    } finally {
      progress.clear();
    }
  }

  private static RuntimeException failure(Exception e, TrainingProgress progress) {
    if (e instanceof ModelLoadException unusable) {
      return unusable;
    }
    if (e instanceof IllegalArgumentException || e instanceof UncheckedIOException) {
      String message = SettingException.message(e, Surface.COMMAND_LINE);
      return progress.hasTakenSteps()
          ? UserException.job(message, e)
          : UserException.input(message, e);
    }
    return JobFailure.of(e);
  }

  private void write(OutputPlace place, FinetuneReport report, SparkSession spark) {
    try {
      output.write(place, report, spark);
    } catch (IOException | ModelExportException e) {
      throw UserException.job(
          String.format(
              Locale.ROOT,
              "The network is trained, but it can't be written to %s: %s. Check the path, its"
                  + " rights and free space; with --checkpoint-dir, the same command resumes from"
                  + " here.",
              place.path(),
              e.getMessage()),
          e);
    }
  }

  private void summarize(FinetuneReport report, OutputPlace place) {
    TrainingSummary summary = report.summary();
    console.print(
        String.format(
            Locale.ROOT,
            "%s of %s, %,d for validation, %,d unreadable; %s in %.1f s (%.1f images/s)",
            Quantity.of(summary.trainingRows(), "image"),
            Quantity.of(report.model().numClasses(), "class", "classes"),
            summary.validationRows(),
            summary.unreadable(),
            Quantity.of(summary.epochs(), "epoch"),
            report.elapsed().toMillis() / 1000.0,
            report.imagesPerSecond()));
    console.print("Best: " + FinetuneReport.line(report.best(), summary.epochs()));
    console.print("Output: " + place.path());
    console.result(
        () -> {
          Map<String, Object> facts = Console.written(place.path().toString());
          facts.putAll(report.toJson());
          return facts;
        });
  }
}
