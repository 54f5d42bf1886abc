package io.mobilenetspark.jobs.search;

import io.mobilenetspark.common.Quantity;
import io.mobilenetspark.jobs.cli.Activity;
import io.mobilenetspark.jobs.cli.Console;
import io.mobilenetspark.jobs.cli.OutputOptions;
import io.mobilenetspark.jobs.cli.OutputOptions.OutputMode;
import io.mobilenetspark.jobs.cli.Style;
import io.mobilenetspark.jobs.common.JobFailure;
import io.mobilenetspark.jobs.common.JsonFile;
import io.mobilenetspark.jobs.common.Terminal;
import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.jobs.output.OutputPlace;
import io.mobilenetspark.jobs.output.ResultDirectory;
import io.mobilenetspark.jobs.search.NearestRows.Nearest;
import io.mobilenetspark.model.handle.Redacted;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;

/** Neighbours of one query for people, of many for programs. */
final class SimilarJob {

  /** What the search did, for programs. */
  private static final String REPORT = "_similar.json";

  private final SparkSession spark;
  private final VectorSearch search;
  private final Console console;

  SimilarJob(SparkSession spark, VectorSearch search, Console console) {
    this.spark = spark;
    this.search = search;
    this.console = console;
  }

  /**
   * Shows the neighbours of a query.
   *
   * @param asked the query, as it was asked
   */
  void show(Query query, String asked) {
    long start = System.nanoTime();
    NearestRows found =
        Activity.during(
            spark.sparkContext(), console, "Searching", () -> NearestRows.of(spark, search, query));
    if (found.rows().isEmpty()) {
      console.print("No neighbours: " + found.why());
    } else {
      lines(found.rows()).forEach(console::print);
    }
    found.notes().forEach(console::note);
    double seconds = (System.nanoTime() - start) / 1e9;
    console.result(() -> facts(asked, found, seconds));
  }

  private Map<String, Object> facts(String asked, NearestRows found, double seconds) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("query", Redacted.path(asked));
    List<Map<String, Object>> neighbours = new ArrayList<>();
    for (Nearest nearest : found.rows()) {
      Map<String, Object> neighbour = new LinkedHashMap<>();
      neighbour.put("id", nearest.id());
      neighbour.put("similarity", nearest.similarity());
      neighbours.add(neighbour);
    }
    facts.put("neighbours", neighbours);
    if (neighbours.isEmpty()) {
      facts.put("why_none", found.why());
    }
    facts.put("notes", found.notes());
    facts.putAll(search.describe(1, neighbours.isEmpty() ? 1 : 0, seconds));
    return facts;
  }

  private List<String> lines(List<Nearest> found) {
    List<String> lines = new ArrayList<>();
    int width = Math.max(4, Integer.toString(found.size()).length());
    String format = "%" + width + "s  %10s  %s";
    String heading = String.format(Locale.ROOT, format, "rank", "similarity", "id");
    lines.add(console.styled(Style.HEADING, heading));
    for (int i = 0; i < found.size(); i++) {
      String similarity = String.format(Locale.ROOT, "%.6f", found.get(i).similarity());
      String id = Terminal.shown(String.valueOf(found.get(i).id()));
      lines.add(String.format(Locale.ROOT, format, i + 1, similarity, id));
    }
    return lines;
  }

  /**
   * Checks where the neighbours of many are to go.
   *
   * @throws UserException if it can't be written to
   */
  static OutputPlace place(OutputOptions output, List<String> inputs, Configuration hadoop) {
    OutputPlace place =
        OutputPlace.whole(
            output, inputs, "is not for neighbours, which are those of the whole table", hadoop);
    if (place.mode() == OutputMode.OVERWRITE) {
      place.requireOwn(REPORT, SimilarJob::isOurs);
    }
    return place;
  }

  private static boolean isOurs(String name) {
    return name.equals("_SUCCESS")
        || name.equals(REPORT)
        || (name.startsWith("part-") && name.endsWith(".parquet"));
  }

  /**
   * Writes the neighbours of many queries, a group of queries at a time. If a part of an index
   * can't be read, all of them are searched for again, without it.
   *
   * @throws UserException if that can't be done; the place is then as it was before
   */
  void write(SimilarQueries queries, OutputPlace place) {
    long start = System.nanoTime();
    try {
      write(queries, place, start);
    } catch (IOException e) {
      throw UserException.job(
          String.format(Locale.ROOT, "Can't write to %s: %s", place.path(), e.getMessage()), e);
    }
  }

  private void write(SimilarQueries queries, OutputPlace place, long start) throws IOException {
    try {
      writeOnce(queries, place, start);
    } catch (IOException | UserException e) {
      throw e;
    } catch (Exception e) { // Spark throws checked exceptions out of methods without them
      console.note(search.giveUpIndex(e).orElseThrow(() -> JobFailure.of(e)));
      write(queries, place, start);
    }
  }

  private void writeOnce(SimilarQueries queries, OutputPlace place, long start) throws IOException {
    long asked = 0;
    long failed = 0;
    Map<String, Object> described;
    SkippedRows skipped = SkippedRows.of(spark.sparkContext());
    try (ResultDirectory directory = new ResultDirectory(spark, place)) {
      Iterator<Query> all = queries.iterator();
      do {
        List<Query> group = new ArrayList<>();
        while (all.hasNext() && group.size() < search.groupSize()) {
          group.add(all.next());
        }
        skipped = SkippedRows.of(spark.sparkContext()); // each group sees the whole table
        writeGroup(group, queries.type(), skipped, directory.path());
        asked += group.size();
        failed += group.stream().filter(query -> query.vector() == null).count();
        if (all.hasNext()) {
          console.note(
              String.format(Locale.ROOT, "%s done", Quantity.of(asked, "query", "queries")));
        }
      } while (all.hasNext());
      described = search.describe(asked, failed, (System.nanoTime() - start) / 1e9);
      JsonFile.write(place.fileSystem(), directory.path(), REPORT, described);
      directory.commit();
    }
    skipped.lines().forEach(console::note);
    console.print(
        String.format(
            Locale.ROOT,
            "%s in %.1f s%s",
            Quantity.of(asked, "query", "queries"),
            (System.nanoTime() - start) / 1e9,
            failed == 0
                ? ""
                : String.format(
                    Locale.ROOT, "; %,d without neighbours, see column 'error'", failed)));
    console.print("Neighbours: " + place.path());
    console.result(
        () -> {
          Map<String, Object> facts = Console.written(place.path().toString());
          facts.putAll(described);
          return facts;
        });
  }

  private void writeGroup(List<Query> group, DataType type, SkippedRows skipped, Path directory) {
    Broadcast<List<Query>> queries = search.broadcast(group);
    try {
      search
          .neighbours(queries, type, skipped)
          .write()
          .mode(SaveMode.Append)
          .parquet(directory.toString());
    } finally {
      queries.destroy();
    }
  }
}
