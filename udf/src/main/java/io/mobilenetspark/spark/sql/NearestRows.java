package io.mobilenetspark.spark.sql;

import io.mobilenetspark.spark.FeatureMetadata;
import io.mobilenetspark.spark.FeatureTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.FunctionIdentifier;
import org.apache.spark.sql.catalyst.analysis.AnalysisContext;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.ExpressionInfo;
import org.apache.spark.sql.catalyst.expressions.OuterReference;
import org.apache.spark.sql.catalyst.parser.ParseException;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.classic.ExpressionUtils;
import org.apache.spark.sql.classic.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.IntegerType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import scala.Function1;
import scala.Tuple3;
import scala.collection.immutable.Seq;
import scala.runtime.AbstractFunction1;

/**
 * {@code mobilenet_nearest(table, query, k)}: the rows of a table whose vectors are the nearest to
 * a vector, or to that of an image, with their similarity, the most similar first. Exact: each row
 * is compared by {@link CosineSimilarity}, and each task keeps k. It is a query of Spark's own
 * operators, made when the call is analyzed.
 */
final class NearestRows {

  static final String NAME = "mobilenet_nearest";

  private static final String SIMILARITY = "similarity";

  private static final SqlTexts TEXTS =
      new SqlTexts(
          """
          _FUNC_(table, query, k) - Returns the k rows of a table whose vectors have the largest
            cosine similarity to the query's, all of the table's columns and similarity, a float
            in [-1, 1]; the most similar first.
          """,
          """
          Arguments:
            * table - a literal STRING: the name of a table or view with a column features,
                array<float>; parquet.`/path` names a directory.
            * query - a vector, array<float>, or an image as mobilenet_features takes it. It may be
                a scalar subquery.
            * k - a literal INT of at least 1.
          """,
          """
          Examples:
            > SELECT path, similarity FROM _FUNC_('vectors', (SELECT features FROM vectors
                WHERE path = 'file:/a.jpg'), 2);
             file:/a.jpg	1.0
             file:/b.jpg	0.8731
            > SELECT path FROM _FUNC_('vectors', (SELECT content FROM binaryFile.`/new.jpg`), 1);
             file:/b.jpg
          """,
          """
          An image is read and embedded as the settings spark.mobilenet.* say; it is an error if
          they are not those of the table's vectors, by its column's metadata, or if the image can't
          be read. Rows without a vector, with one that has no direction, or, where the column's
          metadata tells it, of another dimension, are left out. A query that is NULL has no rows;
          one of another dimension, of zeros, or with a value that is NULL, NaN or infinite is an
          error. Which of equally similar rows come first is not defined.
          """);

  private NearestRows() {}

  /** What Spark takes for a function of tables. */
  static Tuple3<FunctionIdentifier, ExpressionInfo, Function1<Seq<Expression>, LogicalPlan>>
      function() {
    return new Tuple3<>(
        new FunctionIdentifier(NAME),
        TEXTS.info(NAME, "table_funcs"),
        new AbstractFunction1<>() {
          @Override
          public LogicalPlan apply(Seq<Expression> arguments) {
            return of(arguments);
          }
        });
  }

  private static LogicalPlan of(Seq<Expression> arguments) {
    MobileNetFunctions.check(NAME, List.of(3), arguments);
    String name = tableName(arguments.apply(0));
    int k = count(arguments.apply(2));
    SparkSession spark = SparkSession.active();
    Dataset<Row> table = spark.table(inItsView(spark, name));
    StructField features = features(name, table.schema());
    requireOneForAll(arguments.apply(1));
    int dimension = dimension(features);
    Expression vector = once(spark, vector(name, features, arguments.apply(1)), name, dimension);
    Column stored = comparable(table.col(FeatureTable.FEATURES), dimension);
    Column similarity =
        ExpressionUtils.column(new CosineSimilarity(ExpressionUtils.expression(stored), vector));
    List<Column> columns = new ArrayList<>(List.of(table.col("*")));
    columns.add(similarity.as(SIMILARITY));
    Column found = functions.col(SIMILARITY);
    return ((org.apache.spark.sql.classic.Dataset<Row>)
            table
                .select(columns.toArray(Column[]::new))
                .where(found.isNotNull().and(functions.not(functions.isnan(found))))
                .orderBy(found.desc())
                .limit(k))
        .queryExecution()
        .analyzed();
  }

  /**
   * A query is one for all rows, and looked at once. What computes it is a query of its own, of one
   * row. A constant is left to Spark's optimizer, which evaluates it with its check before anything
   * is read; here some, such as {@code current_database()}, can't be evaluated yet.
   */
  private static Expression once(
      SparkSession spark, Expression vector, String table, int dimension) {
    if (!isVector(vector.dataType())) {
      return vector; // the comparison says what it is instead
    }
    Expression checked = NearestQuery.of(vector, table, dimension);
    if (vector.foldable() && !FunctionCalls.in(vector)) {
      return checked;
    }
    return ExpressionUtils.expression(
        spark.range(1).select(ExpressionUtils.column(checked)).scalar());
  }

