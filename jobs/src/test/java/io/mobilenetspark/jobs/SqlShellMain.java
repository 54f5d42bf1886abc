package io.mobilenetspark.jobs;

import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * What Spark's own SQL shell does: runs statements and prints their rows. Knows nothing of this
 * project.
 */
public final class SqlShellMain {

  private SqlShellMain() {}

  /** Arguments: the statements. */
  public static void main(String[] statements) throws Exception {
    try (SparkSession spark = SparkSession.builder().getOrCreate()) {
      for (String statement : statements) {
        for (Row row : spark.sql(statement).collectAsList()) {
          System.out.println(row.mkString("\t"));
        }
      }
    }
  }
}
