package io.mobilenetspark.jobs.embed;

import static io.mobilenetspark.jobs.embed.HashedRows.CARRIED;
import static io.mobilenetspark.jobs.embed.HashedRows.IMAGE;
import static io.mobilenetspark.jobs.embed.HashedRows.SHA;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.min_by;
import static org.apache.spark.sql.functions.monotonically_increasing_id;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import io.mobilenetspark.image.ImageStatus;
import io.mobilenetspark.jobs.table.StoredVectors;
import io.mobilenetspark.jobs.table.VectorFiles;
import io.mobilenetspark.spark.FeatureTable;
import io.mobilenetspark.spark.FileHashes;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Rows whose images are the same, byte for byte: of each such group one row is computed, or none if
 * the vector is known, and all of them get its vector. The rows are written down once, in the run's
 * folder, without images; all else is joins by Spark. A row of which no hash is known, because its
 * file can't be read, say, is in no group.
 */
final class Duplicates {

  /** Of a row that is written down; no two have the same. */
  private static final String ROW = "row";

  // Columns of a group.
  private static final String ROWS = "rows";
  private static final String FIRST_ROW = "first_row";
  private static final String FIRST_ID = "first_id";
  private static final String IS_KNOWN = "is_known";

  private static final String VECTOR = "vector";

  private final HashedRows input;
  private final Path place;
  private final Dataset<Row> contents;
  private final Dataset<Row> groups;
  private final long rows;
  private final long copied;
  private final boolean hasKnown;
  private Optional<Dataset<Row>> failed = Optional.empty();

  private Duplicates(HashedRows input, Path place, Dataset<Row> contents, Dataset<Row> groups) {
    this.input = input;
    this.place = place;
    this.contents = contents;
    this.groups = groups;
    this.rows = contents.count();
    Row sums =
        groups
            .agg(
                coalesce(sum(copies()), lit(0L)),
                coalesce(sum(col(IS_KNOWN).cast("long")), lit(0L)))
            .head();
    this.copied = sums.getLong(0);
    this.hasKnown = sums.getLong(1) > 0;
  }

  /** How many rows of a group are not computed. */
  private static Column copies() {
    return col(ROWS).minus(when(col(IS_KNOWN), 0L).otherwise(1L));
  }

  /**
   * Sorts rows by their images.
   *
   * @param known rows with vectors, with the hashes in the same column as the input's
   * @param place a directory that is not there
   */
  static Duplicates find(HashedRows input, Optional<Dataset<Row>> known, Path place) {
    Dataset<Row> packed = input.packed();
    Dataset<Row> contents =
        kept(
            (input.isOfPaths() ? packed : packed.drop(IMAGE))
                .withColumn(ROW, monotonically_increasing_id()),
            new Path(place, "contents"));
    Dataset<Row> groups =
        contents
            .where(col(SHA).isNotNull())
            .groupBy(SHA)
            .agg(
                count(lit(1)).as(ROWS),
                min(ROW).as(FIRST_ROW),
                min_by(input.id(), col(ROW)).as(FIRST_ID));
    Dataset<Row> shared =
        known
            .map(
                vectors ->
                    join(
                            groups,
                            good(vectors)
                                .select(StoredVectors.column(input.hash()).as(SHA))
                                .distinct()
                                .withColumn(IS_KNOWN, lit(true)),
                            "left_outer")
                        .withColumn(IS_KNOWN, coalesce(col(IS_KNOWN), lit(false))))
            .orElseGet(() -> groups.withColumn(IS_KNOWN, lit(false)))
            .where(col(ROWS).gt(1).or(col(IS_KNOWN)));
    return new Duplicates(input, place, contents, kept(shared, new Path(place, "groups")));
  }

  private static Dataset<Row> good(Dataset<Row> vectors) {
    return vectors.where(col(FeatureTable.STATUS).equalTo(ImageStatus.OK.name()));
  }

  private static Dataset<Row> kept(Dataset<Row> rows, Path path) {
    rows.write().mode(SaveMode.ErrorIfExists).parquet(path.toString());
    return VectorFiles.dataset(rows.sparkSession(), rows.schema(), path);
  }

  private static Dataset<Row> join(Dataset<Row> left, Dataset<Row> right, String type) {
    return left.join(right, new String[] {SHA}, type);
  }

  /** How many rows are to be computed. */
  long toCompute() {
    return rows - copied;
  }

  /** How many rows get the vector of another one. */
  long copied() {
    return copied;
  }

  /** Whether vectors of {@code known} are taken. */
  boolean hasKnown() {
    return hasKnown;
  }

  /** The rows that are to be computed. */
  Dataset<Row> computed() {
    if (input.isOfPaths()) {
      return input.unpack(copied == 0 ? contents : marked().where(isComputed()));
    }
    Dataset<Row> all = input.packed();
    return input.unpack(copied == 0 ? all : hasNamedRows() ? byName(all) : byHash(all));
  }

  /** All rows, those of groups with their group's columns. */
  private Dataset<Row> marked() {
    return join(contents, groups, "left_outer");
  }

  private static Column isComputed() {
    return col(FIRST_ROW).isNull().or(not(col(IS_KNOWN)).and(col(ROW).equalTo(col(FIRST_ROW))));
  }

  /** Whether a group's first row can be told by its name: the input may have it twice. */
  private boolean hasNamedRows() {
    return input.areComparable()
        && marked()
            .where(not(isComputed()).and(not(col(IS_KNOWN))))
            .where(input.id().eqNullSafe(col(FIRST_ID)))
            .isEmpty();
  }

