package io.mobilenetspark.jobs.embed;

import static org.apache.spark.sql.functions.lit;

import io.mobilenetspark.image.ImageStatus;
import io.mobilenetspark.jobs.cli.Activity;
import io.mobilenetspark.jobs.cli.Console;
import io.mobilenetspark.jobs.cli.IncrementalOptions;
import io.mobilenetspark.jobs.cli.InputOptions;
import io.mobilenetspark.jobs.cli.Progress;
import io.mobilenetspark.jobs.embed.Comparison.Cause;
import io.mobilenetspark.jobs.input.CarriedColumns;
import io.mobilenetspark.jobs.input.FileTasks;
import io.mobilenetspark.jobs.input.ImageTable;
import io.mobilenetspark.jobs.output.PendingRows;
import io.mobilenetspark.jobs.output.SmallFiles;
import io.mobilenetspark.jobs.output.VectorParts;
import io.mobilenetspark.jobs.output.VectorTable;
import io.mobilenetspark.jobs.table.Changes;
import io.mobilenetspark.jobs.table.IdColumns;
import io.mobilenetspark.jobs.table.PartitionColumns;
import io.mobilenetspark.jobs.table.VectorFiles;
import io.mobilenetspark.jobs.table.VectorKind;
import io.mobilenetspark.spark.FeatureTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * Brings a table up to its input: computes what is new, has changed or is to be tried again, task
 * by task into {@link PendingRows}, and lets the table take it at the end.
 */
final class IncrementalWrite {

  private final SparkSession spark;
  private final ImageTable images;
  private final Identity identity;
  private final IdColumns ids;
  private final List<String> carried;
  private final IncrementalOptions options;
  private final InputOptions input;
  private final VectorTable table;
  private final Console console;

  /**
   * @param asked what the table takes over
   * @param input what the images are from
   */
  IncrementalWrite(
      ImageTable images,
      CarriedColumns asked,
      IncrementalOptions options,
      InputOptions input,
      VectorTable table,
      Console console) {
    this.spark = images.rows().sparkSession();
    this.images = images;
    this.identity = Identity.of(options, images);
    this.ids = new IdColumns(asked.ids());
    this.carried = identity.carried(asked, images);
    PartitionColumns.requireOthers(table.partitionBy(), identity.all());
    this.options = options;
    this.input = input;
    this.table = table;
    this.console = console;
  }

  /** The columns that the table takes over. */
  List<String> carried() {
    return carried;
  }

  /** Whether a listing of the input decides what has changed: no row and no file is looked at. */
  static boolean goesByListing(IncrementalOptions options, ImageTable images) {
    return images.listing().isPresent()
        && Identity.of(options, images).source() == Identity.Source.COLUMNS;
  }

  private Column id() {
    return ids.value();
  }

  /** See {@link UniqueIds#require}; a listing has each file once. */
  void requireUniqueIds() {
    if (!images.isListing() || !ids.isOnly(ImageTable.PATH)) {
      UniqueIds.require(images.namesOnly(), ids);
    }
  }

