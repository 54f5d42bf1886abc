package io.mobilenetspark.jobs.audit;

import io.mobilenetspark.common.Quantity;
import io.mobilenetspark.jobs.cli.Activity;
import io.mobilenetspark.jobs.cli.Console;
import io.mobilenetspark.jobs.cli.OutputOptions;
import io.mobilenetspark.jobs.cli.OutputOptions.OutputMode;
import io.mobilenetspark.jobs.common.JobFailure;
import io.mobilenetspark.jobs.common.JsonFile;
import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.jobs.common.Version;
import io.mobilenetspark.jobs.output.OutputPlace;
import io.mobilenetspark.jobs.output.ResultDirectory;
import io.mobilenetspark.model.handle.Redacted;
import io.mobilenetspark.options.SettingValues;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;

/** Compares, looks, writes and tells. */
final class AuditJob {

  /** What the audit did, for programs. */
  private static final String REPORT = "_audit.json";

  /** Raised when a field of the file, or a column, changes its meaning or goes. */
  private static final int FORMAT = 1;

  /** Of neighbours in the rows that go to a task: about 20 MB of ids of 100 characters. */
  private static final int SLICE_IDS = 200_000;

  /** As many as a row's other texts are like. */
  private static final int LEAST_IDS = 10;

  private final SparkSession spark;
  private final AuditColumns columns;
  private final int k;
  private final Thresholds thresholds;
  private final SettingValues settings;
  private final Console console;

  /**
   * @param k how many neighbours of a row are looked at
   * @param settings limits of images
   */
  AuditJob(
      SparkSession spark,
      AuditColumns columns,
      int k,
      Thresholds thresholds,
      SettingValues settings,
      Console console) {
    this.spark = spark;
    this.columns = columns;
    this.k = k;
    this.thresholds = thresholds;
    this.settings = settings;
    this.console = console;
  }

  /**
   * Checks where the findings are to go.
   *
   * @throws UserException if it can't be written to
   */
  static OutputPlace place(OutputOptions output, List<String> inputs, Configuration hadoop) {
    OutputPlace place =
        OutputPlace.whole(
            output, inputs, "is not for findings, which are those of the whole table", hadoop);
    if (place.mode() == OutputMode.OVERWRITE) {
      place.requireOwn(REPORT, AuditJob::isOurs);
    }
    return place;
  }

  private static boolean isOurs(String name) {
    return name.equals("_SUCCESS")
        || name.equals(REPORT)
        || (name.startsWith("part-") && name.endsWith(".parquet"));
  }

  /**
   * Audits a table.
   *
   * @throws UserException if that can't be done; the place is then as it was before
   */
  void run(AuditTable table, OutputPlace place) {
    long start = System.nanoTime();
    try (ResultDirectory directory = new ResultDirectory(spark, place)) {
      Neighbourhoods all = compared(table);
      List<Finding> found = new VectorFindings(all, thresholds).find();
      found.addAll(seen(table, all));
      Findings findings = new Findings(all, found);
      spark
          .createDataFrame(inSlices(findings.rows()), Finding.COLUMNS)
          .write()
          .mode(SaveMode.Append)
          .parquet(directory.path().toString());
      double seconds = (System.nanoTime() - start) / 1e9;
      Map<String, Object> described = describe(table, all, findings, seconds);
      JsonFile.write(place.fileSystem(), directory.path(), REPORT, described);
      directory.commit();
      tell(table, all, findings, seconds, place);
      console.result(
          () -> {
            Map<String, Object> facts = Console.written(place.path().toString());
            facts.putAll(described);
            return facts;
          });
    } catch (IOException e) {
      throw UserException.job(
          String.format(Locale.ROOT, "Can't write to %s: %s", place.path(), e.getMessage()), e);
    } catch (UserException e) {
      throw e;
    } catch (Exception e) { // Spark throws checked exceptions out of methods without them
      throw JobFailure.of(e);
    }
  }

  private Neighbourhoods compared(AuditTable table) {
    return Activity.during(
        spark.sparkContext(),
        console,
        "Comparing each vector with each",
        () -> Neighbourhoods.of(spark, table, k, (float) thresholds.duplicate(), console));
  }

  private List<Finding> seen(AuditTable table, Neighbourhoods all) {
    return Activity.during(
        spark.sparkContext(),
        console,
        "Looking at the images",
        () -> PixelScan.find(spark, table, all, thresholds, settings));
  }

  /** In this order, a file each: what goes to a task must be smaller than Spark's messages. */
  private JavaRDD<Row> inSlices(List<Row> rows) {
    int slices = 1 + rows.size() / (SLICE_IDS / Math.max(k, LEAST_IDS));
    return new JavaSparkContext(spark.sparkContext()).parallelize(rows, slices);
  }

  Map<String, Object> describe(
      AuditTable table, Neighbourhoods all, Findings findings, double seconds) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("format", FORMAT);
    json.put("vectors", Redacted.path(table.stored().path()));
    json.put("id_column", table.stored().id());
    json.put("labels", columns.labels());
    json.put("split", columns.split());
    json.put("images", columns.images());
    json.put("image_stats", table.isMeasured());
    json.put("k", k);
    json.put("thresholds", thresholds.json());
    json.put("rows", all.rows().size());
    json.put("findings", findings.counts());
    json.put("unreadable_by_status", findings.statuses());
    json.put("duplicate_groups", findings.groups());
    json.put("elapsed_seconds", seconds);
    json.put("files", table.stored().lengths());
    json.put("model", table.stored().facts());
    json.put("versions", Version.all());
    return json;
  }

  private void tell(
      AuditTable table, Neighbourhoods all, Findings findings, double seconds, OutputPlace place) {
    console.print(
        String.format(Locale.ROOT, "%s in %.1f s", Quantity.of(all.rows().size(), "row"), seconds));
    List<String> lines = findings.lines();
    (lines.isEmpty() ? List.of("No findings") : lines).forEach(console::print);
    tellOfPixels(table, all);
    if (!table.hasSizes()) {
      console.note(
          "The table has no columns width and height: tiny and long, narrow images are not told.");
    }
    console.print("Findings: " + place.path());
  }

  private void tellOfPixels(AuditTable table, Neighbourhoods all) {
    long unmeasured = all.rows().stream().filter(AuditedRow::isUnmeasured).count();
    if (!table.isMeasured()) {
      if (columns.images() == null) {
        console.note(
            "The images were not read: dark, bright and blurred ones need --images, or a table of"
                + " embed --image-stats.");
      }
    } else if (columns.images() == null && unmeasured > 0) {
      console.note(
          String.format(
              Locale.ROOT,
              "%s with an image without image_stats: whether it is dark, bright or blurred needs"
                  + " --images.",
              Quantity.of(unmeasured, "row")));
    } else if (columns.images() != null && unmeasured == 0) {
      console.note(
          "The images were not read, since the table has image_stats: one that can't be read any"
              + " more is not told.");
    }
  }
}
