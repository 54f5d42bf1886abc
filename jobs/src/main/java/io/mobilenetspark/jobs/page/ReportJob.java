package io.mobilenetspark.jobs.page;

import io.mobilenetspark.common.Quantity;
import io.mobilenetspark.jobs.cli.Console;
import io.mobilenetspark.jobs.common.JobFailure;
import io.mobilenetspark.jobs.common.Terminal;
import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.jobs.common.Version;
import io.mobilenetspark.jobs.compare.ComparableTable;
import io.mobilenetspark.jobs.table.NamedColumns;
import io.mobilenetspark.jobs.table.StoredVectors;
import io.mobilenetspark.jobs.thumbnail.Thumbnail;
import io.mobilenetspark.jobs.thumbnail.Thumbnails;
import io.mobilenetspark.model.handle.Redacted;
import io.mobilenetspark.options.SettingValues;
import io.mobilenetspark.spark.ClassicSpark;
import io.mobilenetspark.spark.FeatureTable;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.jspecify.annotations.Nullable;

/** Gathers what the page shows, and writes it. */
final class ReportJob {

  /** Findings of a kind that are shown: as many as are looked at. */
  static final int GALLERY = 120;

  private final SparkSession spark;
  private final StoredVectors table;
  private final @Nullable AuditFindings audit;
  private final @Nullable String labels;
  private final @Nullable String images;
  private final Console console;

  /**
   * @param audit null if nothing was audited
   * @param labels null for those of the audit
   * @param images null for those of the audit, or the paths of the table
   */
  ReportJob(
      SparkSession spark,
      StoredVectors table,
      @Nullable AuditFindings audit,
      @Nullable String labels,
      @Nullable String images,
      Console console) {
    this.spark = spark;
    this.table = table;
    this.audit = audit;
    this.labels = labels != null || audit == null ? labels : audit.column("labels");
    this.images = images != null ? images : defaultImages(table, audit);
    this.console = console;
  }

  private static @Nullable String defaultImages(
      StoredVectors table, @Nullable AuditFindings audit) {
    String audited = audit == null ? null : audit.column("images");
    return audited == null ? NamedColumns.paths(table.rows().schema()) : audited;
  }

  /**
   * Makes the page.
   *
   * @param most points of the map
   * @param seed of the sample, if there are more, and of the clusters
   * @param settings limits of the images
   * @throws UserException if that can't be done; the file is then as it was before
   */
  void run(int most, long seed, SettingValues settings, PageFile file) {
    try {
      int dimension = ComparableTable.requireDimension(table);
      Dataset<Row> source =
          table
              .rows()
              .select(
                  functions.col(FeatureTable.FEATURES),
                  StoredVectors.text(table.idColumn(), table.idType()),
                  NamedColumns.label(table.rows(), labels))
              .toDF("features", "id", "label");
      List<GalleryEntry> entries = audit == null ? List.of() : audit.first(GALLERY);
      Set<@Nullable String> shown = new HashSet<>();
      entries.forEach(entry -> entry.ids().forEach(shown::add));
      long rows = table.rowCount();
      Projection projection =
          Projection.of(
              ClassicSpark.rows(source.select("features")),
              dimension,
              vectors -> PageContent.components(Math.min(vectors, most)));
      PageContent content =
          new PageContent(
              RowSample.of(
                  source, projection, shown, audit == null ? null : audit.bits(), most, seed),
              entries);
      int[] clusters = Clusters.of(spark, content.rows(), seed);
      Map<@Nullable String, Thumbnail> thumbnails =
          images == null
              ? new HashMap<>() // ids may be NULL
              : Thumbnails.of(spark, table, images, content.pictured(), settings);
      Map<String, Object> summary = summary(rows, projection, seed, thumbnails);
      Page page =
          content.page(
              "Report on " + new Path(table.path()).getName(), summary, clusters, thumbnails);
      long bytes = file.write(page);
      tell(rows, content, thumbnails, projection, bytes, file);
    } catch (UserException e) {
      throw e;
    } catch (Exception e) { // Spark throws checked exceptions out of methods without them
      throw JobFailure.of(e);
    }
  }

