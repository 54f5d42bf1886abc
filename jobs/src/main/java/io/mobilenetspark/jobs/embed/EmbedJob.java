package io.mobilenetspark.jobs.embed;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.common.Quantity;
import io.mobilenetspark.image.ImageStatus;
import io.mobilenetspark.jobs.cli.CommonOptions.Verbosity;
import io.mobilenetspark.jobs.cli.Console;
import io.mobilenetspark.jobs.cli.IncrementalOptions;
import io.mobilenetspark.jobs.cli.InputOptions;
import io.mobilenetspark.jobs.cli.LabelOptions;
import io.mobilenetspark.jobs.cli.Logs;
import io.mobilenetspark.jobs.cli.ModelSources;
import io.mobilenetspark.jobs.cli.OutputDirectoryOptions;
import io.mobilenetspark.jobs.cli.OutputOptions;
import io.mobilenetspark.jobs.cli.OutputOptions.OutputMode;
import io.mobilenetspark.jobs.cli.OutputTableOptions;
import io.mobilenetspark.jobs.cli.Progress;
import io.mobilenetspark.jobs.cli.Sessions;
import io.mobilenetspark.jobs.cli.TableOptions;
import io.mobilenetspark.jobs.common.JobFailure;
import io.mobilenetspark.jobs.common.ModelSource;
import io.mobilenetspark.jobs.common.Stopping;
import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.jobs.input.ImageTable;
import io.mobilenetspark.jobs.output.CatalogTable;
import io.mobilenetspark.jobs.output.OutputTable;
import io.mobilenetspark.jobs.output.TransactionalPlace;
import io.mobilenetspark.jobs.output.TransactionalTable;
import io.mobilenetspark.jobs.output.VectorTable;
import io.mobilenetspark.jobs.table.Changes;
import io.mobilenetspark.jobs.table.PartitionColumns;
import io.mobilenetspark.jobs.table.RunReport;
import io.mobilenetspark.jobs.table.VectorKind;
import io.mobilenetspark.model.FrozenModel;
import io.mobilenetspark.options.SettingValues;
import io.mobilenetspark.runtime.NativeLibrary;
import io.mobilenetspark.spark.EmbedCounters;
import io.mobilenetspark.spark.EmbedOptions;
import io.mobilenetspark.spark.EmbedSettings;
import io.mobilenetspark.spark.MalformedMode;
import io.mobilenetspark.spark.SuspectImages;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** The embedding job: everything is checked before the first task starts. */
final class EmbedJob {
  private final InputOptions input;
  private final SettingValues settings;
  private final LabelOptions labels;
  private final OutputTableOptions output;
  private final TableOptions tableOptions;
  private final IncrementalOptions incremental;
  private final Console console;

  EmbedJob(
      InputOptions input,
      SettingValues settings,
      LabelOptions labels,
      OutputTableOptions output,
      TableOptions tableOptions,
      IncrementalOptions incremental,
      Console console) {
    this.input = input;
    this.settings = settings;
    this.labels = labels;
    this.output = output;
    this.tableOptions = tableOptions;
    this.incremental = incremental;
    this.console = console;
  }

  /**
   * Runs the job.
   *
   * @throws UserException if it can't run, fails, or too many rows fail
   */
  void run() {
    Logs.configure(console.verbosity());
    output.check();
    incremental.check(output, settings.get(EmbedSettings.MODE));
    ModelSource model = ModelSources.of(settings, console);
    NativeLibrary.loadAhead(); // a second, which Spark takes to start as well
    SparkSession spark = Sessions.open("mobilenet-spark embed", console.verbosity());
    Optional<TransactionalTable> transactional =
        TransactionalPlace.find(spark, output, tableOptions, incremental, input.paths());
    Optional<CatalogTable> named =
        transactional.isPresent()
            ? Optional.empty()
            : output.table().map(name -> CatalogTable.of(spark, name, output.path()));
    try (OutputTable table =
        transactional.isPresent() ? transactional.get() : directory(spark, named)) {
      if (table.leavesWhatExists()) {
        named.ifPresent(found -> found.register(console));
        console.print(
            String.format(
                Locale.ROOT, "%s exists; left as it is (--output-mode ignore)", table.place()));
        return;
      }
      RunReport report;
      Stopping.Registration registration = Stopping.whenStopped(() -> stop(table));
      try {
        report = run(spark, model, table, named);
      } finally {
        registration.cancel();
      }
      named.ifPresent(found -> found.register(console));
      summarize(report, table, spark);
      requireFewErrors(report);
    }
  }