  /** NULL, as a row without a vector has, where there is one of another dimension. */
  private static Column comparable(Column stored, int dimension) {
    return dimension == NearestQuery.ANY_DIMENSION
        ? stored
        : functions.when(functions.size(stored).equalTo(dimension), stored);
  }

  /** What the column tells; who has made up a column may have made up its metadata. */
  private static int dimension(StructField features) {
    String told =
        FeatureMetadata.read(features.metadata())
            .getOrDefault(FeatureMetadata.PREFIX + "dimension", "");
    try {
      return Math.max(NearestQuery.ANY_DIMENSION, Integer.parseInt(told));
    } catch (NumberFormatException e) {
      return NearestQuery.ANY_DIMENSION;
    }
  }

  /**
   * A name without a database, in a view, is of the view's database, as for the tables of its text.
   */
  private static String inItsView(SparkSession spark, String name) {
    Seq<String> place = AnalysisContext.get().catalogAndNamespace();
    if (place.isEmpty()) {
      return name;
    }
    Seq<String> parts;
    try {
      parts = spark.sessionState().sqlParser().parseMultipartIdentifier(name);
    } catch (ParseException e) {
      return name; // Spark says what is wrong with it when it looks for the table
    }
    return parts.length() > 1
            || spark.sessionState().catalogManager().v1SessionCatalog().isTempView(parts)
        ? name
        : Stream.concat(Scala.list(place).stream(), Scala.list(parts).stream())
            .map(part -> "`" + part.replace("`", "``") + "`")
            .collect(Collectors.joining("."));
  }

  /** Spark would evaluate it without the other row, and fail at run time. */
  private static void requireOneForAll(Expression query) {
    if (query.exists(part -> part instanceof OuterReference || part instanceof Attribute)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: the query must not depend on the row of another table, as %s does. Write (SELECT"
                  + " ... FROM ... WHERE ...) for one row; the command similar searches for each"
                  + " row of a table at once.",
              NAME,
              query.sql()));
    }
  }

  private static Expression vector(String table, StructField features, Expression query) {
    if (query.dataType() instanceof ArrayType) {
      return query;
    }
    if (!(query.dataType() instanceof BinaryType || query.dataType() instanceof StructType)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: the query must be a vector, ARRAY<FLOAT>, or an image, BINARY or a struct, not"
                  + " %s. The vector of a row is (SELECT features FROM %s WHERE ...).",
              NAME,
              query.dataType().sql(),
              table));
    }
    MobileNetFunction call = MobileNetFunctions.ofQuery(query);
    requireSameKind(table, features, call);
    return call;
  }

  private static void requireSameKind(
      String table, StructField features, MobileNetFunction function) {
    Map<String, String> stored = FeatureMetadata.read(features.metadata());
    Map<String, String> asked = FeatureMetadata.of(function.model().frozen(), function.options());
    List<String> differing = FeatureMetadata.differing(stored, asked);
    if (!stored.isEmpty() && !differing.isEmpty()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: the image can't be compared with the vectors of %s, which are of another kind:"
                  + " %s. Set spark.mobilenet.* to what the vectors were made with.",
              NAME,
              table,
              differing.stream()
                  .map(
                      key ->
                          String.format(
                              Locale.ROOT,
                              "%s is %s, not %s",
                              key,
                              stored.get(key),
                              asked.get(key)))
                  .collect(Collectors.joining(", "))));
    }
  }

  private static StructField features(String table, StructType schema) {
    if (FeatureTable.hasColumn(schema, SIMILARITY)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: %s has a column %s already, which the result adds. Name a view of the other"
                  + " columns.",
              NAME,
              table,
              SIMILARITY));
    }
    if (FeatureTable.hasColumn(schema, FeatureTable.FEATURES)) {
      StructField field = schema.apply(FeatureTable.columnIndex(schema, FeatureTable.FEATURES));
      if (isVector(field.dataType())) {
        return field;
      }
    }
    throw new IllegalArgumentException(
        String.format(
            Locale.ROOT,
            "%s: %s has no column %s of the type ARRAY<FLOAT>, but %s. Name a table that embed"
                + " wrote, or a view of one.",
            NAME,
            table,
            FeatureTable.FEATURES,
            schema.toDDL()));
  }

  private static boolean isVector(DataType type) {
    return type instanceof ArrayType array && array.elementType() instanceof FloatType;
  }

  private static String tableName(Expression argument) {
    if (argument.resolved()
        && argument.foldable()
        && argument.dataType() instanceof StringType
        && argument.eval(null) != null) {
      return String.valueOf(argument.eval(null));
    }
    throw new IllegalArgumentException(
        String.format(
            Locale.ROOT,
            "%s: the first argument names the table and must be a literal STRING, such as"
                + " 'vectors', not %s.",
            NAME,
            argument.sql()));
  }

  private static int count(Expression argument) {
    if (argument.resolved()
        && argument.foldable()
        && argument.dataType() instanceof IntegerType
        && argument.eval(null) instanceof Integer k
        && k > 0) {
      return k;
    }
    throw new IllegalArgumentException(
        String.format(
            Locale.ROOT,
            "%s: k, how many rows are wanted, must be a literal INT of at least 1, not %s.",
            NAME,
            argument.sql()));
  }
}
