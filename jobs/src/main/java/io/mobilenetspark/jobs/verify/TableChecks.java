package io.mobilenetspark.jobs.verify;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.sum;

import com.fasterxml.jackson.databind.JsonNode;
import io.mobilenetspark.common.Quantity;
import io.mobilenetspark.image.ImageStatus;
import io.mobilenetspark.jobs.table.IdColumns;
import io.mobilenetspark.jobs.table.RunReport;
import io.mobilenetspark.jobs.table.StoredVectors;
import io.mobilenetspark.jobs.table.VectorFiles;
import io.mobilenetspark.spark.FeatureMetadata;
import io.mobilenetspark.spark.FeatureTable;
import io.mobilenetspark.spark.MalformedMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/** What can be told of a table of vectors without computing any. */
final class TableChecks {

  /** Of rows or files that a finding names. */
  private static final int NAMED = 3;

  private final StoredVectors table;
  private final List<Finding> findings = new ArrayList<>();

  TableChecks(StoredVectors table) {
    this.table = table;
  }

  /** The table by itself: files, facts, values, ids. */
  List<Finding> ofItself() {
    files();
    facts();
    values();
    ids();
    return findings;
  }

  private void add(boolean isFault, String ok, String fault, Object... values) {
    findings.add(
        isFault
            ? Finding.fault(String.format(Locale.ROOT, fault, values))
            : Finding.ok(String.format(Locale.ROOT, ok, values)));
  }

  private void files() {
    if (!table.hasFiles()) {
      return; // which are the catalog's matter
    }
    int files = table.footers().size() + table.damaged().size();
    add(
        !table.damaged().isEmpty(),
        "%s can be read",
        "damaged: %2$,d of %1$s, whose rows are lost: %3$s. Run embed again",
        Quantity.of(files, "file"),
        table.damaged().size(),
        some(table.damaged()));
  }

  private void facts() {
    for (VectorFiles.Footer footer : table.footers()) {
      if (!footer.contradicting().isEmpty()) {
        findings.add(
            Finding.fault(
                String.format(
                    Locale.ROOT,
                    "%s says something else of the vectors than their column does, so that something"
                        + " else than embed has replaced them: %s. Embed them again with --output-mode"
                        + " overwrite",
                    footer.name(),
                    String.join(", ", footer.contradicting()))));
        return;
      }
    }
    Set<String> differing = new TreeSet<>();
    for (VectorFiles.Footer footer : table.footers()) {
      differing.addAll(FeatureMetadata.differing(table.facts(), footer.facts()));
    }
    Set<Integer> ids =
        table.footers().stream().map(VectorFiles.Footer::ids).collect(Collectors.toSet());
    if (ids.size() > 1) {
      findings.add(
          Finding.fault(
              String.format(
                  Locale.ROOT,
                  "the files disagree on how many columns name a row: %s. They are of several"
                      + " tables; put back what belongs here",
                  new TreeSet<>(ids))));
    }
    if (table.facts().isEmpty() && differing.isEmpty()) {
      findings.add(
          Finding.fault("the files don't say what the vectors are; embed did not write them"));
      return;
    }
    add(
        !differing.isEmpty(),
        "one kind of vectors: model %s, fingerprint %.12s",
        "vectors of several kinds, which are not comparable: the files differ in %3$s",
        table.facts().getOrDefault(FeatureMetadata.PREFIX + "model", "unknown"),
        table.facts().getOrDefault(FeatureMetadata.PREFIX + "model.fingerprint", "unknown"),
        String.join(", ", differing));
  }

  private void values() {
    Column features = col(FeatureTable.FEATURES);
    Column isOk = col(FeatureTable.STATUS).equalTo(ImageStatus.OK.name());
    Column isNumber =
        functions.forall(
            features,
            x -> x.isNotNull().and(x.between(lit(-Float.MAX_VALUE), lit(Float.MAX_VALUE))));
    String dimension = table.facts().getOrDefault(FeatureMetadata.PREFIX + "dimension", "0");
    Row counts =
        table
            .rows()
            .agg(
                count(lit(1)),
                count_if(features.isNotNull()),
                count_if(col(FeatureTable.STATUS).isNull().or(isOk.notEqual(features.isNotNull()))),
                count_if(functions.size(features).notEqual(lit(Integer.parseInt(dimension)))),
                count_if(not(isNumber)))
            .head();
    long rows = counts.getLong(0);
    findings.add(
        Finding.ok(
            String.format(
                Locale.ROOT,
                "%s, %,d of them with a vector",
                Quantity.of(rows, "row"),
                counts.getLong(1))));
    JsonNode written = table.report().path("table").path("rows");
    if (written.isNumber()) {
      add(
          written.asLong() != rows,
          "as many rows as %3$s says",
          "%3$s says %2$s, but the table has %1$,d: rows or files were lost or added since",
          rows,
          Quantity.of(written.asLong(), "row"),
          RunReport.FILE);
    }
    add(
        counts.getLong(2) > 0,
        "a vector wherever the status is OK, and nowhere else",
        "%s with a vector but not the status OK, or the status OK but no vector",
        Quantity.of(counts.getLong(2), "row"));
    add(
        counts.getLong(3) > 0,
        "%2$s values a vector",
        "%s without exactly %s values",
        Quantity.of(counts.getLong(3), "vector"),
        dimension);
    add(
        counts.getLong(4) > 0,
        "every value is a finite number",
        "%s with a value that is NaN, infinite or NULL",
        Quantity.of(counts.getLong(4), "vector"));
  }