  private VectorTable directory(SparkSession spark, Optional<CatalogTable> named) {
    OutputOptions directory =
        named.isEmpty()
            ? output
            : new OutputDirectoryOptions(named.get().location().toString(), output.mode());
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    return VectorTable.at(directory, tableOptions, input.paths(), hadoop, console);
  }

  /** In the JVM's last moments. */
  private void stop(OutputTable table) {
    console.note(
        String.format(
            Locale.ROOT,
            table.end()
                ? "Stopped. %s is complete."
                : incremental.isUsed(output)
                    ? "Stopped. %s is as it was; the next run takes what was computed."
                    : table instanceof TransactionalTable
                        ? "Stopped. %s is as it was, or complete if it was being committed."
                        : "Stopped. %s is as it was.",
            table.place()));
  }

  private RunReport run(
      SparkSession spark, ModelSource model, OutputTable table, Optional<CatalogTable> named) {
    ImageTable images = ImageTable.open(spark, input);
    List<String> carried = images.carried(tableOptions);
    labels.check(model.request(), carried);
    PartitionColumns partitions =
        PartitionColumns.of(tableOptions, images.rows().schema(), carried);
    Optional<IncrementalWrite> write =
        incremental.isUsed(output) && table instanceof VectorTable directory
            ? Optional.of(
                new IncrementalWrite(
                    images, carried, incremental, input.partitions(), directory, console))
            : Optional.empty();
    table.begin(images.rows());
    write.ifPresent(IncrementalWrite::requireUniqueIds);
    partitions.requireDirectories(images.rows(), console);
    suspectImages(spark, table);
    NativeLibrary.load();
    FrozenModel frozen =
        model.loader(spark.sparkContext().hadoopConfiguration()).load(model.request());
    EmbedOptions options = options(new ImageSize(frozen.imageHeight(), frozen.imageWidth()));
    console.note(
        String.format(
            Locale.ROOT,
            "Model: %s, %d values an image, fingerprint %.12s",
            frozen.name(),
            frozen.dimension(),
            frozen.fingerprint()));
    Embedding embedding =
        new Embedding(
            images.imageColumn(),
            frozen,
            options,
            labels,
            EmbedCounters.register(spark.sparkContext()));

    named.ifPresent(
        found ->
            found.requireFitting(
                write
                    .map(incrementally -> incrementally.columns(embedding))
                    .orElseGet(() -> embedding.of(images.rows(), carried).schema()),
                tableOptions.partitionBy()));

    Instant started = Instant.now();
    long startNanos = System.nanoTime();
    Written written;
    try {
      written =
          write.isPresent()
              ? Written.of(write.get().run(embedding), incremental)
              : table instanceof VectorTable directory && incremental.dedup()
                  ? Written.of(
                      new DeduplicatedWrite(images, carried, input.partitions(), directory, console)
                          .run(embedding))
                  : table instanceof VectorTable directory && !partitions.isEmpty()
                      ? Written.of(
                          new PartitionedWrite(images, carried, directory, console).run(embedding))
                      : write(embedding, images, carried, table);
    } catch (UserException e) {
      throw e;
    } catch (Exception e) {
      // Spark throws checked exceptions out of methods that don't declare them.
      Sessions.awaitTasks(spark); // or one of them writes again what is cleared up
      throw JobFailure.of(e);
    }
    RunReport report =
        new RunReport(
            started,
            Duration.ofNanos(System.nanoTime() - startNanos),
            written.rows(),
            embedding.counters().sessions(),
            embedding.counters().batches(),
            embedding.facts(),
            describe(images, write.map(IncrementalWrite::carried).orElse(carried), options, table),
            Sessions.describe(spark),
            written.changes(),
            written.duplicates());
    table.commit(report, spark);
    return report;
  }

  /** Without executors, an image that crashes the decoder ends the whole run. */
  private void suspectImages(SparkSession spark, OutputTable table) {
    if (table.followsDeadRun() && spark.sparkContext().isLocal()) {
      SuspectImages.suspectAll(spark.sparkContext());
      console.note(
          "The last run died. In case an image was the reason, each is decoded in a process of its"
              + " own first, which takes longer.");
    }
  }

  /** What was written: rows by status, and what there is to say of how. */
  private record Written(
      Map<ImageStatus, Long> rows, Optional<Changes> changes, OptionalLong duplicates) {

    static Written of(IncrementalWrite.Result result, IncrementalOptions options) {
      return new Written(
          result.rows(),
          Optional.of(result.changes()),
          options.dedup() ? OptionalLong.of(result.duplicates()) : OptionalLong.empty());
    }

    static Written of(Map<ImageStatus, Long> rows) {
      return new Written(rows, Optional.empty(), OptionalLong.empty());
    }

    static Written of(DeduplicatedWrite.Result result) {
      return new Written(result.rows(), Optional.empty(), OptionalLong.of(result.duplicates()));
    }
  }