  private Map<String, Object> summary(
      long rows, Projection projection, long seed, Map<@Nullable String, Thumbnail> thumbnails) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("table", Redacted.handle(table.path()));
    json.put("idColumn", table.id());
    json.put("labels", labels);
    json.put("images", images);
    json.put("rows", rows);
    json.put("vectors", projection.rows());
    json.put("seed", seed);
    json.put("explained", List.of(projection.explained(0), projection.explained(1)));
    json.put("explainedByAll", projection.explained());
    json.put("unreadable", unreadable(thumbnails).size());
    json.put("kinds", audit == null ? List.of() : audit.kinds());
    json.put("galleryLimit", GALLERY);
    if (audit != null) {
      json.put("audit", Redacted.handle(audit.path()));
      json.put("audited", audit.shown());
    }
    Map<String, String> facts = new LinkedHashMap<>(table.facts());
    facts.replaceAll((key, value) -> Redacted.handle(value));
    json.put("facts", facts);
    json.put("versions", Version.all());
    return json;
  }

  private static List<Thumbnail> unreadable(Map<@Nullable String, Thumbnail> thumbnails) {
    return thumbnails.values().stream().filter(one -> !one.problem().isEmpty()).toList();
  }

  private void tell(
      long rows,
      PageContent content,
      Map<@Nullable String, Thumbnail> thumbnails,
      Projection projection,
      long bytes,
      PageFile file) {
    console.print(
        String.format(
            Locale.ROOT,
            "%s, of which %,d have vectors; %,d are on the map",
            Quantity.of(rows, "row"),
            projection.rows(),
            content.points()));
    if (audit == null) {
      console.note("Nothing was audited: findings need --audit, the output of audit.");
    } else {
      for (String kind : audit.kinds()) {
        if (audit.count(kind) > 0) {
          console.print(
              String.format(Locale.ROOT, "%,7d  %s", audit.count(kind), Terminal.shown(kind)));
        }
      }
    }
    if (content.missing() > 0) {
      console.note(
          String.format(
              Locale.ROOT,
              "Findings name %s that the table no longer has. Run audit again.",
              Quantity.of(content.missing(), "row")));
    }
    if (images == null) {
      console.note("There are no thumbnails: pass --images, the column with the images.");
    }
    List<Thumbnail> unreadable = unreadable(thumbnails);
    first(unreadable)
        .ifPresent(
            one ->
                console.note(
                    String.format(
                        Locale.ROOT,
                        "%s could not be read; %s: %s%s",
                        Quantity.of(unreadable.size(), "image"),
                        Terminal.shown(String.valueOf(one.id())),
                        Terminal.shown(one.problem()),
                        one.problem().startsWith("TOO_") // statuses of images past a limit
                            ? "; pass the limits that embed had, if these are larger"
                            : "")));
    console.print(String.format(Locale.ROOT, "Report: %s (%,d bytes)", file.path(), bytes));
    console.result(() -> facts(rows, content, unreadable.size(), projection, bytes, file));
  }

  private Map<String, Object> facts(
      long rows,
      PageContent content,
      int unreadable,
      Projection projection,
      long bytes,
      PageFile file) {
    Map<String, Object> facts = Console.written(file.path().toString());
    facts.put("bytes", bytes);
    facts.put("vectors", Redacted.path(table.path()));
    facts.put("rows", rows);
    facts.put("rows_with_vectors", projection.rows());
    facts.put("points", content.points());
    if (audit != null) {
      Map<String, Object> findings = new LinkedHashMap<>();
      for (String kind : audit.kinds()) {
        findings.put(kind, audit.count(kind));
      }
      facts.put("findings", findings);
      facts.put("findings_missing", content.missing());
    }
    facts.put("thumbnails_unreadable", unreadable);
    return facts;
  }

  private static Optional<Thumbnail> first(List<Thumbnail> unreadable) {
    return unreadable.stream()
        .min((one, other) -> Objects.toString(one.id()).compareTo(Objects.toString(other.id())));
  }
}
