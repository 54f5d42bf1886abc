package io.mobilenetspark.spark.sql;

import io.mobilenetspark.spark.TaskEmbedder;
import io.mobilenetspark.testing.Pictures;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/** {@link MobileNetExtensions#register} where {@code spark.sql.extensions} is not set. */
final class RegisterMain {

  private RegisterMain() {}

  public static void main(String[] args) throws IOException {
    try (SparkSession spark =
        SparkSession.builder()
            .master("local[1]")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.planChangeValidation", "true")
            .getOrCreate()) {
      List<Row> rows = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        rows.add(RowFactory.create(i, Pictures.png(i)));
      }
      spark
          .createDataFrame(rows, StructType.fromDDL("id INT, image BINARY"))
          .coalesce(1)
          .createOrReplaceTempView("photos");
      String query =
          "SELECT mobilenet_features(image, 'builtin') AS v FROM photos"
              + " WHERE mobilenet_features(image, 'builtin') IS NOT NULL";
      try {
        spark.sql(query);
      } catch (Exception e) { // Spark's is checked, and not declared
        System.out.println("before: " + (e instanceof AnalysisException ? "refused" : e));
      }
      MobileNetExtensions.register(spark);
      MobileNetExtensions.register(spark);
      spark.sql("SET spark.mobilenet.imageSize=32");
      spark.sql("SET spark.mobilenet.batchSize=5");
      System.out.println(spark.sql("EXPLAIN " + query).head().getString(0));
      int found = spark.sql(query).collectAsList().size();
      System.out.printf(
          Locale.ROOT,
          "runs=%d images=%d rows=%d%n",
          TaskEmbedder.runsOfThisJvm(),
          TaskEmbedder.imagesOfThisJvm(),
          found);
      System.out.println("done");
    }
  }
}
