package io.mobilenetspark.jobs.embed;

import static org.apache.spark.sql.functions.array_join;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.slice;
import static org.apache.spark.sql.functions.split;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import io.mobilenetspark.image.ImageStatus;
import io.mobilenetspark.jobs.output.PendingRows;
import io.mobilenetspark.jobs.table.Changes;
import io.mobilenetspark.jobs.table.IdColumns;
import io.mobilenetspark.jobs.table.StoredVectors;
import io.mobilenetspark.jobs.table.VectorFiles;
import io.mobilenetspark.spark.FeatureTable;
import io.mobilenetspark.spark.MalformedMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.functions;

/**
 * The input beside the table and beside what runs computed that did not finish: a row an id, with
 * what is to be done about it. A join by Spark, written down in the run's folder, so that all that
 * follows goes by one state of the input; a folder a cause, so that Spark knows how few rows it
 * joins next.
 */
final class Comparison {

  /** What became of a row since. */
  enum Cause {
    UNCHANGED,
    NEW,
    CHANGED,
    RETRIED,
    DELETED
  }

  /** Where a row's vector comes from. */
  private enum Source {
    TABLE,
    PENDING,
    MODEL
  }

  /** The row's name. */
  static final String ID = "__mobilenet_id";

  /** What tells changes, a struct; TRUE if nothing does. */
  static final String VERSION = "__mobilenet_version";

  private static final String CAUSE = "__cause";
  private static final String SOURCE = "__source";
  private static final String THERE = "__there";
  private static final String STATUS = "__status";
  private static final String OLD_ID = "__old_id";
  private static final String OLD_VERSION = "__old_version";

  private final Dataset<Row> rows;
  private final List<Count> counts;

  private record Count(Cause cause, Source source, long rows) {}

  private Comparison(Dataset<Row> rows) {
    this.rows = rows;
    this.counts =
        rows.groupBy(CAUSE, SOURCE).count().collectAsList().stream()
            .map(
                row ->
                    new Count(
                        Cause.valueOf(row.getString(0)),
                        Source.valueOf(row.getString(1)),
                        row.getLong(2)))
            .toList();
  }

  /**
   * What is compared.
   *
   * @param id what names a row, see {@link IdColumns#value()}
   * @param identity what tells changes
   * @param retried statuses of rows that are tried again
   * @param refused statuses of rows that are not taken from runs that did not finish
   */
  record Keys(Column id, Identity identity, List<String> retried, List<String> refused) {

    /** For runs of a mode: none that fails at a bad image takes one of a run that did not. */
    static Keys of(Column id, Identity identity, List<String> retried, MalformedMode mode) {
      Set<String> refused = new TreeSet<>(retried);
      if (mode == MalformedMode.FAILFAST) {
        Arrays.stream(ImageStatus.values())
            .filter(ImageStatus::isMalformed)
            .forEach(status -> refused.add(status.name()));
      }
      return new Keys(id, identity, retried, List.copyOf(refused));
    }

    private Column version() {
      return identity.names().isEmpty()
          ? lit(true)
          : struct(
              identity.names().stream()
                  .map(name -> StoredVectors.column(name).as(name))
                  .toArray(Column[]::new));
    }
  }

  /**
   * Compares.
   *
   * @param input with the columns of the identity
   * @param stored the table's rows, if there is one
   * @param pending see {@link PendingRows#rows}
   * @param place a directory that is not there
   */
  static Comparison write(
      Keys keys,
      Dataset<Row> input,
      Optional<Dataset<Row>> stored,
      Optional<Dataset<Row>> pending,
      Path place) {
    Column id = keys.id();
    Dataset<Row> now =
        input.select(id.as(ID), keys.version().as(VERSION)).withColumn(THERE, lit(true));
    Dataset<Row> compared =
        stored.isEmpty()
            ? now.withColumn(CAUSE, lit(Cause.NEW.name()))
            : now.join(
                    stored
                        .get()
                        .select(
                            id.as(OLD_ID),
                            keys.version().as(OLD_VERSION),
                            col(FeatureTable.STATUS).as(STATUS)),
                    col(ID).equalTo(col(OLD_ID)),
                    "full_outer")
                .withColumn(CAUSE, cause(keys));
    Dataset<Row> sourced =
        pending.isEmpty()
            ? compared.withColumn(PendingRows.RUN, lit(null).cast("string"))
            : besidePending(compared, keys, pending.get());
    Column name = stored.isEmpty() ? col(ID) : coalesce(col(ID), col(OLD_ID)).as(ID);
    Dataset<Row> result =
        sourced.select(name, col(VERSION), col(PendingRows.RUN), col(CAUSE), source().as(SOURCE));
    result.write().mode(SaveMode.ErrorIfExists).partitionBy(CAUSE, SOURCE).parquet(place + "");
    return new Comparison(VectorFiles.dataset(input.sparkSession(), result.schema(), place));
  }

  private static Dataset<Row> besidePending(Dataset<Row> compared, Keys keys, Dataset<Row> rows) {
    String pendingId = "__pending_id";
    String pendingVersion = "__pending_version";
    Dataset<Row> done =
        rows.where(not(col(FeatureTable.STATUS).isin(keys.refused().toArray())))
            .groupBy(keys.id().as(pendingId), keys.version().as(pendingVersion))
            .agg(max(PendingRows.RUN).as(PendingRows.RUN));
    return compared.join(
        done,
        col(ID).equalTo(col(pendingId)).and(col(VERSION).eqNullSafe(col(pendingVersion))),
        "left_outer");
  }

