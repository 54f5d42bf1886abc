package io.mobilenetspark.jobs.page;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mobilenetspark.common.PathSyntax;
import io.mobilenetspark.common.Quantity;
import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.jobs.table.StoredVectors;
import io.mobilenetspark.jobs.table.VectorFiles;
import io.mobilenetspark.spark.FeatureMetadata;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.functions;
import org.jspecify.annotations.Nullable;

/** What {@code audit} left: a table of findings, and a summary that says how many there are. */
final class AuditFindings {

  private static final String SUMMARY = "_audit.json";
  private static final int FORMAT = 1;

  /** Kinds are bits of an INT. */
  private static final int MOST_KINDS = 31;

  private static final String FINDING = "finding";
  private static final String FILE = "file";
  private static final String ROW_IN_FILE = "row_in_file";
  private static final String PLACE = "place";
  private static final String TURN = "turn";
  private static final String GROUP = "group_id";

  /** Of a group, that what is alike is seen. */
  private static final int AT_ONCE = 2;

  private static final List<String> SHOWN =
      List.of(
          "split",
          "images",
          "image_stats",
          "k",
          "thresholds",
          "findings",
          "unreadable_by_status",
          "duplicate_groups",
          "elapsed_seconds");

  private final String path;
  private final JsonNode summary;
  private final List<String> kinds;
  private final Dataset<Row> rows;

  private AuditFindings(String path, JsonNode summary, List<String> kinds, Dataset<Row> rows) {
    this.path = path;
    this.summary = summary;
    this.kinds = kinds;
    this.rows = rows;
  }

  /**
   * Opens it.
   *
   * @throws UserException if it is none, or its table is not as its summary says
   */
  static AuditFindings open(SparkSession spark, String path) {
    try {
      JsonNode summary = summary(spark, path);
      List<String> kinds = new ArrayList<>();
      summary.path("findings").fieldNames().forEachRemaining(kinds::add);
      spark.catalog().refreshByPath(path);
      AuditFindings findings =
          new AuditFindings(
              path,
              summary,
              Collections.unmodifiableList(kinds),
              spark.read().option(VectorFiles.GLOBS, "false").parquet(path));
      findings.requireWhole();
      return findings;
    } catch (IOException | IllegalArgumentException e) {
      throw UserException.input(
          String.format(
              Locale.ROOT, "Can't read the audit %s: %s", path, PathSyntax.reason(path, e)),
          e);
    }
  }

  private static JsonNode summary(SparkSession spark, String path) throws IOException {
    Path file = new Path(new Path(path), SUMMARY);
    JsonNode summary;
    try (InputStream in =
        file.getFileSystem(spark.sparkContext().hadoopConfiguration()).open(file)) {
      summary = new ObjectMapper().readTree(in);
    } catch (FileNotFoundException e) {
      throw UserException.input(
          String.format(
              Locale.ROOT,
              "There is no audit at %s: it has no %s. Pass audit's --output.",
              path,
              SUMMARY),
          e);
    }
    int format = summary.path("format").asInt();
    if (format != FORMAT) {
      throw UserException.input(
          String.format(
              Locale.ROOT,
              "The audit %s has format %d, and this version reads %d. Run audit again with this"
                  + " version.",
              path,
              format,
              FORMAT));
    }
    return summary;
  }

  /** No finding is lost between the table and the page. */
  private void requireWhole() {
    Map<String, Long> counts = new HashMap<>();
    rows.groupBy(FINDING)
        .count()
        .collectAsList()
        .forEach(row -> counts.put(row.getString(0), row.getLong(1)));
    Map<String, Long> told = new HashMap<>();
    kinds.stream().filter(kind -> count(kind) > 0).forEach(kind -> told.put(kind, count(kind)));
    if (kinds.size() > MOST_KINDS || !counts.equals(told)) {
      throw UserException.input(
          String.format(
              Locale.ROOT,
              "The audit %s is damaged: its table has %s, and its summary says %s. Run audit again"
                  + " with --output-mode overwrite.",
              path,
              counts,
              told));
    }
  }