  /**
   * Computes and writes; all but {@link VectorTable#commit}.
   *
   * @return what was found
   * @throws UserException if all rows would go, and that is an error
   */
  Result run(Embedding embedding, WhenEmptied whenEmptied) throws IOException {
    Dataset<Row> now =
        identity.source() == Identity.Source.COLUMNS ? with(images.namesOnly()) : input();
    StructType columns = columns(embedding, now);
    VectorKind kind =
        VectorKind.of(
            embedding.facts(),
            columns,
            ids.names().size(),
            table.partitionBy(),
            Optional.of(identity.changedBy()));
    Optional<Set<String>> storedOn = table.continued(kind);
    PendingRows pending = table.pending(kind, console);
    Optional<Dataset<Row>> stored =
        storedOn.map(sets -> VectorFiles.dataset(spark, columns, table.real()));
    Optional<Dataset<Row>> left =
        pending.isEmpty() ? Optional.empty() : Optional.of(pending.rows(spark, columns));
    if (stored.isEmpty() && left.isEmpty()) {
      return first(embedding, kind, columns, pending);
    }
    Comparison.Keys keys =
        Comparison.Keys.of(id(), identity, options.retry().statuses(), embedding.options().mode());
    Comparison comparison =
        Activity.during(
            spark.sparkContext(),
            console,
            "Comparing the input with the table",
            () -> Comparison.write(keys, now, stored, left, table.scratch("comparison")));
    if (isLeft(comparison, whenEmptied)) {
      table.leave();
      return new Result(comparison.changes(0), Map.of(), 0);
    }
    tellIfNothingIsKnown(comparison);
    List<Dataset<Row>> added = new ArrayList<>();
    List<Dataset<Row>> known = new ArrayList<>(); // of files that are as they were when computed
    stored.ifPresent(
        rest -> known.add(comparison.without(rest, id(), Cause.CHANGED, Cause.RETRIED)));
    Map<ImageStatus, Long> rows = new EnumMap<>(ImageStatus.class);
    if (comparison.resumed() > 0) {
      Dataset<Row> taken = comparison.takenOf(left.orElseThrow(), id()).drop(PendingRows.RUN);
      rows.putAll(Comparison.byStatus(taken));
      added.add(taken);
      known.add(taken);
    }
    Set<String> on = new TreeSet<>();
    long duplicates = 0;
    if (comparison.toCompute() > 0 || (stored.isEmpty() && added.isEmpty())) {
      // Files are opened to be hashed, in the tasks that images are computed in.
      Dataset<Row> todo = comparison.todo(options.dedup() ? input() : now, id(), identity);
      OptionalLong count = OptionalLong.of(comparison.toCompute());
      if (options.dedup()) {
        Deduplication.Outcome once =
            once(embedding, todo, known.stream().reduce(Dataset::union), columns, pending, kind);
        added.addAll(once.parts());
        once.copied().forEach((status, number) -> rows.merge(status, number, Long::sum));
        duplicates = once.duplicates();
        on.addAll(once.hasKnown() ? storedOn.orElse(Set.of()) : Set.of());
      } else {
        added.add(compute(embedding, dealtOut(todo, count), pending, kind, count));
      }
    }
    embedding.counters().rows().forEach((status, number) -> rows.merge(status, number, Long::sum));
    Changes changes = comparison.changes(total(embedding.counters().rows()));
    on.addAll(pending.instructionSets());
    boolean isVain = stored.isPresent() && isVain(changes, comparison, stored.get(), added);
    if (isVain) { // the run brings none of them
      comparison
          .retried(stored.get(), id())
          .forEach((status, number) -> rows.merge(status, -number, Long::sum));
      rows.values().removeIf(number -> number == 0);
    }
    if (stored.isPresent() && (isVain || changes.gone(options.deleted()) == 0)) {
      if (changes.added() == 0) {
        table.leave();
      } else {
        extend(
            isVain
                ? added.stream().map(part -> comparison.without(part, id(), Cause.RETRIED)).toList()
                : added,
            kind,
            columns,
            on,
            changes.added());
      }
    } else {
      stored.ifPresent(rest -> added.add(0, comparison.without(rest, id(), gone())));
      on.addAll(storedOn.orElse(Set.of()));
      table.replace();
      new VectorParts(added, kind, on, changes.whole(options.deleted())).writeTo(table);
    }
    return new Result(changes, rows, duplicates);
  }

  /** Whether the table stays as it is, since rows would go whose place may be back. */
  private boolean isLeft(Comparison comparison, WhenEmptied whenEmptied) {
    return options.deleted() == IncrementalOptions.Deleted.REMOVE
        && new EmptiedInput(input, images, ids, table.path())
            .why(comparison)
            .filter(whenEmptied::leaves)
            .isPresent();
  }

  /**
   * Whether rows that were tried again, and no others, would make room for the same rows: a file
   * that nobody may read is not to cost a copy of the table in each run.
   */
  private boolean isVain(
      Changes changes, Comparison comparison, Dataset<Row> stored, List<Dataset<Row>> added) {
    return changes.retried() > 0
        && changes.gone(options.deleted()) == changes.retried()
        && added.stream()
            .reduce(Dataset::union)
            .map(rows -> comparison.hasSameStatus(rows, stored, id()))
            .orElse(false);
  }

  private void extend(
      List<Dataset<Row>> added, VectorKind kind, StructType columns, Set<String> on, long rows)
      throws IOException {
    List<Dataset<Row>> parts = new ArrayList<>(added);
    SmallFiles merged =
        table.extend(options.maxSmallFiles(), VectorParts.bytesPerFile(spark, table.partitionBy()));
    if (!merged.paths().isEmpty()) {
      parts.add(0, VectorFiles.dataset(spark, columns, table.real(), merged.paths()));
      on.addAll(merged.computedOn());
    }
    new VectorParts(parts, kind, on, rows + merged.rows()).writeTo(table);
  }

  /** The table's columns. */
  StructType columns(Embedding embedding) {
    return columns(embedding, input());
  }

  private Dataset<Row> input() {
    return with(images.rows());
  }

  private Dataset<Row> with(Dataset<Row> rows) {
    return identity.addTo(images, rows, needed());
  }

  private StructType columns(Embedding embedding, Dataset<Row> input) {
    return embedding.of(withHash(input), carried).schema();
  }