  private static Column cause(Keys keys) {
    return when(col(THERE).isNull(), Cause.DELETED.name())
        .when(col(OLD_ID).isNull(), Cause.NEW.name())
        .when(not(col(VERSION).eqNullSafe(col(OLD_VERSION))), Cause.CHANGED.name())
        .when(col(STATUS).isin(keys.retried().toArray()), Cause.RETRIED.name())
        .otherwise(Cause.UNCHANGED.name());
  }

  private static Column source() {
    return when(col(CAUSE).isin(Cause.UNCHANGED.name(), Cause.DELETED.name()), Source.TABLE.name())
        .when(col(PendingRows.RUN).isNotNull(), Source.PENDING.name())
        .otherwise(Source.MODEL.name());
  }

  private long count(Predicate<Count> which) {
    return counts.stream().filter(which).mapToLong(Count::rows).sum();
  }

  /** How many rows there are of causes. */
  long count(Cause... causes) {
    return count(count -> List.of(causes).contains(count.cause()));
  }

  /** How many rows are to be computed. */
  long toCompute() {
    return count(count -> count.source() == Source.MODEL);
  }

  /** How many rows are taken from runs that did not finish. */
  long resumed() {
    return count(count -> count.source() == Source.PENDING);
  }

  /**
   * What was found.
   *
   * @param computed how many rows were computed
   */
  Changes changes(long computed) {
    return new Changes(
        count(Cause.UNCHANGED),
        count(Cause.NEW),
        count(Cause.CHANGED),
        count(Cause.RETRIED),
        count(Cause.DELETED),
        resumed(),
        computed);
  }

  /**
   * A folder that had rows and has none.
   *
   * @param path the first names of the rows' paths
   * @param rows how many it had
   */
  record Emptied(String path, long rows) {}

  /**
   * Folders whose rows all are deleted, where {@link #ID} is a path.
   *
   * @param names how many names their paths have; fewer, if the rows' files are there
   */
  List<Emptied> emptied(int names) {
    Column folder = least(lit(names), size(split(col(ID), "/")).minus(1));
    Column isDeleted = col(CAUSE).equalTo(Cause.DELETED.name());
    return rows
        .groupBy(array_join(slice(split(col(ID), "/"), lit(1), folder), "/"))
        .agg(functions.count(lit(1)), count_if(not(isDeleted)).as(THERE))
        .where(col(THERE).equalTo(0))
        .collectAsList()
        .stream()
        .map(row -> new Emptied(row.getString(0), row.getLong(1)))
        .toList();
  }

  /** The rows to be computed, with the versions that were compared. */
  Dataset<Row> todo(Dataset<Row> input, Column id, Identity identity) {
    List<Column> columns = new ArrayList<>();
    for (String name : input.columns()) {
      columns.add(
          identity.names().contains(name)
              ? col(VERSION).getField(name).as(name)
              : StoredVectors.column(name));
    }
    Dataset<Row> computed =
        rows.where(col(SOURCE).equalTo(Source.MODEL.name())).select(ID, VERSION);
    return input.join(computed, id.equalTo(col(ID))).select(columns.toArray(Column[]::new));
  }

  /** The rows of what runs left that are taken. */
  Dataset<Row> takenOf(Dataset<Row> pending, Column id) {
    String run = "__taken_run";
    Dataset<Row> taken =
        rows.where(col(SOURCE).equalTo(Source.PENDING.name()))
            .select(col(ID), col(PendingRows.RUN).as(run));
    return pending.join(
        taken, id.equalTo(col(ID)).and(col(PendingRows.RUN).equalTo(col(run))), "left_semi");
  }

  /** Whether all rows that were tried again have the status that they had. */
  boolean hasSameStatus(Dataset<Row> rows, Dataset<Row> stored, Column id) {
    Dataset<Row> before =
        retriedOf(stored, id).select(id.as(OLD_ID), col(FeatureTable.STATUS).as(STATUS));
    return rows.select(id.as(ID), col(FeatureTable.STATUS))
        .join(before, col(ID).equalTo(col(OLD_ID)))
        .where(not(col(FeatureTable.STATUS).equalTo(col(STATUS))))
        .isEmpty();
  }

  /** How many rows that were tried again had which status. */
  Map<ImageStatus, Long> retried(Dataset<Row> stored, Column id) {
    return byStatus(retriedOf(stored, id));
  }

  private Dataset<Row> retriedOf(Dataset<Row> stored, Column id) {
    return stored.join(
        rows.where(col(CAUSE).equalTo(Cause.RETRIED.name())).select(ID),
        id.equalTo(col(ID)),
        "left_semi");
  }

  /** How many rows have which status. */
  static Map<ImageStatus, Long> byStatus(Dataset<Row> rows) {
    Map<ImageStatus, Long> numbers = new EnumMap<>(ImageStatus.class);
    for (Row status : rows.groupBy(FeatureTable.STATUS).count().collectAsList()) {
      numbers.put(ImageStatus.valueOf(status.getString(0)), status.getLong(1));
    }
    return numbers;
  }

  /** Rows of a table without those of causes. */
  Dataset<Row> without(Dataset<Row> table, Column id, Cause... causes) {
    Object[] names = Arrays.stream(causes).map(Cause::name).toArray();
    return table.join(
        rows.where(col(CAUSE).isin(names)).select(ID), id.equalTo(col(ID)), "left_anti");
  }
}
