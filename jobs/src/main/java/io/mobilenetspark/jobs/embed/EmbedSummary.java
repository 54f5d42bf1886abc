package io.mobilenetspark.jobs.embed;

import io.mobilenetspark.common.Quantity;
import io.mobilenetspark.image.ImageStatus;
import io.mobilenetspark.jobs.cli.Activity;
import io.mobilenetspark.jobs.cli.Console;
import io.mobilenetspark.jobs.cli.IncrementalOptions;
import io.mobilenetspark.jobs.cli.OutputOptions.OutputMode;
import io.mobilenetspark.jobs.cli.OutputTableOptions;
import io.mobilenetspark.jobs.common.Stopping;
import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.jobs.output.OutputTable;
import io.mobilenetspark.jobs.output.TransactionalTable;
import io.mobilenetspark.jobs.table.Changes;
import io.mobilenetspark.jobs.table.RunReport;
import io.mobilenetspark.spark.MalformedMode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.sql.SparkSession;

/** What people are told of a run that has written its table. */
final class EmbedSummary {

  private final OutputTableOptions output;
  private final IncrementalOptions incremental;
  private final MalformedMode mode;
  private final double maxErrorRate;
  private final Console console;

  EmbedSummary(
      OutputTableOptions output,
      IncrementalOptions incremental,
      MalformedMode mode,
      double maxErrorRate,
      Console console) {
    this.output = output;
    this.incremental = incremental;
    this.mode = mode;
    this.maxErrorRate = maxErrorRate;
    this.console = console;
  }

  /** Of one of many runs, in a line. */
  void tellRound(long number, RunReport report) {
    Changes found = report.changes().orElseThrow();
    console.print(
        String.format(
            Locale.ROOT,
            "Round %,d: %s in %.1f s, %,d can't be read; %,d new, %,d changed, %,d retried%s; %s now",
            number,
            Quantity.of(report.total(), "image"),
            report.elapsed().toMillis() / 1000.0,
            report.malformed(),
            found.added(),
            found.changed(),
            found.retried(),
            incremental.deleted() == IncrementalOptions.Deleted.REMOVE
                ? String.format(Locale.ROOT, ", %,d removed", found.deleted())
                : "",
            Quantity.of(found.whole(incremental.deleted()), "row")));
    console.result(
        () -> {
          Map<String, Object> facts = new LinkedHashMap<>();
          facts.put("round", number);
          facts.put("rows_now", found.whole(incremental.deleted()));
          facts.putAll(report.facts());
          return facts;
        });
  }

  /** Of a run. */
  void tell(RunReport report, OutputTable table, SparkSession spark) {
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
    List<Failures.Example> failures = failures(report, table, spark);
    if (!failures.isEmpty()) {
      boolean isWholeRun =
          output.mode() != OutputMode.APPEND && output.mode() != OutputMode.INCREMENTAL;
      console.print(
          isWholeRun
              ? "Could not be read, for example:"
              : "Could not be read, in this run or before, for example:");
      Failures.lines(failures).forEach(console::print);
    }
    console.print(
        "Vectors: "
            + (table instanceof TransactionalTable
                ? ""
                : output.table().map(name -> "table " + name + ", in ").orElse(""))
            + table.place());
    if (table instanceof TransactionalTable named) {
      named.note(spark).ifPresent(console::note);
    }
    console.result(
        () -> {
          Map<String, Object> facts = Console.written(table.place());
          facts.putAll(report.facts());
          facts.put("failures", failures.stream().map(Failures.Example::json).toList());
          return facts;
        });
  }

  /** Examples; none if such rows are left out of the table, or nobody reads of them. */
  private List<Failures.Example> failures(RunReport report, OutputTable table, SparkSession spark) {
    if (report.malformed() == 0 || mode == MalformedMode.DROPMALFORMED || console.isSilent()) {
      return List.of();
    }
    try {
      return Activity.during(
          spark.sparkContext(),
          console,
          "Looking at what could not be read",
          () -> Failures.of(report.rows(), table.stored(spark)));
    } catch (Exception e) { // Spark throws checked exceptions out of methods without them
      if (!Stopping.hasBegun()) {
        console.note("The images that could not be read can't be shown: " + e.getMessage());
      }
      return List.of();
    }
  }

  /**
   * Looks at the rows that were brought in.
   *
   * @throws UserException if too many failed
   */
  void requireFewErrors(RunReport report) {
    if (report.total() == 0) {
      return;
    }
    double rate = (double) report.malformed() / report.total();
    if (rate > maxErrorRate) {
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
              maxErrorRate,
              worst));
    }
  }
}
