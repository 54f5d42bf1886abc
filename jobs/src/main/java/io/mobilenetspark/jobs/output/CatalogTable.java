package io.mobilenetspark.jobs.output;

import io.mobilenetspark.jobs.cli.Console;
import io.mobilenetspark.jobs.common.Location;
import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.jobs.table.OutputContent;
import io.mobilenetspark.jobs.table.PartitionColumns;
import io.mobilenetspark.jobs.table.StoredVectors;
import io.mobilenetspark.jobs.table.VectorFiles;
import io.mobilenetspark.spark.ClassicSpark;
import io.mobilenetspark.spark.FeatureMetadata;
import io.mobilenetspark.spark.sql.SessionTable;
import io.mobilenetspark.spark.sql.SessionTable.Definition;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkThrowable;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * A table of vectors that has a name in Spark's catalog: a directory as any other, written and
 * replaced in the same way, that the catalog knows of. The catalog is told after the files are in
 * their place, and what it is told is of the table as a whole: nothing in it changes from run to
 * run but the properties that say which vectors these are.
 */
public final class CatalogTable {

  private static final String PARTITIONS_LISTED = "spark.sql.hive.manageFilesourcePartitions";

  private static final Pattern PATTERN = Pattern.compile("[{}\\[\\]*?\\\\]");

  private final SparkSession spark;
  private final SessionTable table;
  private final Optional<Definition> before;
  private final String name;
  private final Path location;

  private CatalogTable(
      SparkSession spark,
      SessionTable table,
      Optional<Definition> before,
      String name,
      Path location) {
    this.spark = spark;
    this.table = table;
    this.before = before;
    this.name = name;
    this.location = location;
  }

  /**
   * Looks the name up.
   *
   * @param directory where the files are to be; empty for the table's own or Spark's choice
   * @throws UserException if it is nothing that can be written
   */
  public static CatalogTable of(SparkSession spark, String name, String directory) {
    try {
      SessionTable table = SessionTable.of(spark, name);
      Optional<Definition> before = table.definition();
      before.ifPresent(definition -> requireWritable(name, definition));
      Path known = before.map(Definition::location).orElseGet(table::defaultLocation);
      if (!directory.isEmpty() && before.isPresent()) {
        requireSame(name, directory, known, spark.sparkContext().hadoopConfiguration());
      }
      Path location =
          directory.isEmpty() || before.isPresent() ? known : qualified(spark, directory);
      return new CatalogTable(spark, table, before, name, location);
    } catch (UserException e) {
      throw e;
    } catch (Exception e) {
      // Spark throws checked exceptions out of methods that don't declare them.
      if (e instanceof IllegalArgumentException || e instanceof SparkThrowable) {
        throw refused(name, reason(e), "");
      }
      throw e;
    }
  }

  private static void requireWritable(String name, Definition definition) {
    if (!definition.provider().equals("parquet")) {
      throw refused(
          name,
          String.format(Locale.ROOT, "its format is %s, not parquet", definition.provider()),
          TableFormat.of(definition.provider())
              .map(TableFormat::withCatalog)
              .orElse(
                  " Of other formats, INSERT and MERGE with mobilenet_features keep a table up to"
                      + " date: see docs/sql.md."));
    } else if (definition.isBucketed()) {
      throw refused(name, "it is bucketed", "");
    }
  }

  /** As Hadoop has it: the catalog takes a relative path for one in its warehouse. */
  private static Path qualified(SparkSession spark, String directory) {
    Path path = new Path(directory);
    try {
      return path.getFileSystem(spark.sparkContext().hadoopConfiguration()).makeQualified(path);
    } catch (IOException e) {
      throw UserException.input(
          String.format(Locale.ROOT, "Can't write to %s: %s", directory, e.getMessage()), e);
    }
  }

  private static void requireSame(String name, String directory, Path known, Configuration hadoop) {
    try {
      if (!Location.of(known, hadoop).isSameAs(Location.of(new Path(directory), hadoop))) {
        throw refused(
            name, String.format(Locale.ROOT, "it is in %s, not in %s", known, directory), "");
      }
    } catch (IOException e) {
      throw refused(name, reason(e), "");
    }
  }

  static UserException refused(String name, String why, String cure) {
    return UserException.input(
        String.format(
            Locale.ROOT,
            "Can't write to the table %s: %s.%s Pass another --output-table.",
            name,
            why,
            cure));
  }

  /** The first line, to go on in a sentence. */
  private static String reason(Exception e) {
    String line = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    return line.endsWith(".") ? line.substring(0, line.length() - 1) : line;
  }

  /** The directory of its files. */
  public Path location() {
    return location;
  }

  /**
   * Fails if the catalog's table has other columns.
   *
   * @param columns what is written
   * @throws UserException if it has
   */
  public void requireFitting(StructType columns, List<String> partitionBy) {
    if (before.isEmpty()) {
      return;
    }
    StructType partitions = PartitionColumns.of(columns, partitionBy);
    List<String> ours = new ArrayList<>(VectorFiles.names(columns));
    ours.removeAll(VectorFiles.names(partitions));
    ours.addAll(VectorFiles.names(partitions));
    List<String> old = VectorFiles.names(before.get().columns());
    List<String> oldPartitions = before.get().partitionBy();
    if (!areSame(old, ours) || !areSame(oldPartitions, List.of(partitions.fieldNames()))) {
      throw refused(
          name,
          String.format(
              Locale.ROOT,
              "its columns are %s%s, these are %s%s",
              String.join(", ", old),
              by(oldPartitions),
              String.join(", ", ours),
              by(List.of(partitions.fieldNames()))),
          " To replace it, ALTER TABLE " + table.quoted() + " RENAME first.");
    }
  }

