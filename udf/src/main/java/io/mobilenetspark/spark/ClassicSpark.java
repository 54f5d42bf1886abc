package io.mobilenetspark.spark;

import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.execution.command.DDLUtils;
import org.apache.spark.sql.internal.SQLConf;
import scala.Option;

/**
 * What is not in Spark's public API and yet needed outside of {@code spark.sql}: with that package,
 * the one place that another version of Spark may change. For sessions of this JVM, not of Spark
 * Connect. Stateless.
 */
public final class ClassicSpark {

  private ClassicSpark() {}

  /** The settings of file systems, those of the session among them; a new one each time. */
  public static Configuration hadoopConf(SparkSession spark) {
    return classic(spark).sessionState().newHadoopConf();
  }

  /** Does work whose settings are those of a session. */
  public static <T> T within(SparkSession spark, Supplier<T> work) {
    return classic(spark).withActive(work::get);
  }

  /** Whether two names are one, as {@code spark.sql.caseSensitive} of the current session says. */
  public static boolean isSameName(String one, String other) {
    return (Boolean) SQLConf.get().resolver().apply(one, other);
  }

  /** Whether a query reads what is at a path, under whatever name. */
  public static boolean reads(Dataset<Row> query, Path path) {
    try {
      DDLUtils.verifyNotReadPath(classic(query).queryExecution().analyzed(), path, Option.empty());
      return false;
    } catch (Exception e) { // Spark's own guard; its exception is checked, and not declared
      return true;
    }
  }

  /** The rows as Spark has them; each may be reused when the next one is asked for. */
  static JavaRDD<InternalRow> rows(Dataset<Row> table) {
    return classic(table).queryExecution().toRdd().toJavaRDD();
  }

  private static org.apache.spark.sql.classic.SparkSession classic(SparkSession spark) {
    return (org.apache.spark.sql.classic.SparkSession) spark;
  }

  private static org.apache.spark.sql.classic.Dataset<Row> classic(Dataset<Row> table) {
    return (org.apache.spark.sql.classic.Dataset<Row>) table;
  }
}
