package io.mobilenetspark.jobs.embed;

import io.mobilenetspark.common.Quantity;
import io.mobilenetspark.jobs.cli.Console;
import io.mobilenetspark.jobs.cli.ContinuousOptions;
import io.mobilenetspark.jobs.cli.Logs;
import io.mobilenetspark.jobs.cli.ModelSources;
import io.mobilenetspark.jobs.cli.OutputDirectoryOptions;
import io.mobilenetspark.jobs.cli.OutputOptions;
import io.mobilenetspark.jobs.cli.OutputTableOptions;
import io.mobilenetspark.jobs.cli.Sessions;
import io.mobilenetspark.jobs.common.Stopping;
import io.mobilenetspark.jobs.common.Uninterrupted;
import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.jobs.input.ImageTable;
import io.mobilenetspark.jobs.output.CatalogTable;
import io.mobilenetspark.jobs.output.OutputTable;
import io.mobilenetspark.jobs.output.TransactionalPlace;
import io.mobilenetspark.jobs.output.TransactionalTable;
import io.mobilenetspark.jobs.output.VectorTable;
import io.mobilenetspark.jobs.table.RunReport;
import io.mobilenetspark.runtime.NativeLibrary;
import io.mobilenetspark.spark.EmbedSettings;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.spark.sql.SparkSession;

/** The embedding job: one run, or one after the other until it is stopped. */
final class EmbedJob {

  private final EmbedRequest request;
  private final ContinuousOptions continuous;
  private final EmbedSummary summary;
  private final Console console;
  private volatile Runnable whenStopped = () -> {};
  private volatile boolean isCatalogTold;

  EmbedJob(EmbedRequest request, ContinuousOptions continuous, Console console) {
    this.request = request;
    this.continuous = continuous;
    this.summary =
        new EmbedSummary(
            request.output(),
            request.incremental(),
            request.settings().get(EmbedSettings.MODE),
            request.table().maxErrorRate(),
            console);
    this.console = console;
  }

  /**
   * Runs the job.
   *
   * @throws UserException if it can't run, fails, or too many rows fail
   */
  void run() {
    Logs.configure(console.verbosity());
    request.output().check();
    continuous.check(request.output());
    request.incremental().check(request.output(), request.settings().get(EmbedSettings.MODE));
    JobModel model = new JobModel(ModelSources.of(request.settings(), console), console);
    NativeLibrary.loadAhead(); // a second, which Spark takes to start as well
    SparkSession spark = Sessions.open("mobilenet-spark embed", console.verbosity());
    Sessions.advice(spark).ifPresent(console::note);
    EmbedRun run = new EmbedRun(request, model, spark, console);
    Stopping.Registration registration = Stopping.whenStopped(() -> whenStopped.run());
    try {
      if (continuous.isAsked()) {
        var unused = transactional(spark); // refuses what can't be kept up to date
        whenStopped = () -> console.note(Rounds.STOPPED);
        new Rounds(continuous.interval(), console).run(number -> round(number, run, spark));
      } else {
        once(run, spark);
      }
    } finally {
      registration.cancel();
    }
  }

  private void once(EmbedRun run, SparkSession spark) {
    Optional<TransactionalTable> transactional = transactional(spark);
    Optional<CatalogTable> named = transactional.isPresent() ? Optional.empty() : named(spark);
    try (OutputTable table =
        transactional.isPresent() ? transactional.get() : directory(named, spark)) {
      if (table.leavesWhatExists()) {
        named.ifPresent(found -> found.register(console));
        console.printLeft(table.place());
        return;
      }
      RunReport report =
          untilStopped(
              table,
              run,
              () -> {
                RunReport written = run.run(table, named);
                named.ifPresent(found -> found.register(console));
                isCatalogTold = true;
                return written;
              });
      summary.tell(report, table, spark);
      summary.requireFewErrors(report);
    }
  }

  private Optional<TransactionalTable> transactional(SparkSession spark) {
    return TransactionalPlace.find(
        spark, request.output(), request.table(), request.incremental(), request.input().paths());
  }

  /** Tells whether there was something to do. */
  private boolean round(long number, EmbedRun run, SparkSession spark) {
    if (!ImageTable.isThere(spark, request.input())) {
      return false; // not yet, or a disk that is not mounted: no reason to remove rows
    }
    Optional<CatalogTable> named = named(spark);
    try (VectorTable table = directory(named, spark)) {
      Optional<RunReport> report = untilStopped(table, run, () -> run.runIfChanged(table, named));
      if (report.isPresent() || !isCatalogTold) { // or a stream of before could not tell it
        // Spark's catalog forgets that its thread was interrupted.
        named.ifPresent(found -> Uninterrupted.run(() -> found.register(console)));
        isCatalogTold = true;
      }
      if (report.isPresent()) {
        summary.tellRound(number, report.get());
        summary.requireFewErrors(report.get());
      }
      return report.isPresent();
    }
  }

  private Optional<CatalogTable> named(SparkSession spark) {
    OutputTableOptions output = request.output();
    return output.table().map(name -> CatalogTable.of(spark, name, output.path()));
  }

  private VectorTable directory(Optional<CatalogTable> named, SparkSession spark) {
    OutputTableOptions output = request.output();
    OutputOptions directory =
        named.isEmpty()
            ? output
            : new OutputDirectoryOptions(named.get().location().toString(), output.mode());
    return VectorTable.at(
        directory,
        request.table(),
        request.input().paths(),
        spark.sparkContext().hadoopConfiguration(),
        console);
  }

  private <T> T untilStopped(OutputTable table, EmbedRun run, Supplier<T> work) {
    Runnable before = whenStopped;
    whenStopped = () -> stop(table, run);
    try {
      return work.get();
    } finally {
      if (!Stopping.hasBegun()) { // or this failed for that
        whenStopped = before;
      }
    }
  }

  /** In the JVM's last moments. */
  private void stop(OutputTable table, EmbedRun run) {
    console.note("Stopped. " + table.place() + afterStop(table, run));
  }

  private String afterStop(OutputTable table, EmbedRun run) {
    if (table.end()) {
      boolean isNamed =
          request.output().table().isPresent() && !(table instanceof TransactionalTable);
      return isNamed && !isCatalogTold
          ? " is complete, but the catalog may not know of it. Run again with --output-mode"
              + " ignore, which tells it."
          : " is complete.";
    }
    if (request.incremental().isUsed(request.output())) {
      return " is as it was; the next run takes what was computed, "
          + Quantity.of(run.computed(), "row")
          + " in this one, or some more.";
    }
    return table instanceof TransactionalTable
        ? " is as it was, or complete if it was being committed."
        : " is as it was.";
  }
}
