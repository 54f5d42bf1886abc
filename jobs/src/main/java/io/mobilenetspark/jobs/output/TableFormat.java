package io.mobilenetspark.jobs.output;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;

/** Table formats that are known by name: what Spark must be started with to write them. */
enum TableFormat {
  DELTA(
      "io.delta:delta-spark_",
      "org.apache.spark.sql.delta.",
      "org.apache.spark.sql.delta.catalog.DeltaCatalog",
      "io.delta.sql.DeltaSparkSessionExtension"),
  ICEBERG(
      "org.apache.iceberg:iceberg-spark-runtime-",
      "org.apache.iceberg.",
      "org.apache.iceberg.spark.SparkSessionCatalog",
      "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions");

  private final String artifact;
  private final String classes;
  private final String catalog;
  private final String extension;

  /**
   * @param artifact on Maven Central, up to where its name has the versions of Spark and Scala
   * @param classes what the names of its classes begin with
   * @param catalog that can be Spark's own
   */
  TableFormat(String artifact, String classes, String catalog, String extension) {
    this.artifact = artifact;
    this.classes = classes;
    this.catalog = catalog;
    this.extension = extension;
  }

  String formatName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The one of this name. */
  static Optional<TableFormat> of(String name) {
    return Arrays.stream(values()).filter(format -> format.formatName().equals(name)).findFirst();
  }

  /** The one that a text of Spark's names, by a class or as a data source. */
  static Optional<TableFormat> namedIn(String text) {
    return Arrays.stream(values())
        .filter(
            format ->
                text.contains(format.classes)
                    || text.contains("data source: " + format.formatName()))
        .findFirst();
  }

  /** Whether a class of a catalog is its own. */
  boolean isCatalog(String className) {
    return className.startsWith(classes);
  }

  /** How to get its jar. */
  String withPackage(SparkSession spark) {
    return withPackage(spark.version());
  }

  /**
   * The same.
   *
   * @param sparkVersion such as 4.1.0
   */
  String withPackage(String sparkVersion) {
    String[] version = sparkVersion.split("\\.", 3);
    return String.format(
        Locale.ROOT,
        " Add --packages %s%s.%s_2.13:VERSION.",
        artifact,
        version[0],
        version.length > 1 ? version[1] : "");
  }

  /** How to make Spark's own catalog one that knows of it. */
  String withCatalog() {
    return String.format(
        Locale.ROOT,
        " Add --conf spark.sql.catalog.spark_catalog=%s --conf spark.sql.extensions=%s.",
        catalog,
        extension);
  }
}
