package io.mobilenetspark.spark;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkThrowable;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.catalog.ExternalCatalogUtils;
import org.apache.spark.sql.catalyst.catalog.HiveTableRelation;
import org.apache.spark.sql.catalyst.expressions.BindReferences;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.package$;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.connector.catalog.Table;
import org.apache.spark.sql.connector.catalog.TableCatalog;
import org.apache.spark.sql.execution.datasources.DataSource;
import org.apache.spark.sql.execution.datasources.HadoopFsRelation;
import org.apache.spark.sql.execution.datasources.LogicalRelation;
import org.apache.spark.sql.execution.datasources.v2.DataSourceV2Relation;
import org.apache.spark.sql.execution.datasources.v2.FileTable;
import org.apache.spark.sql.internal.SQLConf;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.BoxedUnit;

/**
 * What is not in Spark's public API and yet needed outside of {@code spark.sql}: with that package,
 * the one place that another version of Spark may change. For sessions of this JVM, not of Spark
 * Connect. Stateless.
 */
public final class ClassicSpark {

  private ClassicSpark() {}

  /**
   * The running session, or a new one. Unlike {@code SparkSession.builder()} it does not look for
   * the implementation by Scala's reflection, which takes half a second.
   */
  public static SparkSession session(SparkConf conf) {
    return org.apache.spark.sql.classic.SparkSession.builder().config(conf).getOrCreate();
  }

  /**
   * The running session, or a new one, in which MLlib's internal functions, such as {@code
   * vector_to_array}, may be missing: for those that don't use MLlib.
   */
  public static SparkSession sessionWithoutMllib(SparkConf conf) {
    SparkContext.getOrCreate(conf); // before: its threads keep the loader
    return FewerExtensions.within(() -> session(conf));
  }

  /** The settings of file systems, those of the session among them; a new one each time. */
  public static Configuration hadoopConf(SparkSession spark) {
    return classic(spark).sessionState().newHadoopConf();
  }

  /** How many directories a driver lists by itself. */
  public static int parallelListingThreshold(SparkSession spark) {
    return classic(spark).sessionState().conf().parallelPartitionDiscoveryThreshold();
  }

  /**
   * The class that reads and writes tables of a format.
   *
   * @return nothing if Spark finds none of that name
   */
  public static Optional<Class<?>> dataSource(SparkSession spark, String format) {
    try {
      return Optional.of(DataSource.lookupDataSource(format, classic(spark).sessionState().conf()));
    } catch (Exception e) {
      // Checked ones out of a method that does not declare them, and the loader's own.
      if (e instanceof SparkThrowable || e instanceof ClassNotFoundException) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Does work whose settings are those of a session. */
  public static <T> T within(SparkSession spark, Supplier<T> work) {
    return classic(spark).withActive(work::get);
  }

  /** Whether two names are one, as {@code spark.sql.caseSensitive} of the current session says. */
  public static boolean isSameName(String one, String other) {
    return (Boolean) SQLConf.get().resolver().apply(one, other);
  }

  /** The name of the directory that Spark puts rows with a value into; that of NULL is "". */
  public static String partition(String column, String value) {
    return ExternalCatalogUtils.getPartitionPathString(column, value);
  }

  /**
   * Where the files lie that a query reads, under whatever name: as far as Spark or the table's
   * properties tell.
   */
  public static List<Path> readPaths(Dataset<Row> query) {
    List<Path> paths = new ArrayList<>();
    classic(query)
        .queryExecution()
        .analyzed()
        .foreachWithSubqueries(
            node -> {
              if (node instanceof LogicalRelation relation
                  && relation.relation() instanceof HadoopFsRelation files) {
                paths.addAll(CollectionConverters.asJava(files.location().rootPaths()));
              } else if (node instanceof HiveTableRelation table) {
                paths.add(new Path(table.tableMeta().location()));
              } else if (node instanceof DataSourceV2Relation relation) {
                paths.addAll(paths(relation.table()));
              }
              return BoxedUnit.UNIT;
            });
    return paths;
  }

  private static List<Path> paths(Table table) {
    if (table instanceof FileTable files) {
      return CollectionConverters.asJava(files.fileIndex().rootPaths());
    }
    String location = table.properties().get(TableCatalog.PROP_LOCATION);
    return location == null ? List.of() : List.of(new Path(location));
  }

  /** The rows as Spark has them; each may be reused when the next one is asked for. */
  public static JavaRDD<InternalRow> rows(Dataset<Row> table) {
    return classic(table).queryExecution().toRdd().toJavaRDD();
  }

  /**
   * A table made of another one's rows as Spark has them: no value is converted on the way, as
   * {@code Dataset.mapPartitions} does.
   */
  static Dataset<Row> mapRows(
      Dataset<Row> table,
      FlatMapFunction<Iterator<InternalRow>, InternalRow> function,
      StructType schema) {
    return table(table.sparkSession(), rows(table).mapPartitions(function), schema);
  }

  /** A column as a function of a row. For one thread at a time; may be sent to tasks. */
  public interface Evaluator extends Serializable {
    /** The value as Spark has it. */
    @Nullable Object of(InternalRow row);
  }

  /**
   * A column of a table as a function of its rows, without a query for each.
   *
   * @param schema the table's
   * @param column what Spark computes row by row, of the table's columns
   */
  public static Evaluator evaluator(SparkSession spark, StructType schema, Column column) {
    Dataset<Row> selected = spark.createDataFrame(List.of(), schema).select(column);
    Project project = (Project) classic(selected).queryExecution().analyzed();
    Expression bound =
        BindReferences.bindReference(
            (Expression) project.projectList().head(),
            package$.MODULE$.AttributeSeq(project.child().output()),
            false);
    return bound::eval;
  }

  /** A table of rows as Spark has them. */
  public static Dataset<Row> table(
      SparkSession spark, JavaRDD<InternalRow> rows, StructType schema) {
    return classic(spark).internalCreateDataFrame(rows.rdd(), schema, false);
  }

  private static org.apache.spark.sql.classic.SparkSession classic(SparkSession spark) {
    return (org.apache.spark.sql.classic.SparkSession) spark;
  }

  private static org.apache.spark.sql.classic.Dataset<Row> classic(Dataset<Row> table) {
    return (org.apache.spark.sql.classic.Dataset<Row>) table;
  }
}