  private void ids() {
    IdColumns ids = table.ids();
    long nulls = table.rows().where(ids.isNull()).count();
    Dataset<Row> duplicates =
        table
            .rows()
            .where(not(ids.isNull()))
            .groupBy(ids.value().as("id"))
            .agg(count(lit(1)).as("rows"))
            .where("rows > 1");
    Row counts = duplicates.agg(count(lit(1)), sum("rows")).head();
    long duplicated = counts.getLong(0);
    add(
        nulls > 0,
        "no row's %2$s is NULL",
        "%s with NULL in %s",
        Quantity.of(nulls, "row"),
        ids.label());
    add(
        duplicated > 0,
        "every %4$s is unique",
        "%s of %4$s in %2$s, where each should be in one: %3$s",
        Quantity.of(duplicated, "value"),
        Quantity.of(duplicated > 0 ? counts.getLong(1) : 0, "row"),
        some(duplicates.select("id")),
        ids.label());
  }

  /**
   * The table beside its input: what one of them has and the other has not.
   *
   * @param input the input's rows, with the same column of ids
   */
  List<Finding> beside(Dataset<Row> input) {
    Dataset<Row> theirs = ids(input);
    Dataset<Row> ours = ids(table.rows());
    Dataset<Row> missing = theirs.join(ours, theirs.col("id").equalTo(ours.col("id")), "left_anti");
    Dataset<Row> extra = ours.join(theirs, theirs.col("id").equalTo(ours.col("id")), "left_anti");
    long lost = missing.count();
    long left = extra.count();
    List<Finding> beside = new ArrayList<>();
    boolean leavesOut = table.mode().equals(MalformedMode.DROPMALFORMED.name());
    if (lost == 0) {
      beside.add(Finding.ok("no row of the input is missing"));
    } else {
      String count = Quantity.of(lost, "row");
      beside.add(
          leavesOut
              ? Finding.note(
                  String.format(
                      Locale.ROOT,
                      "%s of the input missing, as --mode DROPMALFORMED leaves out what can't be read: %s",
                      count,
                      some(missing)))
              : Finding.fault(
                  String.format(
                      Locale.ROOT,
                      "%s of the input missing: %s. New, or lost: %s",
                      count,
                      some(missing),
                      cure())));
    }
    beside.add(
        left == 0
            ? Finding.ok("every row has its input")
            : Finding.note(
                String.format(
                    Locale.ROOT,
                    "%s whose input is gone: %s",
                    Quantity.of(left, "row"),
                    some(extra))));
    return beside;
  }

  /** What brings missing rows into the table: an incremental one refuses to be appended to. */
  private String cure() {
    return table.footers().stream()
        .flatMap(footer -> footer.changedBy().stream())
        .findFirst()
        .map(
            changedBy ->
                String.format(
                    Locale.ROOT,
                    "embed with --output-mode incremental --changed-by %s, which computes what is"
                        + " missing",
                    changedBy))
        .orElse("embed what is new with --output-mode append");
  }

  private Dataset<Row> ids(Dataset<Row> rows) {
    IdColumns ids = table.ids();
    return rows.where(not(ids.isNull())).select(ids.value().as("id")).distinct();
  }

  /** Some of them, for people. */
  private String some(Dataset<Row> ids) {
    return some(
        ids.limit(NAMED + 1).collectAsList().stream()
            .map(row -> table.ids().nameOf(row.get(0)))
            .toList());
  }

  private static String some(List<String> names) {
    String text = String.join(", ", names.stream().sorted().limit(NAMED).toList());
    return names.size() > NAMED ? text + ", ..." : text;
  }
}