  /** Joins with the fewer rows, so that Spark broadcasts them, and does not shuffle images. */
  private Dataset<Row> byName(Dataset<Row> all) {
    boolean areMostCopied = copied > toCompute();
    Dataset<Row> names =
        marked()
            .where(areMostCopied ? isComputed() : not(isComputed()))
            .select(input.id().as("name"), col(SHA).as("name_sha"));
    return all.join(
        names,
        input.id().eqNullSafe(col("name")).and(col(SHA).eqNullSafe(col("name_sha"))),
        areMostCopied ? "left_semi" : "left_anti");
  }

  /** Shuffles images, one of each at least. */
  private Dataset<Row> byHash(Dataset<Row> all) {
    String single = "single";
    return join(all, groups.where(col(IS_KNOWN)), "left_anti")
        .withColumn(single, when(col(SHA).isNull(), monotonically_increasing_id()))
        .dropDuplicates(new String[] {SHA, single});
  }

  /**
   * Looks whether the files that stand for others were what they had been found to be, before and
   * after they were computed, and could be read.
   *
   * @param vectors of {@link #computed}
   * @return the others, of files that were not, to be computed one by one
   */
  Optional<Dataset<Row>> missed(Dataset<Row> vectors) {
    Dataset<Row> shared = groups.where(not(col(IS_KNOWN)));
    if (!input.isOfPaths() || copied == 0) {
      return Optional.empty();
    }
    String again = "again";
    Dataset<Row> first =
        join(contents, shared, "inner").where(col(ROW).equalTo(col(FIRST_ROW))).select(IMAGE, SHA);
    Dataset<Row> changed =
        FileHashes.add(first, IMAGE, again, input.maxBytes())
            .where(not(col(SHA).eqNullSafe(col(again))))
            .select(SHA);
    Dataset<Row> unread =
        vectors
            .where(col(FeatureTable.STATUS).equalTo(ImageStatus.READ_ERROR.name()))
            .select(StoredVectors.column(input.hash()).as(SHA));
    Dataset<Row> all =
        kept(
            changed.union(join(unread, shared, "left_semi")).distinct(), new Path(place, "failed"));
    if (all.isEmpty()) {
      return Optional.empty();
    }
    failed = Optional.of(all);
    return Optional.of(
        input.unpack(
            join(join(contents, all, "left_semi"), shared, "inner")
                .where(col(ROW).notEqual(col(FIRST_ROW)))));
  }

  /** The groups whose rows get a vector of another row. */
  private Dataset<Row> served() {
    return failed.map(shas -> join(groups, shas, "left_anti")).orElse(groups);
  }

  /** Computed rows without those of {@link #fannedOut}. */
  Dataset<Row> alone(Dataset<Row> vectors) {
    Dataset<Row> shas = served().select(SHA);
    Column hash = vectors.col(StoredVectors.quoted(input.hash()));
    return copied == 0 ? vectors : vectors.join(shas, hash.equalTo(shas.col(SHA)), "left_anti");
  }

  /**
   * All rows of groups, each with the vector of its group.
   *
   * @param computed of {@link #computed}, if there are any
   * @param known as it was told
   * @param columns the table's
   */
  Dataset<Row> fannedOut(
      Optional<Dataset<Row>> computed, Optional<Dataset<Row>> known, StructType columns) {
    Dataset<Row> all =
        join(
            join(contents, served().select(SHA), "left_semi").select(SHA, CARRIED),
            vectors(computed, known, added(columns)),
            "inner");
    List<Column> table = new ArrayList<>();
    StructField[] fields = columns.fields();
    for (int i = 0; i < fields.length; i++) {
      Column value =
          i < input.carried().size()
              ? input.carriedColumn(i)
              : col(VECTOR).getField(fields[i].name());
      table.add(value.as(fields[i].name(), fields[i].metadata()));
    }
    return all.select(table.toArray(Column[]::new));
  }

  private List<String> added(StructType columns) {
    return List.of(columns.fieldNames()).subList(input.carried().size(), columns.length());
  }

  /** One of each group: its hash, and some of what the table adds to a row, as a struct. */
  private Dataset<Row> vectors(
      Optional<Dataset<Row>> computed, Optional<Dataset<Row>> known, List<String> names) {
    Column[] added = names.stream().map(StoredVectors::column).toArray(Column[]::new);
    Column[] selected = {StoredVectors.column(input.hash()).as(SHA), struct(added).as(VECTOR)};
    Optional<Dataset<Row>> ofComputed =
        computed.map(
            rows -> join(rows.select(selected), served().where(not(col(IS_KNOWN))), "left_semi"));
    Optional<Dataset<Row>> ofKnown =
        known
            .filter(rows -> hasKnown)
            .map(
                rows ->
                    join(good(rows).select(selected), served().where(col(IS_KNOWN)), "left_semi")
                        .dropDuplicates(new String[] {SHA}));
    return ofComputed
        .map(rows -> ofKnown.map(rows::union).orElse(rows))
        .or(() -> ofKnown)
        .orElseThrow();
  }

  /** The rows that got the vector of another one, by status. */
  Map<ImageStatus, Long> copied(Optional<Dataset<Row>> computed, Optional<Dataset<Row>> known) {
    Map<ImageStatus, Long> counts = new EnumMap<>(ImageStatus.class);
    if (copied > 0) {
      for (Row status :
          join(served(), vectors(computed, known, List.of(FeatureTable.STATUS)), "inner")
              .groupBy(col(VECTOR).getField(FeatureTable.STATUS))
              .agg(sum(copies()))
              .collectAsList()) {
        counts.put(ImageStatus.valueOf(status.getString(0)), status.getLong(1));
      }
    }
    return counts;
  }
}