  /**
   * Fails unless the audit is of this table as it is, of vectors of the same model, by the same
   * ids.
   *
   * @throws UserException if it is not
   */
  void requireOf(StoredVectors table) {
    long now = table.rowCount();
    long then = summary.path("rows").asLong();
    if (now != then) {
      throw UserException.input(
          String.format(
              Locale.ROOT,
              "The audit %s is of %,d rows, and the table %s has %,d. Run audit again, or pass the"
                  + " table that was audited.",
              path,
              then,
              table.path(),
              now));
    }
    Map<String, String> facts = new HashMap<>();
    summary.path("model").properties().forEach(f -> facts.put(f.getKey(), f.getValue().asText()));
    List<String> differing = FeatureMetadata.differing(table.facts(), facts);
    if (!differing.isEmpty()) {
      throw UserException.input(
          String.format(
              Locale.ROOT,
              "The vectors of %s are not those of the audit %s: %s. Run audit again, or pass the"
                  + " table that was audited.",
              table.path(),
              path,
              StoredVectors.describe(differing, table.facts(), facts)));
    }
    String id = column("id_column");
    if (id != null && !id.equalsIgnoreCase(table.id())) {
      throw UserException.input(
          String.format(
              Locale.ROOT,
              "The audit %s names rows by column %s, not %s. Leave out --id-column, or run audit"
                  + " again with --id-column %s.",
              path,
              id,
              table.id(),
              table.id()));
    }
    requireFiles(table.lengths());
  }

  /** A table of a catalog has none, nor had any audit of one. */
  private void requireFiles(Map<String, Long> now) {
    Map<String, Long> then = new TreeMap<>();
    summary.path("files").properties().forEach(f -> then.put(f.getKey(), f.getValue().asLong()));
    if (!then.isEmpty() && !now.isEmpty() && !then.equals(now)) {
      throw UserException.input(
          String.format(
              Locale.ROOT,
              "The audit %s is of other files: of the %s that it looked at the table now has %,d"
                  + " as they were. Run audit again, or pass the table that was audited.",
              path,
              Quantity.of(then.size(), "file"),
              then.entrySet().stream().filter(now.entrySet()::contains).count()));
    }
  }

  String path() {
    return path;
  }

  /** What the page shows of the summary, and no more: who knows what else is in it. */
  Map<String, Object> shown() {
    Map<String, Object> shown = new LinkedHashMap<>();
    SHOWN.stream().filter(summary::has).forEach(key -> shown.put(key, summary.get(key)));
    return shown;
  }

  /** What it was told to look at, such as {@code labels}; null if it was not. */
  @Nullable String column(String name) {
    return summary.path(name).isTextual() ? summary.path(name).asText() : null;
  }

  /** The words for findings, in the audit's order. */
  List<String> kinds() {
    return kinds;
  }

  long count(String kind) {
    return summary.path("findings").path(kind).asLong();
  }

  /**
   * The first findings of each kind, in the audit's order. Of kinds with groups {@link #AT_ONCE} of
   * each group, then as many more of each: one of a thousand rows must not hide all others.
   *
   * @param most how many of a kind
   */
  List<GalleryEntry> first(int most) {
    Column inGroup =
        functions
            .row_number()
            .over(Window.partitionBy(FINDING, GROUP).orderBy(FILE, ROW_IN_FILE))
            .minus(1);
    Column turn =
        functions
            .when(functions.col(GROUP).isNotNull(), functions.floor(inGroup.divide(AT_ONCE)))
            .otherwise(0);
    Column place =
        functions.row_number().over(Window.partitionBy(FINDING).orderBy(TURN, FILE, ROW_IN_FILE));
    return rows
        .select(
            functions.col("*"),
            functions.col("_metadata.file_name").as(FILE),
            functions.col("_metadata.row_index").as(ROW_IN_FILE))
        .withColumn(TURN, turn)
        .withColumn(PLACE, place)
        .where(functions.col(PLACE).leq(most))
        .withColumn("kind", kind())
        .orderBy("kind", PLACE)
        .collectAsList()
        .stream()
        .map(row -> GalleryEntry.of(row.getAs("kind"), row))
        .toList();
  }

  /** What is found of rows: {@code found_id} and {@code findings}, a bit for each kind. */
  Dataset<Row> bits() {
    return rows.groupBy(functions.col("id").as("found_id"))
        .agg(
            functions
                .bit_or(functions.call_function("shiftleft", functions.lit(1), kind()))
                .as("findings"));
  }

  private Column kind() {
    Column[] words = kinds.stream().map(functions::lit).toArray(Column[]::new);
    return functions
        .array_position(functions.array(words), functions.col(FINDING))
        .minus(1)
        .cast("int");
  }
}
