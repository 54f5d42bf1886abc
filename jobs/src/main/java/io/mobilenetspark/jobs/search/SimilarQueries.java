package io.mobilenetspark.jobs.search;

import io.mobilenetspark.jobs.common.Location;
import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.jobs.compare.SearchVector;
import io.mobilenetspark.jobs.compare.SearchVector.Fault;
import io.mobilenetspark.jobs.table.StoredVectors;
import io.mobilenetspark.jobs.table.VectorFiles;
import io.mobilenetspark.spark.ClassicSpark;
import io.mobilenetspark.spark.FeatureMetadata;
import io.mobilenetspark.spark.FeatureTable;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.unsafe.types.UTF8String;
import org.jspecify.annotations.Nullable;

/**
 * Queries as rows: a name, a vector and why there is none.
 *
 * @param rows name, vector, error
 * @param type of the names
 * @param areRows whether the names are ids of rows of the table that is searched
 * @param dimension of the vectors
 */
record SimilarQueries(Dataset<Row> rows, DataType type, boolean areRows, int dimension) {

  private static final String NAME = "name";
  private static final String VECTOR = "vector";
  private static final String ERROR = "error";
  private static final String FOUND = "found";

  /**
   * Of a table of vectors, or of ids of the table that is searched.
   *
   * @throws UserException if it is neither, or its vectors can't be compared with the table's
   */
  static SimilarQueries open(
      SparkSession spark, String path, StoredVectors table, VectorSearch search) {
    Dataset<Row> read = ids(spark, path);
    if (!FeatureTable.hasColumn(read.schema(), FeatureTable.FEATURES)) {
      return ofIds(read, path, table, search);
    }
    StoredVectors queries = queries(spark, path, table.id());
    List<String> differing = FeatureMetadata.differing(table.facts(), queries.facts());
    if (!differing.isEmpty()) {
      throw UserException.input(
          String.format(
              Locale.ROOT,
              "The vectors of %s can't be compared with those of %s: %s. Embed both with one model"
                  + " and the same options.",
              path,
              table.path(),
              StoredVectors.describe(differing, table.facts(), queries.facts())));
    }
    if (isSame(spark, queries.path(), table.path())) {
      return ofVectors(table, true, search);
    }
    return ofVectors(queries, false, search);
  }

  /**
   * Where several columns name a query together, the one that names the table's rows does alone.
   */
  private static StoredVectors queries(SparkSession spark, String path, String id) {
    StoredVectors queries = StoredVectors.open(spark, path, List.of());
    if (queries.ids().names().size() == 1) {
      return queries;
    }
    if (!FeatureTable.hasColumn(queries.rows().schema(), id)) {
      throw UserException.input(
          String.format(
              Locale.ROOT,
              "The queries of %s are named by the columns %s together, and this command goes by one,"
                  + " which is %s in the table that is searched: they have no such column.",
              path,
              queries.ids().label(),
              id));
    }
    return StoredVectors.open(spark, path, List.of(id));
  }

  /** A place has many spellings. */
  private static boolean isSame(SparkSession spark, String one, String other) {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    try {
      return Location.of(new Path(one), hadoop)
          .real()
          .equals(Location.of(new Path(other), hadoop).real());
    } catch (IllegalArgumentException e) {
      return false; // the name of a table, which is no path
    } catch (IOException e) {
      throw UserException.input(
          String.format(Locale.ROOT, "Can't read the queries %s: %s", one, e.getMessage()), e);
    }
  }

  private static SimilarQueries ofVectors(
      StoredVectors queries, boolean areRows, VectorSearch search) {
    Dataset<Row> rows =
        queries
            .rows()
            .select(
                queries.idColumn().as(NAME),
                functions.col(FeatureTable.FEATURES).as(VECTOR),
                noVector(functions.col(FeatureTable.STATUS)).as(ERROR));
    return new SimilarQueries(rows, rows.schema().apply(0).dataType(), areRows, search.dimension());
  }

  private static Column noVector(Column status) {
    return functions.concat(functions.lit("it has no vector: status "), status);
  }

  private static Dataset<Row> ids(SparkSession spark, String path) {
    try {
      return spark.read().option(VectorFiles.GLOBS, "false").parquet(path);
    } catch (Exception e) { // Spark throws checked exceptions out of methods without them
      throw UserException.input(
          String.format(
              Locale.ROOT,
              "Can't read the queries %s: %s. Pass a table of vectors that embed wrote, or a Parquet"
                  + " table of ids.",
              path,
              String.valueOf(e.getMessage()).lines().findFirst().orElse(e.toString())),
          e);
    }
  }

  private static SimilarQueries ofIds(
      Dataset<Row> read, String path, StoredVectors table, VectorSearch search) {
    String column =
        FeatureTable.hasColumn(read.schema(), table.id()) ? table.id() : read.columns()[0];
    Dataset<Row> names = read.select(StoredVectors.column(column).as(NAME));
    DataType type = names.schema().apply(0).dataType();
    if (!type.catalogString().equals(search.idType().catalogString())) {
      throw UserException.input(
          String.format(
              Locale.ROOT,
              "Column '%s' of %s is %s, but the ids of %s, in column '%s', are %s. Pass ids of that"
                  + " type, or a table with the column 'features'.",
              column,
              path,
              type.simpleString(),
              table.path(),
              table.id(),
              search.idType().simpleString()));
    }
    Dataset<Row> rows =
        table
            .rows()
            .select(
                table.idColumn().as(FOUND),
                functions.col(FeatureTable.FEATURES).as(VECTOR),
                functions.col(FeatureTable.STATUS));
    Dataset<Row> asked = names.distinct();
    // The rows asked for first, by ids that go to each task if they are few: an outer join alone
    // shuffles the whole table, vectors and all, since Spark can't send round its left side.
    Dataset<Row> found = rows.join(asked, rows.col(FOUND).equalTo(asked.col(NAME)), "left_semi");
    Dataset<Row> joined =
        asked
            .join(found, asked.col(NAME).equalTo(found.col(FOUND)), "left_outer")
            .select(
                asked.col(NAME),
                functions.col(VECTOR),
                functions
                    .when(functions.col(FOUND).isNull(), "the table has no such id")
                    .otherwise(noVector(functions.col(FeatureTable.STATUS)))
                    .as(ERROR));
    return new SimilarQueries(joined, type, true, search.dimension());
  }

  /** One after another, not all at once. */
  Iterator<Query> iterator() {
    Iterator<InternalRow> all = ClassicSpark.rows(rows).map(InternalRow::copy).toLocalIterator();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return all.hasNext();
      }

      @Override
      public Query next() {
        return query(all.next());
      }
    };
  }

  private Query query(InternalRow row) {
    Object name = row.isNullAt(0) ? null : row.get(0, type);
    Query.Kind kind = areRows ? Query.Kind.ROW : Query.Kind.OTHER;
    Optional<Fault> fault = SearchVector.fault(row, 1, dimension);
    if (fault.isEmpty()) {
      SearchVector vector = SearchVector.of(row.getArray(1).toFloatArray());
      return new Query(name, vector, kind, null);
    }
    UTF8String error = row.isNullAt(2) ? null : row.getUTF8String(2);
    return new Query(name, null, kind, why(fault.get(), error));
  }

  private static String why(Fault fault, @Nullable UTF8String error) {
    return fault == Fault.MISSING && error != null
        ? error.toString()
        : "can't be searched for: queries that " + fault.text();
  }
}
