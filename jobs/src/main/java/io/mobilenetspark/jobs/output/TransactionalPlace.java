package io.mobilenetspark.jobs.output;

import io.mobilenetspark.jobs.cli.IncrementalOptions;
import io.mobilenetspark.jobs.cli.OutputOptions.OutputMode;
import io.mobilenetspark.jobs.cli.OutputTableOptions;
import io.mobilenetspark.jobs.cli.TableOptions;
import io.mobilenetspark.jobs.common.Location;
import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.jobs.input.InputPlaces;
import io.mobilenetspark.spark.ClassicSpark;
import io.mobilenetspark.spark.sql.NamedTable;
import io.mobilenetspark.spark.sql.NamedTable.Definition;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * A name that a {@link TransactionalTable} can have: what is behind it commits a write at once, and
 * is apart from what is read.
 */
public final class TransactionalPlace {

  private static final String PARQUET = "parquet";

  private final SparkSession spark;
  private final String name;
  private final Optional<String> format;
  private final NamedTable table;
  private final List<String> inputs;

  private TransactionalPlace(
      SparkSession spark,
      String name,
      Optional<String> format,
      NamedTable table,
      List<String> inputs) {
    this.spark = spark;
    this.name = name;
    this.format = format;
    this.table = table;
    this.inputs = inputs;
  }

  /**
   * Looks the output's name up.
   *
   * @param inputs paths and globs of what is read
   * @return the table; nothing if the output has no name, or is a Parquet table of Spark's own
   * @throws UserException if it is nothing that can be written
   */
  public static Optional<TransactionalTable> find(
      SparkSession spark,
      OutputTableOptions output,
      TableOptions options,
      IncrementalOptions incremental,
      List<String> inputs) {
    if (output.table().isEmpty()) {
      return Optional.empty();
    }
    String name = output.table().get();
    NamedTable table = named(spark, name);
    Optional<Definition> before = definition(spark, name, table);
    if (table.isOfSession()
        && output.format().orElse(PARQUET).equals(PARQUET)
        && before.map(Definition::isOfSpark).orElse(true)) {
      return Optional.empty();
    }
    TransactionalPlace place = new TransactionalPlace(spark, name, output.format(), table, inputs);
    place.requireKnown(before);
    options.check();
    place.requirePlain(output, options, incremental);
    return Optional.of(new TransactionalTable(table, place, output.mode(), options));
  }

  private static NamedTable named(SparkSession spark, String name) {
    try {
      return NamedTable.of(spark, name);
    } catch (IllegalArgumentException e) {
      String why = String.valueOf(e.getMessage());
      throw CatalogTable.refused(
          name, why, TableFormat.namedIn(why).map(format -> format.withPackage(spark)).orElse(""));
    }
  }

  private static Optional<Definition> definition(
      SparkSession spark, String name, NamedTable table) {
    try {
      return table.definition();
    } catch (IllegalArgumentException e) {
      String why = String.valueOf(e.getMessage());
      throw CatalogTable.refused(
          name,
          why,
          TableFormat.namedIn(why)
              .map(format -> format.withPackage(spark) + format.withCatalog())
              .orElse(""));
    }
  }

  /**
   * What the catalog says of the table now.
   *
   * @throws UserException if it can't tell
   */
  Optional<Definition> definition() {
    return definition(spark, name, table);
  }

  String name() {
    return name;
  }

  /** That of a new table; empty for the catalog's own. */
  Optional<String> format() {
    return format;
  }

  UserException refused(String why, String cure) {
    return CatalogTable.refused(name, why, cure);
  }

  /** Its format is there, and its catalog writes it in one step. */
  private void requireKnown(Optional<Definition> before) {
    before.ifPresent(this::requireFormat);
    if (format.isPresent() && ClassicSpark.dataSource(spark, format.get()).isEmpty()) {
      throw refused(
          String.format(Locale.ROOT, "Spark finds no format '%s' on its class path", format.get()),
          TableFormat.of(format.get())
              .map(known -> known.withPackage(spark) + known.withCatalog())
              .orElse(" Add its jar with --packages."));
    }
    if (table.isOfSession()) {
      requireOwnCatalog(format.orElseGet(() -> before.map(Definition::format).orElse("")));
    } else if (!table.isReplaceable()) {
      throw refused(
          "its catalog, "
              + table.catalogClass()
              + ", can't make or replace a table in one step: a run that fails would leave a part",
          "");
    }
  }

  /** Spark's own catalog keeps tables of one format beside its own, and makes others in steps. */
  private void requireOwnCatalog(String wanted) {
    Optional<TableFormat> known = TableFormat.of(wanted);
    if (known.isEmpty()) {
      throw refused(
          String.format(Locale.ROOT, "Spark's own catalog does not write '%s' as a whole", wanted),
          " Tables there are of parquet, delta or iceberg.");
    } else if (!known.get().isCatalog(table.catalogClass())) {
      throw refused(
          String.format(
              Locale.ROOT,
              "Spark's own catalog, %s, does not write tables of %s as a whole",
              table.catalogClass(),
              wanted),
          known.get().withCatalog());
    }
  }

  /**
   * Fails if a table has another format than was asked for.
   *
   * @throws UserException if it has
   */
  void requireFormat(Definition definition) {
    if (format.isPresent() && !definition.format().equals(format.get())) {
      throw refused(
          String.format(Locale.ROOT, "its format is %s, not %s", definition.format(), format.get()),
          " Leave out --output-format.");
    }
  }

  private void requirePlain(
      OutputTableOptions output, TableOptions options, IncrementalOptions incremental) {
    if (!output.path().isEmpty()) {
      throw refused(
          "its catalog says where a table of a format lies",
          " Leave out --output, and name a place with CREATE DATABASE ... LOCATION.");
    } else if (output.mode() == OutputMode.INCREMENTAL || !incremental.changedBy().isEmpty()) {
      throw refused(
          "--output-mode incremental is for Parquet tables",
          " Follow changes with MERGE and mobilenet_features, as docs/sql.md shows, or append what is"
              + " new.");
    } else if (incremental.dedup()) {
      throw refused(
          "--dedup is for Parquet tables",
          " Leave it out, or embed with --output and --dedup, and INSERT from there.");
    } else if (options.rowsPerFile() > 0) {
      throw refused(
          "--rows-per-file is for Parquet tables",
          " Say it as the format does, such as --output-option maxRecordsPerFile=N for delta.");
    }
  }

  /**
   * Fails if rows are read from where they would be written.
   *
   * @throws UserException if they are
   */
  void requireApart(Definition definition, Dataset<Row> input) {
    if (definition.location().isEmpty()) {
      return;
    }
    Path place = new Path(definition.location().get());
    List<Path> read = new ArrayList<>(ClassicSpark.readPaths(input));
    if (read.contains(place)) {
      throw refused("it is read, too", "");
    }
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    Location location;
    try {
      location = Location.of(place, hadoop);
    } catch (IOException e) {
      return; // formats have clients of their own for stores that Hadoop can't read
    }
    try {
      InputPlaces places = InputPlaces.besideTable(hadoop);
      for (String path : inputs) {
        places.requireApart(location, path);
      }
      for (Path path : read) {
        places.requireApartFromTable(location, path);
      }
    } catch (IOException e) {
      throw refused(String.valueOf(e.getMessage()), "");
    }
  }
}
