package io.mobilenetspark.jobs.embed;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.image.ImageSettings;
import io.mobilenetspark.image.ImageStatus;
import io.mobilenetspark.jobs.cli.Activity;
import io.mobilenetspark.jobs.cli.Console;
import io.mobilenetspark.jobs.cli.IncrementalOptions;
import io.mobilenetspark.jobs.cli.InputOptions;
import io.mobilenetspark.jobs.cli.OutputTableOptions;
import io.mobilenetspark.jobs.cli.Progress;
import io.mobilenetspark.jobs.cli.Sessions;
import io.mobilenetspark.jobs.cli.TableOptions;
import io.mobilenetspark.jobs.common.JobFailure;
import io.mobilenetspark.jobs.common.OwnJobs;
import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.jobs.input.CarriedColumns;
import io.mobilenetspark.jobs.input.ImageTable;
import io.mobilenetspark.jobs.output.CatalogTable;
import io.mobilenetspark.jobs.output.OutputTable;
import io.mobilenetspark.jobs.output.TransactionalTable;
import io.mobilenetspark.jobs.output.VectorTable;
import io.mobilenetspark.jobs.table.Changes;
import io.mobilenetspark.jobs.table.NamedVectors;
import io.mobilenetspark.jobs.table.PartitionColumns;
import io.mobilenetspark.jobs.table.RunReport;
import io.mobilenetspark.jobs.table.VectorKind;
import io.mobilenetspark.model.FrozenModel;
import io.mobilenetspark.model.handle.Redacted;
import io.mobilenetspark.spark.EmbedCounters;
import io.mobilenetspark.spark.EmbedOptions;
import io.mobilenetspark.spark.EmbedSettings;
import io.mobilenetspark.spark.FeatureTable;
import io.mobilenetspark.spark.SuspectImages;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * From the input as it is to a table that is committed: a whole job, or a round of one that goes
 * on. Everything is checked before the first image is read.
 */
final class EmbedRun {

  private final EmbedRequest request;
  private final JobModel model;
  private final SparkSession spark;
  private final Console console;
  private final WhenEmptied whenEmptied;
  private InputOptions input;
  private Optional<Settled> settled = Optional.empty();
  private volatile Optional<EmbedCounters> counters = Optional.empty(); // of this round

  /** An input that the table is up to date with: as listed, and the table's files. */
  private record Settled(String listing, List<String> files) {}

  EmbedRun(EmbedRequest request, JobModel model, SparkSession spark, Console console) {
    this.request = request;
    this.input = request.input();
    this.model = model;
    this.spark = spark;
    this.console = console;
    this.whenEmptied = new WhenEmptied.Leave(console);
  }

  /**
   * Writes the table and commits it.
   *
   * @param named its name in the catalog
   */
  RunReport run(OutputTable table, Optional<CatalogTable> named) {
    counters = Optional.empty();
    ImageTable images =
        Activity.during(
            spark.sparkContext(),
            console,
            "Looking for the images",
            () -> ImageTable.open(spark, input));
    RunReport report = compute(images, table, named, new WhenEmptied.Fail());
    table.commit(report, spark);
    return report;
  }

  /**
   * The same of an incremental table; does nothing, and gives nothing, if it is up to date. If
   * neither the listing nor the table is another one than last time, that is known at once.
   */
  Optional<RunReport> runIfChanged(VectorTable table, Optional<CatalogTable> named) {
    counters = Optional.empty(); // another round's rows are in the table
    input = ImageTable.withFormat(spark, input); // a note beside images may come, or go
    ImageTable images = ImageTable.open(spark, input);
    Optional<Settled> now =
        IncrementalWrite.goesByListing(request.incremental(), images)
            ? images.listing().map(listing -> new Settled(listing, table.files()))
            : Optional.empty();
    if (now.isPresent() && now.equals(settled)) {
      return Optional.empty();
    }
    RunReport report = compute(images, table, named, whenEmptied);
    if (!table.isLeft()) {
      table.commit(report, spark);
      return Optional.of(report);
    }
    Changes changes = report.changes().orElseThrow();
    // Unless rows wait for a place to be back.
    boolean isUpToDate =
        changes.added() == 0 && changes.gone(request.incremental().deleted()) == changes.retried();
    if (isUpToDate && changes.unchanged() + changes.retried() > 0) {
      table.removePending();
    }
    // What is tried again in each round is never settled.
    boolean isIdle = isUpToDate && changes.computed() == 0;
    settled = isIdle ? now : Optional.empty();
    return Optional.empty();
  }

  /**
   * How many rows tasks have computed that have ended, so far; a thread may ask while others run.
   */
  long computed() {
    return counters.stream()
        .flatMap(counted -> counted.rows().values().stream())
        .mapToLong(Long::longValue)
        .sum();
  }

