package io.mobilenetspark.jobs.table;

import com.fasterxml.jackson.databind.JsonNode;
import io.mobilenetspark.image.ImageStatus;
import io.mobilenetspark.jobs.common.JsonFile;
import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.jobs.common.Version;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * What a run did, for people and for programs.
 *
 * @param started when
 * @param elapsed from the first task's start to the commit of the output
 * @param rows rows by status; in mode DROPMALFORMED those that were left out are counted too, in an
 *     incremental run those that are taken from runs that did not finish
 * @param sessions TensorFlow sessions that were opened, one an executor JVM
 * @param batches runs of the model
 * @param model what the vectors are, as in the output's metadata
 * @param options the run's options, as far as they are not in {@code model}
 * @param spark where it ran
 * @param changes what an incremental run found
 * @param duplicates rows that got the vector of another one with the same image; empty if that was
 *     not asked for
 */
public record RunReport(
    Instant started,
    Duration elapsed,
    Map<ImageStatus, Long> rows,
    long sessions,
    long batches,
    Map<String, String> model,
    Map<String, Object> options,
    Map<String, Object> spark,
    Optional<Changes> changes,
    OptionalLong duplicates) {

  /** The file's name. Spark passes over names that begin with an underscore. */
  public static final String FILE = "_run.json";

  /** Raised when a field of the file changes its meaning or goes. */
  private static final int FORMAT = 1;

  /**
   * Checks what was read.
   *
   * @throws UserException if a later version wrote it
   */
  static void requireKnownFormat(JsonNode report, Path file) {
    int format = report.path("format").asInt();
    if (format > FORMAT) {
      throw UserException.input(
          String.format(
              Locale.ROOT,
              "%s is of format %d; this version of mobilenet-spark reads formats up to %d. Use the version that wrote it, or a later one.",
              file,
              format,
              FORMAT));
    }
  }

  public long total() {
    return rows.values().stream().mapToLong(Long::longValue).sum();
  }

  public long malformed() {
    return rows.entrySet().stream()
        .filter(entry -> entry.getKey().isMalformed())
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  public double imagesPerSecond() {
    long computed = changes.map(Changes::computed).orElseGet(() -> total() - duplicates.orElse(0));
    return computed / Math.max(1e-3, elapsed.toMillis() / 1000.0);
  }

  /**
   * Writes {@value #FILE} into a directory, whole or not at all.
   *
   * @param table what the whole table has, of which this run may have written a part
   */
  public void write(FileSystem fileSystem, Path directory, Map<String, Object> table)
      throws IOException {
    Map<String, Object> json = facts();
    json.put("table", table);
    JsonFile.write(fileSystem, directory, FILE, json);
  }

  /** What the run did, for programs. */
  public Map<String, Object> facts() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("format", FORMAT);
    json.put("started", started.toString());
    json.put("elapsed_seconds", elapsed.toMillis() / 1000.0);
    json.put("images", total());
    json.put("images_per_second", Math.round(imagesPerSecond() * 10) / 10.0);
    json.put("status", rows);
    changes.ifPresent(found -> json.put("incremental", found.json()));
    duplicates.ifPresent(copied -> json.put("duplicates", copied));
    json.put("sessions", sessions);
    json.put("batches", batches);
    json.put("model", model);
    json.put("options", options);
    json.put("spark", spark);
    json.put("versions", Version.all());
    return json;
  }
}