  /** There is nothing to compare with. */
  private Result first(
      Embedding embedding, VectorKind kind, StructType columns, PendingRows pending)
      throws IOException {
    Dataset<Row> input = input();
    List<Dataset<Row>> parts;
    Map<ImageStatus, Long> rows = new EnumMap<>(ImageStatus.class);
    long duplicates = 0;
    if (options.dedup()) {
      Deduplication.Outcome once = once(embedding, input, Optional.empty(), columns, pending, kind);
      parts = once.parts();
      rows.putAll(once.copied());
      duplicates = once.duplicates();
    } else {
      boolean isCounted = options.rowsPerCommit() == 0 || images.count().isPresent();
      OptionalLong count = isCounted ? images.count() : OptionalLong.of(images.rows().count());
      Dataset<Row> todo = options.rowsPerCommit() == 0 ? input : dealtOut(input, count);
      parts = List.of(compute(embedding, todo, pending, kind, count));
    }
    long computed = total(embedding.counters().rows());
    embedding.counters().rows().forEach((status, number) -> rows.merge(status, number, Long::sum));
    table.replace();
    new VectorParts(parts, kind, pending.instructionSets(), total(rows)).writeTo(table);
    return new Result(new Changes(0, total(rows), 0, 0, 0, 0, computed), rows, duplicates);
  }

  /** Each image once. */
  private Deduplication.Outcome once(
      Embedding embedding,
      Dataset<Row> todo,
      Optional<Dataset<Row>> known,
      StructType columns,
      PendingRows pending,
      VectorKind kind)
      throws IOException {
    HashedRows hashed =
        new HashedRows(
            todo,
            images.imageColumn(),
            ids.names().size(),
            carried,
            VectorKind.SHA256,
            embedding.options().images().limits().maxBytes());
    return Deduplication.run(
        hashed,
        known,
        columns,
        table.scratch("duplicates"),
        (rows, number) -> {
          OptionalLong count = OptionalLong.of(number);
          return compute(embedding, dealtOut(rows, count), pending, kind, count);
        });
  }

  /** With the columns that the table has, none of which is read. */
  private Dataset<Row> withHash(Dataset<Row> input) {
    return options.dedup() && !FeatureTable.hasColumn(input.schema(), VectorKind.SHA256)
        ? input.withColumn(VectorKind.SHA256, lit(null).cast("string"))
        : input;
  }

  /**
   * What a run did.
   *
   * @param changes what was found
   * @param rows by status, those that are taken from runs that did not finish among them
   * @param duplicates rows that got the vector of another one
   */
  record Result(Changes changes, Map<ImageStatus, Long> rows, long duplicates) {}

  private static long total(Map<ImageStatus, Long> rows) {
    return rows.values().stream().mapToLong(Long::longValue).sum();
  }

  private Cause[] gone() {
    return options.deleted() == IncrementalOptions.Deleted.REMOVE
        ? new Cause[] {Cause.CHANGED, Cause.RETRIED, Cause.DELETED}
        : new Cause[] {Cause.CHANGED, Cause.RETRIED};
  }

  private List<String> needed() {
    StructType schema = images.rows().schema();
    Set<Integer> indices = new TreeSet<>();
    indices.add(FeatureTable.columnIndex(schema, images.imageColumn()));
    for (String name : carried) {
      if (!identity.added().contains(name)) {
        indices.add(FeatureTable.columnIndex(schema, name));
      }
    }
    return indices.stream().map(index -> schema.fieldNames()[index]).toList();
  }

  /** The same folder under another name is another folder. */
  private void tellIfNothingIsKnown(Comparison comparison) {
    if (comparison.count(Cause.DELETED) > 0
        && comparison.count(Cause.UNCHANGED, Cause.CHANGED, Cause.RETRIED) == 0) {
      console.note(
          String.format(
              Locale.ROOT,
              "No row of %s is in the input. If it is the same input under another path, stop and"
                  + " pass the path of before; otherwise everything is computed again.",
              table.path()));
    }
  }

  /** Rows that name files weigh little, and are dealt out evenly. */
  private Dataset<Row> dealtOut(Dataset<Row> todo, OptionalLong count) {
    long rows = count.orElseThrow();
    long tasks = FileTasks.number(images, rows, input.partitions());
    if (options.rowsPerCommit() > 0) {
      tasks = Math.max(tasks, (rows + options.rowsPerCommit() - 1) / options.rowsPerCommit());
    }
    return images.dealtOut(todo, Math.toIntExact(tasks));
  }

  private Dataset<Row> compute(
      Embedding embedding,
      Dataset<Row> todo,
      PendingRows pending,
      VectorKind kind,
      OptionalLong count)
      throws IOException {
    Progress progress = Progress.start(spark.sparkContext(), embedding.counters(), count, console);
    try {
      return pending.write(embedding.of(todo, carried), kind);
    } finally {
      progress.stop();
    }
  }
}
