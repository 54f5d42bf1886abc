package io.mobilenetspark.spark.sql;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.spark.SparkException;
import org.apache.spark.SparkThrowable;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.TableIdentifier;
import org.apache.spark.sql.catalyst.analysis.NoSuchTableException;
import org.apache.spark.sql.catalyst.parser.ParseException;
import org.apache.spark.sql.catalyst.util.QuotingUtils;
import org.apache.spark.sql.connector.catalog.CatalogManager;
import org.apache.spark.sql.connector.catalog.CatalogV2Util;
import org.apache.spark.sql.connector.catalog.Identifier;
import org.apache.spark.sql.connector.catalog.StagingTableCatalog;
import org.apache.spark.sql.connector.catalog.SupportsNamespaces;
import org.apache.spark.sql.connector.catalog.Table;
import org.apache.spark.sql.connector.catalog.TableCatalog;
import org.apache.spark.sql.connector.catalog.V1Table;
import org.apache.spark.sql.connector.expressions.IdentityTransform;
import org.apache.spark.sql.connector.expressions.Transform;
import org.apache.spark.sql.internal.SessionState;
import org.apache.spark.sql.types.StructType;
import scala.jdk.javaapi.CollectionConverters;

/**
 * A name in any of Spark's catalogs, as the catalog itself has it: Spark's own is then what {@code
 * spark.sql.catalog.spark_catalog} says, which may know of tables that {@link SessionTable}
 * doesn't.
 */
public final class NamedTable {

  private static final String SESSION = CatalogManager.SESSION_CATALOG_NAME();

  private static final Pattern SESSION_NAME = Pattern.compile("\\w+");

  private final TableCatalog catalog;
  private final boolean isOfSession;
  private final Identifier name;

  private NamedTable(TableCatalog catalog, boolean isOfSession, Identifier name) {
    this.catalog = catalog;
    this.isOfSession = isOfSession;
    this.name = name;
  }

  /**
   * What the catalog says of a table.
   *
   * @param isOfSpark whether it is one of Spark's own kinds of tables, and none of a table format
   * @param format of the table, in lower case; empty if the catalog does not say
   * @param columns in their order
   * @param partitionBy names of columns, and what else rows are parted by, such as {@code days(t)}
   * @param properties what else is said of it
   */
  public record Definition(
      boolean isOfSpark,
      String format,
      StructType columns,
      List<String> partitionBy,
      Map<String, String> properties) {

    /** Where it lies, as far as the catalog says. */
    public Optional<String> location() {
      return Optional.ofNullable(properties.get(TableCatalog.PROP_LOCATION));
    }
  }

