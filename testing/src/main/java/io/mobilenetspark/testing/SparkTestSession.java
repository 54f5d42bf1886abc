package io.mobilenetspark.testing;

import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;

/** The one Spark session of a test JVM; never stopped by a test. */
public final class SparkTestSession {

  private SparkTestSession() {}

  /** The session, with the SQL functions as users have them: through the extensions setting. */
  public static synchronized SparkSession get() {
    // Not the module's folder: classes run beside each other, each JVM with a catalog of its own.
    Path warehouse = Path.of(System.getProperty("java.io.tmpdir"), "warehouse").toAbsolutePath();
    SparkSession spark =
        SparkSession.builder()
            .master("local[2]")
            .appName("library tests")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "2")
            .config("spark.sql.extensions", "io.mobilenetspark.spark.sql.MobileNetExtensions")
            // Spark checks every plan that a rule returns.
            .config("spark.sql.planChangeValidation", "true")
            .config("spark.sql.warehouse.dir", warehouse.toString())
            .getOrCreate();
    spark.sparkContext().setLogLevel("ERROR");
    return spark;
  }
}