  /** As Spark resolves names; types are written alike. */
  private static boolean areSame(List<String> there, List<String> here) {
    return there.size() == here.size()
        && IntStream.range(0, here.size())
            .allMatch(i -> ClassicSpark.isSameName(there.get(i), here.get(i)));
  }

  private static String by(List<String> partitions) {
    return partitions.isEmpty() ? "" : " partitioned by " + String.join(", ", partitions);
  }

  /**
   * Tells the catalog of the files that are there.
   *
   * @throws UserException if it can't be told
   */
  public void register(Console console) {
    try {
      Path real = Location.of(location, spark.sparkContext().hadoopConfiguration()).real();
      OutputContent content =
          OutputContent.of(real.getFileSystem(spark.sparkContext().hadoopConfiguration()), real);
      if (!content.parts().isEmpty()) {
        VectorFiles.Described files =
            VectorFiles.described(
                content.parts().get(0), spark.sparkContext().hadoopConfiguration());
        if (files.facts().isEmpty()) {
          console.note(
              String.format(
                  Locale.ROOT,
                  "The files in %s were not written by this command, so that the catalog is not told of them.",
                  location));
          return;
        }
        tell(files);
      } else if (before.isPresent()) {
        refresh();
      } else {
        console.note(
            String.format(
                Locale.ROOT,
                "%s has no rows and no files, so that the catalog is not told.",
                name));
        return;
      }
    } catch (UserException e) {
      throw e;
    } catch (Exception e) {
      // Spark throws checked exceptions out of methods that don't declare them.
      throw UserException.job(
          String.format(
              Locale.ROOT,
              "The vectors are in their place, %s, but the catalog can't be told that this is the table"
                  + " %s: %s. Run again with --output-mode ignore.",
              location,
              name,
              reason(e)),
          e);
    }
    if (before.isEmpty()) {
      passing(spark, name, location).ifPresent(console::note);
    }
  }

  /** What is said of a new name that does not stay. */
  static Optional<String> passing(SparkSession spark, String name, Object location) {
    return spark.conf().get("spark.sql.catalogImplementation").equals("in-memory")
        ? Optional.of(
            String.format(
                Locale.ROOT,
                "The catalog of this session is in memory: the name %s goes with it, the files stay in"
                    + " %s. For a name that stays, pass --conf spark.sql.catalogImplementation=hive.",
                name,
                location))
        : Optional.empty();
  }

  private void tell(VectorFiles.Described files) {
    StructType columns = files.inFiles();
    for (StructField partition : files.partitions().fields()) {
      columns = columns.add(partition);
    }
    requireFitting(columns, List.of(files.partitions().fieldNames()));
    if (before.isEmpty()) {
      String listed = spark.conf().get(PARTITIONS_LISTED);
      // The files are what there is: a list beside them would not change with them at once.
      spark.conf().set(PARTITIONS_LISTED, "false");
      try {
        table.execute(statement(files));
      } finally {
        spark.conf().set(PARTITIONS_LISTED, listed);
      }
    }
    table.describe(files.inFiles(), before);
    String stale =
        before.map(Definition::properties).orElse(Map.of()).keySet().stream()
            .filter(key -> key.startsWith(FeatureMetadata.PREFIX))
            .filter(key -> !files.facts().containsKey(key))
            .map(CatalogTable::text)
            .collect(Collectors.joining(", "));
    if (!stale.isEmpty()) {
      alter("UNSET TBLPROPERTIES IF EXISTS (" + stale + ")");
    }
    alter(
        files.facts().entrySet().stream()
            .map(fact -> text(fact.getKey()) + " = " + text(fact.getValue()))
            .collect(Collectors.joining(", ", "SET TBLPROPERTIES (", ")")));
    refresh();
  }

  private void alter(String change) {
    table.execute(String.format(Locale.ROOT, "ALTER TABLE %s %s", table.quoted(), change));
  }

  private void refresh() {
    if (before.map(Definition::hasPartitionsListed).orElse(false)) {
      table.execute("MSCK REPAIR TABLE " + table.quoted() + " SYNC PARTITIONS");
    }
    spark.catalog().refreshTable(table.quoted());
  }

  private String statement(VectorFiles.Described files) {
    StructType partitions = files.partitions();
    List<String> columns = new ArrayList<>(List.of(bare(files.inFiles()).toDDL()));
    if (!partitions.isEmpty()) {
      columns.add(bare(partitions).toDDL());
    }
    String by =
        List.of(partitions.fieldNames()).stream()
            .map(StoredVectors::quoted)
            .collect(Collectors.joining(", "));
    return String.format(
        Locale.ROOT,
        "CREATE TABLE %s (%s) USING parquet%s%s LOCATION %s",
        table.quoted(),
        String.join(", ", columns),
        // Readers take these letters in a table's location for a pattern unless it says otherwise.
        PATTERN.matcher(location.toString()).find()
            ? " OPTIONS (" + text(VectorFiles.GLOBS) + " 'false')"
            : "",
        by.isEmpty() ? "" : " PARTITIONED BY (" + by + ")",
        text(location.toString()));
  }

  /** Names and types alone: Spark writes comments so that not all of them can be read again. */
  private static StructType bare(StructType columns) {
    return (StructType) bare((DataType) columns);
  }

  private static DataType bare(DataType type) {
    if (type instanceof StructType struct) {
      StructType fields = new StructType();
      for (StructField field : struct.fields()) {
        fields = fields.add(field.name(), bare(field.dataType()), field.nullable());
      }
      return fields;
    } else if (type instanceof ArrayType array) {
      return new ArrayType(bare(array.elementType()), array.containsNull());
    } else if (type instanceof MapType map) {
      return new MapType(bare(map.keyType()), bare(map.valueType()), map.valueContainsNull());
    }
    return type;
  }

  private static String text(String value) {
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