  private EmbedOptions options(ImageSize size) {
    return EmbedOptions.of(size, settings);
  }

  private Written write(
      Embedding embedding, ImageTable images, List<String> carried, OutputTable table) {
    Dataset<Row> vectors = embedding.of(images.rows(), carried);
    VectorKind kind =
        VectorKind.of(embedding.facts(), vectors.schema(), table.partitionBy(), Optional.empty());
    table.requireComparable(kind);
    Progress progress =
        Progress.start(
            images.rows().sparkSession().sparkContext(),
            embedding.counters(),
            images.count(),
            console);
    try {
      table.write(vectors, kind.footer());
    } finally {
      progress.stop();
    }
    return Written.of(embedding.counters().rows());
  }

  private Map<String, Object> describe(
      ImageTable images, List<String> carried, EmbedOptions options, OutputTable table) {
    Map<String, Object> described = new LinkedHashMap<>();
    described.put("input", input.table() == null ? input.paths() : input.table());
    described.put("image_column", images.imageColumn());
    described.put("columns", carried);
    described.put("output", output.path().isEmpty() ? table.place() : output.path());
    output.table().ifPresent(name -> described.put("output_table", name));
    described.put("output_mode", output.mode().optionName());
    described.put("partition_by", tableOptions.partitionBy());
    described.put("mode", options.mode().name());
    described.put("batch_size", options.batchSize());
    described.put("max_image_bytes", options.images().limits().maxBytes());
    described.put("max_pixels", options.images().limits().maxPixels());
    described.put("max_side", options.images().limits().maxSide());
    described.put("max_frames", options.images().limits().maxFrames());
    described.put("max_error_rate", tableOptions.maxErrorRate());
    described.put("dedup", incremental.dedup());
    if (incremental.isUsed(output)) {
      described.put("deleted", incremental.deleted().name().toLowerCase(Locale.ROOT));
      described.put("retry", incremental.retry().name().toLowerCase(Locale.ROOT));
      described.put("rows_per_commit", incremental.rowsPerCommit());
    }
    return described;
  }

  private void summarize(RunReport report, OutputTable table, SparkSession spark) {
    String counts =
        report.rows().entrySet().stream()
            .filter(entry -> entry.getValue() > 0)
            .map(entry -> String.format(Locale.ROOT, "%,d %s", entry.getValue(), entry.getKey()))
            .collect(Collectors.joining(", "));
    console.print(
        String.format(
            Locale.ROOT,
            "%s in %.1f s (%.1f images/s): %s",
            Quantity.of(report.total(), "image"),
            report.elapsed().toMillis() / 1000.0,
            report.imagesPerSecond(),
            counts.isEmpty() ? "none" : counts));
    report.changes().ifPresent(found -> console.print(found.describe(incremental.deleted())));
    report
        .duplicates()
        .ifPresent(
            rows ->
                console.print(
                    String.format(
                        Locale.ROOT,
                        "%s not computed: the same bytes as another one",
                        Quantity.of(rows, "image"))));
    if (report.malformed() > 0
        && settings.get(EmbedSettings.MODE) != MalformedMode.DROPMALFORMED
        && console.verbosity() != Verbosity.QUIET) {
      boolean isWholeRun =
          output.mode() != OutputMode.APPEND && output.mode() != OutputMode.INCREMENTAL;
      Failures.tell(
          report.rows(),
          () -> table.stored(spark),
          isWholeRun
              ? "Could not be read, for example:"
              : "Could not be read, in this run or before, for example:",
          console);
    }
    console.print(
        "Vectors: "
            + (table instanceof TransactionalTable
                ? ""
                : output.table().map(name -> "table " + name + ", in ").orElse(""))
            + table.place());
  }

  private void requireFewErrors(RunReport report) {
    if (report.total() == 0) {
      return;
    }
    double rate = (double) report.malformed() / report.total();
    if (rate > tableOptions.maxErrorRate()) {
      String worst =
          report.rows().entrySet().stream()
              .filter(entry -> entry.getKey().isMalformed())
              .max(Map.Entry.comparingByValue())
              .map(entry -> entry.getKey())
              .map(ImageStatus::name)
              .orElse("");
      throw UserException.job(
          String.format(
              Locale.ROOT,
              "%,d of %s can't be read, a share of %.4f; --max-error-rate allows %s. The most"
                  + " frequent status is %s; column 'error' of the output has the reasons.",
              report.malformed(),
              Quantity.of(report.total(), "image"),
              rate,
              tableOptions.maxErrorRate(),
              worst));
    }
  }
}
