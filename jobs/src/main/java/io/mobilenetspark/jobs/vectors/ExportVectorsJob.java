package io.mobilenetspark.jobs.vectors;

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
import io.mobilenetspark.jobs.table.StoredVectors;
import io.mobilenetspark.model.handle.Redacted;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;

/** Counts, writes and tells. */
final class ExportVectorsJob {

  /** What the files are, for programs and for whoever finds them. */
  private static final String REPORT = "_vectors.json";

  /** Raised when a field of the file changes its meaning or goes. */
  private static final int FORMAT = 1;

  /** Spark numbers its files in the digits of the locale. */
  private static final Pattern OURS =
      Pattern.compile(
          "_SUCCESS|_vectors\\.json|part-.*\\.(npy|fvecs|csv|json)|ids-\\d+\\.jsonl|attempt-.*");

  private final SparkSession spark;
  private final VectorFormat format;
  private final Console console;

  ExportVectorsJob(SparkSession spark, VectorFormat format, Console console) {
    this.spark = spark;
    this.format = format;
    this.console = console;
  }

  /**
   * Checks where the vectors are to go.
   *
   * @throws UserException if it can't be written to
   */
  static OutputPlace place(OutputOptions output, List<String> inputs, Configuration hadoop) {
    OutputPlace place =
        OutputPlace.whole(
            output, inputs, "is not for an export, which is of the whole table", hadoop);
    requireOwn(place);
    return place;
  }

  private static void requireOwn(OutputPlace place) {
    if (place.mode() == OutputMode.OVERWRITE) {
      place.requireOwn(REPORT, name -> OURS.matcher(name).matches());
    }
  }

  /**
   * Exports a table.
   *
   * @param files the most files of vectors; 0 for one of each part that Spark reads
   * @throws UserException if that can't be done; the place is then as it was before
   */
  void run(StoredVectors stored, int files, Normalization normalization, OutputPlace place) {
    long start = System.nanoTime();
    try (ResultDirectory directory = new ResultDirectory(spark, place)) {
      ExportedTable table =
          Activity.during(
              spark.sparkContext(),
              console,
              "Counting the vectors",
              () -> ExportedTable.of(stored, files, normalization));
      List<Map<String, Object>> written =
          Activity.during(
              spark.sparkContext(),
              console,
              "Writing the vectors",
              () -> write(table, place, directory));
      double seconds = (System.nanoTime() - start) / 1e9;
      Map<String, Object> described = describe(table, written, seconds);
      JsonFile.write(place.fileSystem(), directory.path(), REPORT, described);
      requireOwn(place); // somebody may have saved an index beside the old files
      directory.commit();
      tell(table, written.size(), seconds, place);
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

  private List<Map<String, Object>> write(
      ExportedTable table, OutputPlace place, ResultDirectory directory) throws IOException {
    TextFiles texts = new TextFiles(place.fileSystem(), directory.path());
    return switch (format) {
      case NPY -> arrays(ArrayFormat.NPY, table, place, directory);
      case FVECS -> arrays(ArrayFormat.FVECS, table, place, directory);
      case CSV -> texts.writeCsv(table.table(spark));
      case JSONL -> texts.writeJson(table.table(spark));
    };
  }

  private List<Map<String, Object>> arrays(
      ArrayFormat format, ExportedTable table, OutputPlace place, ResultDirectory directory)
      throws IOException {
    return new ArrayFiles(place.fileSystem(), directory, format).write(table, place.hadoop());
  }

  private Map<String, Object> describe(
      ExportedTable table, List<Map<String, Object>> files, double seconds) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("format", FORMAT);
    json.put("file_format", format.optionName());
    json.put("vectors", Redacted.path(table.stored().path()));
    json.put("id_column", table.stored().id());
    json.put("dimension", table.dimension());
    json.put("count", table.vectors());
    json.put("left_out", table.leftOut());
    json.put("metric", "cosine");
    json.put("normalize", table.normalization().optionName());
    json.put("unit_length", table.isUnitLength());
    json.put("files", files);
    json.put("elapsed_seconds", seconds);
    json.put("model", table.stored().facts());
    json.put("versions", Version.all());
    return json;
  }

  private void tell(ExportedTable table, int files, double seconds, OutputPlace place) {
    console.print(
        String.format(
            Locale.ROOT,
            "%s of %s in %.1f s, %s",
            Quantity.of(table.vectors(), "vector"),
            Quantity.of(table.dimension(), "value"),
            seconds,
            Quantity.of(files, "file")));
    table.leftOut().forEach((fault, rows) -> console.print("Left out: " + fault.rows(rows)));
    console.print("Vectors: " + place.path());
  }
}
