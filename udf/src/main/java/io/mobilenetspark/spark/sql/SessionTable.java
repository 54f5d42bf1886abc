package io.mobilenetspark.spark.sql;

import io.mobilenetspark.spark.FeatureMetadata;
import java.net.URI;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.RuntimeConfig;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.TableIdentifier;
import org.apache.spark.sql.catalyst.catalog.CatalogTable;
import org.apache.spark.sql.catalyst.catalog.CatalogTableType;
import org.apache.spark.sql.catalyst.catalog.SessionCatalog;
import org.apache.spark.sql.catalyst.parser.ParseException;
import org.apache.spark.sql.connector.catalog.CatalogManager;
import org.apache.spark.sql.internal.SessionState;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import scala.Option;
import scala.jdk.javaapi.CollectionConverters;

/**
 * A name in the catalog of Spark's own tables, whether or not there is a table. The tables of other
 * catalogs are their own matter.
 */
public final class SessionTable {

  private static final String CATALOG = "spark_catalog";

  /** Settings under which a quoted text is what it says. */
  private static final Map<String, String> PLAIN_TEXTS =
      Map.of(
          "spark.sql.variable.substitute", "false",
          "spark.sql.parser.escapedStringLiterals", "false");

  private final SparkSession spark;
  private final SessionState state;
  private final TableIdentifier name;

  private SessionTable(SparkSession spark, SessionState state, TableIdentifier name) {
    this.spark = spark;
    this.state = state;
    this.name = name;
  }

  /**
   * What the catalog says of a table.
   *
   * @param provider its format, in lower case
   * @param location its directory
   * @param columns those of partitions last
   * @param partitionBy names of these
   * @param isBucketed whether rows are dealt out to files by their values
   * @param hasPartitionsListed whether the catalog has a list of partitions, beside the files
   * @param properties what else is said of it
   */
  public record Definition(
      String provider,
      Path location,
      StructType columns,
      List<String> partitionBy,
      boolean isBucketed,
      boolean hasPartitionsListed,
      Map<String, String> properties) {}

  /**
   * Looks a name up.
   *
   * @param text {@code table} or {@code database.table}, quoted where that is needed
   * @throws IllegalArgumentException if it can't be a table of Spark's own
   */
  public static SessionTable of(SparkSession spark, String text) {
    SessionState state = ((org.apache.spark.sql.classic.SparkSession) spark).sessionState();
    List<String> parts;
    try {
      parts = CollectionConverters.asJava(state.sqlParser().parseMultipartIdentifier(text));
    } catch (ParseException e) {
      throw new IllegalArgumentException(
          "that is not a table's name; quote special characters with `", e);
    }
    CatalogManager catalogs = state.catalogManager();
    String catalog =
        parts.size() > 1 && catalogs.isCatalogRegistered(parts.get(0))
            ? parts.get(0)
            : catalogs.currentCatalog().name();
    if (!catalog.equalsIgnoreCase(CATALOG)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "it is in the catalog '%s', which is not Spark's own", catalog));
    }
    List<String> rest =
        parts.size() > 1 && parts.get(0).equalsIgnoreCase(CATALOG)
            ? parts.subList(1, parts.size())
            : parts;
    if (rest.size() > 2) {
      throw new IllegalArgumentException(
          "a name is 'table' or 'database.table', and there is no such catalog");
    }
    String database = rest.size() == 2 ? rest.get(0) : spark.catalog().currentDatabase();
    String table = rest.get(rest.size() - 1);
    if (!state.catalog().databaseExists(database)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "there is no database '%s'. CREATE DATABASE makes one", database));
    }
    if (rest.size() == 1 && state.catalog().isTempView(new TableIdentifier(table))) {
      throw new IllegalArgumentException("it is a view");
    }
    return new SessionTable(spark, state, new TableIdentifier(table, Option.apply(database)));
  }

  private SessionCatalog catalog() {
    return state.catalog();
  }

  /** The name for SQL. */
  public String quoted() {
    return "`" + CATALOG + "`." + name.quotedString();
  }

  /**
   * What the catalog says of it; nothing if there is no such table.
   *
   * @throws IllegalArgumentException if it is a view
   */
  public Optional<Definition> definition() {
    if (!catalog().tableExists(name)) {
      return Optional.empty();
    }
    CatalogTable table;
    try {
      table = catalog().getTableMetadata(name);
    } catch (Exception e) { // a checked one; it has just been there
      throw new IllegalArgumentException("it is gone", e);
    }
    if (table.tableType().equals(CatalogTableType.VIEW())) {
      throw new IllegalArgumentException("it is a view");
    }
    return Optional.of(
        new Definition(
            table.provider().getOrElse(() -> "hive").toLowerCase(Locale.ROOT),
            new Path(table.location()),
            table.schema(),
            CollectionConverters.asJava(table.partitionColumnNames()),
            table.bucketSpec().isDefined(),
            table.tracksPartitionsInCatalog(),
            CollectionConverters.asJava(table.properties())));
  }

  /** Where Spark keeps a new table of this name. */
  public Path defaultLocation() {
    URI location = catalog().defaultTablePath(name);
    return new Path(location);
  }

  /**
   * Changes what the catalog says of the columns of a table.
   *
   * @param columns as the files have them, without those of partitions
   * @param before what was said of a table that was there before: what people have said of columns
   *     stays, and only the metadata of vectors is the new one
   */
  public void describe(StructType columns, Optional<Definition> before) {
    StructType old = before.map(Definition::columns).orElseGet(StructType::new);
    StructType described = new StructType();
    for (StructField column : columns.fields()) {
      Optional<StructField> known =
          Arrays.stream(old.fields())
              .filter(field -> field.name().equals(column.name()))
              .findFirst();
      described =
          described.add(
              known
                  .map(
                      field ->
                          new StructField(
                              field.name(),
                              field.dataType(),
                              field.nullable(),
                              FeatureMetadata.renewed(field.metadata(), column.metadata())))
                  .orElse(column));
    }
    catalog().alterTableDataSchema(name, described);
  }

  /**
   * Runs a statement that has been put together of quoted names and texts, which mean themselves
   * whatever the session's settings are.
   */
  public void execute(String statement) {
    RuntimeConfig settings = spark.conf();
    Map<String, String> before = new HashMap<>();
    PLAIN_TEXTS.keySet().stream()
        .filter(key -> settings.getAll().contains(key))
        .forEach(key -> before.put(key, settings.get(key)));
    PLAIN_TEXTS.forEach(settings::set);
    try {
      var unused = spark.sql(statement);
    } finally {
      PLAIN_TEXTS.keySet().forEach(settings::unset);
      before.forEach(settings::set);
    }
  }
}
