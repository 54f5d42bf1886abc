package io.mobilenetspark.jobs.search;

import io.mobilenetspark.jobs.cli.Console;
import io.mobilenetspark.jobs.common.JobFailure;
import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.jobs.table.NamedColumns;
import io.mobilenetspark.jobs.table.StoredVectors;
import io.mobilenetspark.jobs.table.VectorFiles;
import io.mobilenetspark.jobs.thumbnail.Thumbnail;
import io.mobilenetspark.jobs.thumbnail.Thumbnails;
import io.mobilenetspark.jobs.web.SearchedTable.Answer;
import io.mobilenetspark.jobs.web.SearchedTable.Facts;
import io.mobilenetspark.jobs.web.SearchedTable.Named;
import io.mobilenetspark.jobs.web.SearchedTable.Neighbour;
import io.mobilenetspark.model.handle.Redacted;
import io.mobilenetspark.options.SettingValues;
import io.mobilenetspark.spark.FeatureMetadata;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.jspecify.annotations.Nullable;

/** A table as it lies, with what a page shows of its rows. */
final class OpenTable {

  private final SparkSession spark;
  private final StoredVectors table;
  private final VectorSearch search;
  private final SimilarQuery queries;
  private final SettingValues limits;
  private final @Nullable Column label;
  private final @Nullable String images;
  private final Pictures pictures;

  /**
   * @param search of the table
   * @param queries of the table
   * @param columns that are shown
   * @param limits of images, those of the table and others
   * @throws UserException if there is no such column
   */
  OpenTable(
      SparkSession spark,
      StoredVectors table,
      VectorSearch search,
      SimilarQuery queries,
      ShownColumns columns,
      SettingValues limits) {
    this.spark = spark;
    this.table = table;
    this.search = search;
    this.queries = queries;
    this.limits = limits;
    String labels = columns.labels(table);
    this.label = labels == null ? null : NamedColumns.label(table.rows(), labels);
    String column = columns.images(table);
    this.images = column;
    this.pictures = new Pictures(ids -> column == null ? Map.of() : thumbnails(column, ids));
  }

  /** Searches by an index from now on, if the mode says so and there is one, which is read. */
  void use(IndexMode mode, Console console) {
    search.use(new IndexChoice(spark, table, search.dimension(), console).chooseAndRead(mode));
  }

  /** Whether the files are those that were opened; of a table in a catalog that is not known. */
  boolean isCurrent() {
    if (table.files().isEmpty()) {
      return true;
    }
    try {
      return table.listed(spark.sparkContext().hadoopConfiguration()).equals(table.files());
    } catch (IOException e) {
      return false; // opening it again tells why
    }
  }

  Facts facts() {
    long rows =
        table.hasFiles() ? table.footers().stream().mapToLong(VectorFiles.Footer::rows).sum() : -1;
    return new Facts(
        Redacted.handle(table.path()),
        rows,
        Redacted.handle(table.facts().getOrDefault(FeatureMetadata.PREFIX + "model", "")),
        table.id(),
        search.hasIndex() ? "by an index" : "exact",
        images != null);
  }

  Optional<Answer> ofRow(String id, int k) {
    return queries.row(id).map(row -> answer(row.query(), List.of(row.id()), k));
  }

  Answer ofImage(byte[] file, int k) {
    return answer(queries.image(file, "the image", limits), List.of(), k);
  }

  /**
   * @param asked the id that is asked for, if it is one
   */
  private Answer answer(Query query, List<String> asked, int k) {
    NearestRows found = NearestRows.of(spark, search.of(k), query);
    List<@Nullable String> shown = new ArrayList<>();
    found.rows().forEach(row -> shown.add(row.id()));
    pictures.expect(shown);
    Map<String, String> labels = labels(asked, shown);
    List<Neighbour> neighbours =
        found.rows().stream()
            .map(row -> new Neighbour(named(row.id(), labels), row.similarity()))
            .toList();
    List<String> notes = new ArrayList<>(found.notes());
    if (!found.why().isEmpty()) {
      notes.add(0, "No neighbours: " + found.why());
    }
    return new Answer(asked.isEmpty() ? null : named(asked.get(0), labels), neighbours, notes);
  }

  private static Named named(@Nullable String id, Map<String, String> labels) {
    return new Named(id, id == null ? null : labels.get(id));
  }

  private Map<String, String> labels(List<String> asked, List<@Nullable String> shown) {
    Set<String> ids = new HashSet<>(asked);
    for (String id : shown) {
      if (id != null) {
        ids.add(id);
      }
    }
    return label == null || ids.isEmpty() ? Map.of() : labels(ids, label);
  }

  /** None of rows without one, and none of several rows with one id. */
  private Map<String, String> labels(Set<String> ids, Column column) {
    Column id = StoredVectors.text(table.idColumn(), table.idType());
    Map<String, String> labels = new HashMap<>();
    try {
      table
          .rows()
          .where(id.isin(ids.toArray()))
          .select(id.as("id"), column.as("label"))
          .groupBy("id")
          .agg(functions.min("label").as("label"), functions.count("*").as("rows"))
          .where("rows = 1 AND label IS NOT NULL")
          .select("id", "label")
          .collectAsList()
          .forEach(row -> labels.put(row.getString(0), row.getString(1)));
      return labels;
    } catch (Exception e) { // Spark throws checked exceptions out of methods without them
      throw JobFailure.of(e);
    }
  }

  /** A row's thumbnail as a JPEG. */
  Optional<byte[]> thumbnail(String id) {
    return images == null
        ? Optional.empty()
        : pictures.of(id).map(Thumbnail::jpeg).filter(jpeg -> jpeg.length > 0);
  }

  private Map<@Nullable String, Thumbnail> thumbnails(String column, Set<@Nullable String> ids) {
    try {
      return Thumbnails.of(spark, table, column, ids, limits);
    } catch (UserException e) {
      throw e;
    } catch (Exception e) { // Spark throws checked exceptions out of methods without them
      throw JobFailure.of(e);
    }
  }
}
