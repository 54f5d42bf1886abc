package io.mobilenetspark.jobs;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;

import io.mobilenetspark.image.ImageStatus;
import io.mobilenetspark.jobs.Comparison.Cause;
import io.mobilenetspark.spark.FeatureMetadata;
import io.mobilenetspark.spark.FeatureTable;
import io.mobilenetspark.spark.ImageColumn;
import io.mobilenetspark.spark.MalformedMode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
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

  /** Of ids that a message names. */
  private static final int NAMED = 3;

  /** Files of a good size for readers; vectors hardly compress. */
  private static final long BYTES_PER_FILE = 128L << 20;

  private final SparkSession spark;
  private final ImageTable images;
  private final Identity identity;
  private final List<String> carried;
  private final IncrementalOptions options;
  private final int partitions;
  private final VectorTable table;
  private final Console console;

  /**
   * @param kept the row's name and the columns to keep
   * @param partitions how many tasks were asked for; 0 if none
   */
  IncrementalWrite(
      ImageTable images,
      List<String> kept,
      IncrementalOptions options,
      int partitions,
      VectorTable table,
      Console console) {
    this.spark = images.rows().sparkSession();
    this.images = images;
    this.identity = Identity.of(options.changedBy(), images);
    this.carried = identity.carried(kept, images);
    this.options = options;
    this.partitions = partitions;
    this.table = table;
    this.console = console;
  }

  /** The columns that the table takes over. */
  List<String> carried() {
    return carried;
  }

  private String id() {
    return carried.get(0);
  }

  /**
   * Fails unless ids name rows, before any work.
   *
   * @throws UserException if one is NULL or on several rows
   */
  void requireUniqueIds() {
    Column id = StoredVectors.column(id());
    Dataset<Row> rows = images.rows().select(id.as("id"));
    Dataset<Row> several =
        rows.groupBy("id").agg(count(lit(1)).as("rows")).where("rows > 1 OR id IS NULL");
    List<Row> some = several.limit(NAMED + 1).collectAsList();
    if (some.isEmpty()) {
      return;
    }
    String named =
        some.stream()
            .limit(NAMED)
            .map(row -> String.format(Locale.ROOT, "%s (%,d rows)", row.get(0), row.getLong(1)))
            .sorted()
            .collect(Collectors.joining(", "));
    throw UserException.input(
        String.format(
            Locale.ROOT,
            "Column '%s' does not name the rows of the input: it is NULL, or the same on several rows:"
                + " %s%s. --output-mode incremental tells by it which rows are new. Pass another"
                + " --id-column, or an input without duplicates.",
            id(),
            named,
            some.size() > NAMED ? ", ..." : ""));
  }

  /**
   * Computes and writes; all but {@link VectorTable#commit}.
   *
   * @return what was found
   */
  Result run(Embedding embedding) throws IOException {
    Dataset<Row> input = identity.addTo(images, needed());
    StructType columns = embedding.of(input, carried).schema();
    VectorKind kind = VectorKind.of(embedding.facts(), columns, Optional.of(identity.changedBy()));
    Optional<Set<String>> storedOn = table.continued(kind);
    PendingRows pending = table.pending(kind, console);
    Optional<Dataset<Row>> stored =
        storedOn.map(sets -> VectorFiles.dataset(spark, columns, table.real()));
    Optional<Dataset<Row>> left =
        pending.isEmpty() ? Optional.empty() : Optional.of(pending.rows(spark, columns));
    if (stored.isEmpty() && left.isEmpty()) {
      return first(embedding, input, kind, columns, pending);
    }
    Comparison comparison =
        Comparison.write(keys(embedding), input, stored, left, table.scratch("comparison"));
    tellIfNothingIsKnown(comparison);
    List<Dataset<Row>> added = new ArrayList<>();
    Map<ImageStatus, Long> rows = new EnumMap<>(ImageStatus.class);
    if (comparison.resumed() > 0) {
      Dataset<Row> taken = comparison.takenOf(left.orElseThrow(), id()).drop(PendingRows.RUN);
      for (Row status : taken.groupBy(FeatureTable.STATUS).count().collectAsList()) {
        rows.merge(ImageStatus.valueOf(status.getString(0)), status.getLong(1), Long::sum);
      }
      added.add(taken);
    }
    if (comparison.toCompute() > 0 || (stored.isEmpty() && added.isEmpty())) {
      long count = comparison.toCompute();
      Dataset<Row> todo = dealtOut(todo(input, comparison), OptionalLong.of(count));
      compute(embedding, todo, pending, kind, OptionalLong.of(count));
      added.add(pending.written(spark, columns));
    }
    embedding.counters().rows().forEach((status, number) -> rows.merge(status, number, Long::sum));
    Changes changes =
        new Changes(
            comparison.count(Cause.UNCHANGED),
            comparison.count(Cause.NEW),
            comparison.count(Cause.CHANGED),
            comparison.count(Cause.RETRIED),
            comparison.count(Cause.DELETED),
            comparison.resumed(),
            total(embedding.counters().rows()));
    Set<String> on = new TreeSet<>(pending.instructionSets());
    if (stored.isPresent() && changes.gone(options.deleted()) == 0) {
      if (added.isEmpty()) {
        table.leave();
      } else {
        table.extend();
        write(added, kind, on, changes.added());
      }
    } else {
      stored.ifPresent(rest -> added.add(0, comparison.without(rest, id(), gone())));
      on.addAll(storedOn.orElse(Set.of()));
      table.replace();
      write(added, kind, on, changes.whole(options.deleted()));
    }
    return new Result(changes, rows);
  }

  /** There is nothing to compare with. */
  private Result first(
      Embedding embedding,
      Dataset<Row> input,
      VectorKind kind,
      StructType columns,
      PendingRows pending)
      throws IOException {
    boolean isCounted = options.rowsPerCommit() == 0 || images.count().isPresent();
    OptionalLong count = isCounted ? images.count() : OptionalLong.of(images.rows().count());
    Dataset<Row> todo = options.rowsPerCommit() == 0 ? input : dealtOut(input, count);
    compute(embedding, todo, pending, kind, count);
    Map<ImageStatus, Long> rows = embedding.counters().rows();
    long computed = total(rows);
    table.replace();
    write(List.of(pending.written(spark, columns)), kind, pending.instructionSets(), computed);
    return new Result(new Changes(0, computed, 0, 0, 0, 0, computed), rows);
  }

  /**
   * What a run did.
   *
   * @param changes what was found
   * @param rows by status, those that are taken from runs that did not finish among them
   */
  record Result(Changes changes, Map<ImageStatus, Long> rows) {}

  private static long total(Map<ImageStatus, Long> rows) {
    return rows.values().stream().mapToLong(Long::longValue).sum();
  }

  private Cause[] gone() {
    return options.deleted() == IncrementalOptions.Deleted.REMOVE
        ? new Cause[] {Cause.CHANGED, Cause.RETRIED, Cause.DELETED}
        : new Cause[] {Cause.CHANGED, Cause.RETRIED};
  }

  /** Copies rows to where the table takes them from, in files of a good size. */
  private void write(List<Dataset<Row>> parts, VectorKind kind, Set<String> on, long expected)
      throws IOException {
    Dataset<Row> all = parts.stream().reduce(Dataset::union).orElseThrow();
    long dimension = Long.parseLong(kind.facts().get(FeatureMetadata.PREFIX + "dimension"));
    long files = 1 + expected * dimension * Float.BYTES / BYTES_PER_FILE;
    Map<String, String> footer = new LinkedHashMap<>(kind.footer());
    if (!on.isEmpty()) {
      footer.put(VectorWriteSupport.INSTRUCTION_SET, String.join(", ", on));
    }
    table.write(all.coalesce(Math.toIntExact(files)), footer);
    long written = table.written();
    if (written != expected) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "%,d rows were written where there should be %,d: the input changed while it was read",
              written,
              expected));
    }
  }

  private List<String> needed() {
    StructType schema = images.rows().schema();
    Set<Integer> indices = new TreeSet<>();
    indices.add(FeatureTable.columnIndex(schema, images.imageColumn()));
    for (String name : carried) {
      if (identity.source() == Identity.Source.COLUMNS || !identity.names().contains(name)) {
        indices.add(FeatureTable.columnIndex(schema, name));
      }
    }
    return indices.stream().map(index -> schema.fieldNames()[index]).toList();
  }

  private Comparison.Keys keys(Embedding embedding) {
    Set<String> refused = new TreeSet<>(options.retry().statuses());
    if (embedding.options().mode() == MalformedMode.FAILFAST) {
      Arrays.stream(ImageStatus.values())
          .filter(ImageStatus::isMalformed)
          .forEach(status -> refused.add(status.name()));
    }
    return new Comparison.Keys(id(), identity, options.retry().statuses(), List.copyOf(refused));
  }

  /** The same folder under another name is another folder. */
  private void tellIfNothingIsKnown(Comparison comparison) {
    if (comparison.count(Cause.DELETED) > 0
        && comparison.count(Cause.UNCHANGED, Cause.CHANGED, Cause.RETRIED) == 0) {
      console.note(
          String.format(
              Locale.ROOT,
              "No row of %s is in the input. If it is the same input under another name, stop, and"
                  + " pass the name of before: all is computed again.",
              table.path()));
    }
  }

  /** The rows to be computed, with the versions that were compared. */
  private Dataset<Row> todo(Dataset<Row> input, Comparison comparison) {
    List<Column> columns = new ArrayList<>();
    for (String name : input.columns()) {
      columns.add(
          identity.names().contains(name)
              ? col(Comparison.VERSION).getField(name).as(name)
              : StoredVectors.column(name));
    }
    return input
        .join(comparison.computed(), StoredVectors.column(id()).equalTo(col(Comparison.ID)))
        .select(columns.toArray(Column[]::new));
  }

  /** Rows that name files weigh little, and are dealt out evenly. */
  private Dataset<Row> dealtOut(Dataset<Row> todo, OptionalLong count) {
    StructType schema = todo.schema();
    int image = FeatureTable.columnIndex(schema, images.imageColumn());
    boolean isOfPaths =
        ImageColumn.of(schema.apply(image).dataType()) instanceof ImageColumn.Location;
    long rows = count.orElseThrow();
    long tasks = partitions > 0 ? partitions : isOfPaths ? FileTasks.number(spark, rows) : 0;
    if (options.rowsPerCommit() > 0) {
      tasks = Math.max(tasks, (rows + options.rowsPerCommit() - 1) / options.rowsPerCommit());
    }
    return tasks > 0 ? todo.repartition(Math.toIntExact(tasks)) : todo;
  }

  private void compute(
      Embedding embedding,
      Dataset<Row> todo,
      PendingRows pending,
      VectorKind kind,
      OptionalLong count)
      throws IOException {
    Progress progress = Progress.start(spark.sparkContext(), embedding.counters(), count, console);
    try {
      pending.write(embedding.of(todo, carried), kind);
    } finally {
      progress.stop();
    }
  }
}