  private RunReport compute(
      ImageTable images, OutputTable table, Optional<CatalogTable> named, WhenEmptied whenEmptied) {
    TableOptions tableOptions = request.table();
    IncrementalOptions incremental = request.incremental();
    int tasks = input.partitions();
    CarriedColumns carried = images.carried(tableOptions, FeatureTable.added(request.settings()));
    request.labels().check(model.request(), carried.all());
    PartitionColumns partitions =
        PartitionColumns.of(tableOptions, images.rows().schema(), carried.ids(), carried.kept());
    Optional<IncrementalWrite> write =
        incremental.isUsed(request.output()) && table instanceof VectorTable directory
            ? Optional.of(
                new IncrementalWrite(images, carried, incremental, input, directory, console))
            : Optional.empty();
    table.begin(images.rows());
    write.ifPresent(IncrementalWrite::requireUniqueIds);
    partitions.requireDirectories(images.namesOnly(), console);
    FrozenModel frozen = model.load(spark.sparkContext().hadoopConfiguration());
    EmbedOptions options =
        EmbedOptions.of(
            new ImageSize(frozen.imageHeight(), frozen.imageWidth()), request.settings());
    Embedding embedding =
        new Embedding(
            images.imageColumn(),
            frozen,
            options,
            request.labels(),
            EmbedCounters.register(spark.sparkContext()));

    named.ifPresent(
        found ->
            found.requireFitting(
                write
                    .map(incrementally -> incrementally.columns(embedding))
                    .orElseGet(() -> embedding.of(images.rows(), carried.all()).schema()),
                tableOptions.partitionBy()));

    counters = Optional.of(embedding.counters());
    Instant started = Instant.now();
    long startNanos = System.nanoTime();
    Written written;
    SparkContext context = spark.sparkContext();
    OwnJobs jobs = OwnJobs.of(spark);
    try {
      suspectImages(table);
      written =
          write.isPresent()
              ? Written.of(write.get().run(embedding, whenEmptied), incremental)
              : table instanceof VectorTable directory && incremental.dedup()
                  ? Written.of(
                      new DeduplicatedWrite(images, carried, tasks, directory, console)
                          .run(embedding))
                  : table instanceof VectorTable directory && !partitions.isEmpty()
                      ? Written.of(
                          new PartitionedWrite(images, carried, directory, console).run(embedding))
                      : write(embedding, images, carried, table);
    } catch (UserException e) {
      throw e;
    } catch (Exception e) {
      // Spark throws checked exceptions out of methods that don't declare them.
      jobs.cancel(); // of a thread that was interrupted, say
      throw JobFailure.of(e);
    } finally {
      jobs.awaitTasks(); // or one of them writes again what is moved, or cleared up
      jobs.close();
      SuspectImages.trustAll(context); // in the next round
    }
    return new RunReport(
        started,
        Duration.ofNanos(System.nanoTime() - startNanos),
        written.rows(),
        embedding.counters().sessions(),
        embedding.counters().batches(),
        embedding.facts(),
        describe(
            images, write.map(IncrementalWrite::carried).orElse(carried.all()), options, table),
        Sessions.describe(spark),
        written.changes(),
        written.duplicates());
  }

  /** Without executors, an image that crashes the decoder ends the whole run. */
  private void suspectImages(OutputTable table) {
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

  private Written write(
      Embedding embedding, ImageTable images, CarriedColumns carried, OutputTable table) {
    Dataset<Row> vectors = embedding.of(images.rows(), carried.all());
    VectorKind kind =
        VectorKind.of(
            embedding.facts(),
            vectors.schema(),
            carried.ids().size(),
            table.partitionBy(),
            Optional.empty());
    table.requireComparable(kind);
    Progress progress =
        Progress.start(spark.sparkContext(), embedding.counters(), images.count(), console);
    try {
      table.write(
          vectors,
          table instanceof TransactionalTable
              ? NamedVectors.footer(kind, request.settings().get(EmbedSettings.MODE))
              : kind.footer());
    } finally {
      progress.stop();
    }
    return Written.of(embedding.counters().rows());
  }

  private Map<String, Object> describe(
      ImageTable images, List<String> carried, EmbedOptions options, OutputTable table) {
    OutputTableOptions output = request.output();
    TableOptions tableOptions = request.table();
    IncrementalOptions incremental = request.incremental();
    Map<String, Object> described = new LinkedHashMap<>();
    described.put(
        "input",
        input.table() == null
            ? input.paths().stream().map(Redacted::path).toList()
            : Redacted.path(input.table()));
    described.put("image_column", images.imageColumn());
    described.put("columns", carried);
    described.put("output", Redacted.path(output.path().isEmpty() ? table.place() : output.path()));
    output.table().ifPresent(name -> described.put("output_table", Redacted.path(name)));
    described.put("output_mode", output.mode().optionName());
    described.put("partition_by", tableOptions.partitionBy());
    described.put("mode", options.mode().name());
    described.put("batch_size", options.batchSize());
    described.put("max_image_bytes", options.images().limits().maxBytes());
    described.put("max_pixels", options.images().limits().maxPixels());
    described.put("max_side", options.images().limits().maxSide());
    described.put("max_frames", options.images().limits().maxFrames());
    described.put("image_stats", options.images().get(ImageSettings.IMAGE_STATS));
    described.put("max_error_rate", tableOptions.maxErrorRate());
    described.put("dedup", incremental.dedup());
    if (incremental.isUsed(request.output())) {
      described.put("deleted", incremental.deleted().name().toLowerCase(Locale.ROOT));
      described.put("retry", incremental.retry().name().toLowerCase(Locale.ROOT));
      described.put("rows_per_commit", incremental.rowsPerCommit());
    }
    return described;
  }
}