  /**
   * Looks a name up.
   *
   * @param text {@code table}, {@code database.table} or {@code catalog.database.table}, quoted
   *     where that is needed
   * @throws IllegalArgumentException if it can't be a table: its catalog or database is not there,
   *     or can't be loaded, or it is a view of this session
   */
  public static NamedTable of(SparkSession spark, String text) {
    SessionState state = ((org.apache.spark.sql.classic.SparkSession) spark).sessionState();
    List<String> parts;
    try {
      parts = CollectionConverters.asJava(state.sqlParser().parseMultipartIdentifier(text));
    } catch (ParseException e) {
      throw new IllegalArgumentException(
          "that is not a table's name; quote special characters with `", e);
    }
    CatalogManager catalogs = state.catalogManager();
    boolean isFull =
        parts.size() > 1 && (isSession(parts.get(0)) || isCatalog(spark, catalogs, parts.get(0)));
    String asked = isFull ? parts.get(0) : catalogs.currentCatalog().name();
    String catalogName = isSession(asked) ? SESSION : asked;
    List<String> rest = isFull ? parts.subList(1, parts.size()) : parts;
    if (parts.size() == 1 && state.catalog().isTempView(new TableIdentifier(parts.get(0)))) {
      throw new IllegalArgumentException("it is a view");
    }
    if (catalogName.equals(SESSION) && rest.size() > 2) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "there is no catalog '%s'. Settings that begin with spark.sql.catalog.%s make one",
              rest.get(0),
              rest.get(0)));
    }
    String[] namespace =
        rest.size() > 1
            ? rest.subList(0, rest.size() - 1).toArray(String[]::new)
            : isFull ? defaultNamespace(catalogs, catalogName) : catalogs.currentNamespace();
    NamedTable table =
        new NamedTable(
            load(catalogs, catalogName),
            catalogName.equals(SESSION),
            Identifier.of(namespace, rest.get(rest.size() - 1)));
    table.requirePlace();
    return table;
  }

  /** In any letters, unlike other catalogs. */
  private static boolean isSession(String catalog) {
    return catalog.equalsIgnoreCase(SESSION);
  }

  /** Also one that can't be loaded, which is told then. */
  private static boolean isCatalog(SparkSession spark, CatalogManager catalogs, String name) {
    return spark.conf().getOption("spark.sql.catalog." + name).isDefined()
        || catalogs.isCatalogRegistered(name);
  }

  private static String[] defaultNamespace(CatalogManager catalogs, String catalog) {
    return catalogs.catalog(catalog).defaultNamespace();
  }

  private static TableCatalog load(CatalogManager catalogs, String name) {
    try {
      if (catalogs.catalog(name) instanceof TableCatalog tables) {
        return tables;
      }
    } catch (Exception e) { // Spark throws checked exceptions out of methods without them
      if (isOfSpark(e)) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT, "its catalog '%s' can't be loaded: %s", name, firstLine(e)),
            e);
      }
      throw e;
    }
    throw new IllegalArgumentException(
        String.format(Locale.ROOT, "its catalog '%s' has no tables", name));
  }

  private static boolean isOfSpark(Exception e) {
    return e instanceof SparkException || e instanceof SparkThrowable;
  }

  private static String firstLine(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("").replaceFirst("\\.$", "");
  }

  private void requirePlace() {
    if (isOfSession && !SESSION_NAME.matcher(name.name()).matches()) {
      throw new IllegalArgumentException(
          "names in Spark's own catalog consist of letters, digits and underscores");
    }
    String[] namespace = name.namespace();
    if (namespace.length > 0
        && catalog instanceof SupportsNamespaces namespaces
        && !exists(namespaces, namespace)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "there is no database '%s'%s. CREATE DATABASE makes one",
              String.join(".", namespace),
              isOfSession ? "" : " in the catalog '" + catalog.name() + "'"));
    }
  }

  private static boolean exists(SupportsNamespaces namespaces, String[] namespace) {
    try {
      return namespaces.namespaceExists(namespace);
    } catch (Exception e) { // Spark throws checked exceptions out of methods without them
      if (isOfSpark(e)) {
        throw new IllegalArgumentException(firstLine(e), e);
      }
      throw e;
    }
  }

  /** Whether it is of Spark's own catalog. */
  public boolean isOfSession() {
    return isOfSession;
  }

  /** The class of its catalog. */
  public String catalogClass() {
    return catalog.getClass().getName();
  }

  /** Whether the catalog can make or replace a table in one step, when its rows are written. */
  public boolean isReplaceable() {
    return catalog instanceof StagingTableCatalog;
  }

  /** The name for SQL, with its catalog. */
  public String quoted() {
    List<String> parts = new ArrayList<>(List.of(isOfSession ? SESSION : catalog.name()));
    parts.addAll(Arrays.asList(name.namespace()));
    parts.add(name.name());
    return parts.stream().map(QuotingUtils::quoteIdentifier).collect(Collectors.joining("."));
  }

  /**
   * What the catalog says of it now; nothing if there is no such table.
   *
   * @throws IllegalArgumentException if the catalog can't tell: its metastore can't be reached, or
   *     the table's format is none that Spark has the classes of
   */
  public Optional<Definition> definition() {
    catalog.invalidateTable(name); // another session may have replaced it
    Table table;
    try {
      table = catalog.loadTable(name);
    } catch (NoSuchTableException e) {
      return Optional.empty();
    } catch (Exception e) { // Spark throws checked exceptions out of methods without them
      if (isOfSpark(e)) {
        throw new IllegalArgumentException(firstLine(e), e);
      }
      throw e;
    }
    Map<String, String> properties = table.properties();
    return Optional.of(
        new Definition(
            table instanceof V1Table,
            properties.getOrDefault(TableCatalog.PROP_PROVIDER, "").toLowerCase(Locale.ROOT),
            CatalogV2Util.v2ColumnsToStructType(table.columns()),
            Arrays.stream(table.partitioning()).map(NamedTable::text).toList(),
            Map.copyOf(properties)));
  }

  private static String text(Transform transform) {
    return transform instanceof IdentityTransform identity
            && identity.ref().fieldNames().length == 1
        ? identity.ref().fieldNames()[0]
        : transform.describe();
  }
}
