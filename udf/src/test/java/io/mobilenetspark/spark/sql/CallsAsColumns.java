package io.mobilenetspark.spark.sql;

import static org.apache.spark.sql.functions.call_function;
import static org.apache.spark.sql.functions.col;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** The functions as columns, and tables. */
record CallsAsColumns(SparkSession spark, String features, String embed) {
  Column f(String image) {
    return call_function(features, col(image));
  }

  Column e(String image) {
    return call_function(embed, col(image));
  }

  Dataset<Row> photos() {
    return spark.table("photos");
  }

  Dataset<Row> vectors() {
    return photos().withColumn("v", f("content")).drop("images", "tags", "file");
  }

  Dataset<Row> shops() {
    return spark.table("shops");
  }
}
