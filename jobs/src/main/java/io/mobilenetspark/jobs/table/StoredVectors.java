package io.mobilenetspark.jobs.table;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mobilenetspark.common.PathSyntax;
import io.mobilenetspark.jobs.cli.VectorsOptions;
import io.mobilenetspark.jobs.common.ModelSource;
import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.model.FrozenModel;
import io.mobilenetspark.runtime.NativeLibrary;
import io.mobilenetspark.spark.ClassicSpark;
import io.mobilenetspark.spark.EmbedOptions;
import io.mobilenetspark.spark.FeatureMetadata;
import io.mobilenetspark.spark.FeatureTable;
import io.mobilenetspark.spark.sql.NamedTable;
import io.mobilenetspark.spark.sql.NamedTable.Definition;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * A table of vectors that {@code embed} has written, opened to be checked.
 *
 * @param path where it is: a directory, or the name of a table in a catalog
 * @param rows the rows of the files that can be read
 * @param ids the columns that name a row together
 * @param footers of the files that can be read
 * @param damaged names of the others
 * @param report of the run that wrote last; missing if there is none
 * @param mode what its run did with images that can't be read; empty if that is not told
 * @param files what it consists of, by name
 */
public record StoredVectors(
    String path,
    Dataset<Row> rows,
    IdColumns ids,
    List<VectorFiles.Footer> footers,
    List<String> damaged,
    JsonNode report,
    String mode,
    Map<String, FileVersion> files) {

  /**
   * A file, as far as a listing tells it from another one of its name.
   *
   * @param length in bytes
   * @param modified in milliseconds since 1970
   */
  public record FileVersion(long length, long modified) {}

  /** Ids as text for people, who can pass it as an id again. */
  public static Column text(Column id, DataType type) {
    return type instanceof BinaryType
        ? functions.lower(functions.hex(id))
        : id.cast(DataTypes.StringType);
  }

  /** The type of what names a row. */
  public DataType idType() {
    return rows.select(idColumn()).schema().apply(0).dataType();
  }

  /** An id as text: Java shows bytes as the address of their array, by which it compares them. */
  public static String nameOf(@Nullable Object id) {
    return id instanceof byte[] bytes ? HexFormat.of().formatHex(bytes) : String.valueOf(id);
  }

  /**
   * Opens what an option names, for who names rows by one column.
   *
   * @param askedId the column that names a row; null for the table's own
   * @throws UserException if there is no complete table of vectors, or several columns of it name a
   *     row and none was asked for
   */
  public static StoredVectors open(
      SparkSession spark, VectorsOptions vectors, @Nullable String askedId) {
    String name = vectors.table();
    List<String> asked = askedId == null ? List.of() : List.of(askedId);
    StoredVectors stored =
        name == null ? open(spark, vectors.path(), asked) : ofTable(spark, name, asked);
    return stored.requireOneId();
  }

  /**
   * Fails if several columns name a row.
   *
   * @throws UserException if they do
   */
  public StoredVectors requireOneId() {
    ids.requireOne(path);
    return this;
  }

  /** The first of the columns that name a row. */
  public String id() {
    return ids.names().get(0);
  }

  /**
   * Opens a directory.
   *
   * @param askedIds the columns that name a row together; none for the table's own
   * @throws UserException if there is no complete table of vectors
   */
  public static StoredVectors open(SparkSession spark, String path, List<String> askedIds) {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    try {
      Path at = new Path(path);
      FileSystem fileSystem = at.getFileSystem(hadoop);
      OutputContent content = OutputContent.of(fileSystem, at);
      CompleteTables.require(fileSystem, at, content);
      List<VectorFiles.Footer> footers = new ArrayList<>();
      List<String> damaged = new ArrayList<>();
      List<Path> readable = new ArrayList<>();
      List<Optional<VectorFiles.Footer>> read = VectorFiles.read(content.parts(), hadoop);
      for (int i = 0; i < read.size(); i++) {
        FileStatus part = content.parts().get(i);
        if (read.get(i).isPresent()) {
          footers.add(read.get(i).get().requireKnownFormat(path));
          readable.add(part.getPath());
        } else {
          damaged.add(part.getPath().getName());
        }
      }
      if (read.isEmpty()) {
        throw CompleteTables.none(at, "it has no rows and no files");
      } else if (readable.isEmpty()) {
        throw CompleteTables.none(at, "none of its files is a Parquet file");
      }
      spark.catalog().refreshByPath(path);
      Dataset<Row> rows = rows(spark, at, readable, footers.get(0).partitionedBy());
      IdColumns ids = ids(rows.schema(), footers.get(0), path, askedIds, "--output");
      JsonNode report = report(fileSystem, at);
      return new StoredVectors(
          at.toString(),
          rows,
          ids,
          footers,
          damaged,
          report,
          report.path("options").path("mode").asText(),
          files(content));
    } catch (IOException | IllegalArgumentException e) {
      throw UserException.input(
          String.format(Locale.ROOT, "Can't read %s: %s", path, PathSyntax.reason(path, e)), e);
    }
  }

  /** Columns of directories' names are last, of the types that they had: "01" stays a text. */
  private static Dataset<Row> rows(
      SparkSession spark, Path directory, List<Path> files, String partitionedBy) {
    Dataset<Row> inFiles = LiteralPaths.parquet(spark.read(), files);
    if (partitionedBy.isEmpty()) {
      return inFiles;
    }
    StructType columns = inFiles.schema();
    for (StructField partition : StructType.fromDDL(partitionedBy).fields()) {
      columns = columns.add(partition);
    }
    return VectorFiles.dataset(spark, columns, directory, files);
  }

  /**
   * Opens one that has a name in a catalog.
   *
   * @param name the name
   * @param askedIds the columns that name a row together; none for the table's own
   * @throws UserException if there is no table of vectors
   */
  public static StoredVectors ofTable(SparkSession spark, String name, List<String> askedIds) {
    Definition definition;
    try {
      NamedTable table = NamedTable.of(spark, name);
      definition =
          table.definition().orElseThrow(() -> new IllegalArgumentException("there is none"));
      if (definition.isOfSpark() && definition.location().isPresent()) {
        return open(spark, definition.location().get(), askedIds); // whose files say more
      }
      Dataset<Row> rows = spark.table(table.quoted());
      VectorFiles.Footer footer = NamedVectors.footer(definition).requireKnownFormat(name);
      return new StoredVectors(
          name,
          rows,
          ids(rows.schema(), footer, name, askedIds, "--output-table"),
          List.of(footer),
          List.of(),
          new ObjectMapper().missingNode(),
          definition.properties().getOrDefault(VectorWriteSupport.MODE, ""),
          Map.of());
    } catch (IllegalArgumentException e) {
      throw UserException.input(
          String.format(Locale.ROOT, "Can't read the table %s: %s.", name, e.getMessage()), e);
    }
  }

  /**
   * The files' lengths in bytes, by name. Names have a UUID of the run that wrote them in them: the
   * table's copy has the same, and another table has others.
   */
  public Map<String, Long> lengths() {
    Map<String, Long> lengths = new TreeMap<>();
    files.forEach((name, file) -> lengths.put(name, file.length()));
    return lengths;
  }

  /**
   * What is there now.
   *
   * @throws IOException if it can't be listed
   */
  public Map<String, FileVersion> listed(Configuration hadoop) throws IOException {
    Path at = new Path(path);
    return files(OutputContent.of(at.getFileSystem(hadoop), at));
  }

  private static Map<String, FileVersion> files(OutputContent content) {
    Map<String, FileVersion> files = new TreeMap<>();
    for (int i = 0; i < content.names().size(); i++) {
      FileStatus part = content.parts().get(i);
      files.put(content.names().get(i), new FileVersion(part.getLen(), part.getModificationTime()));
    }
    return files;
  }

  private static IdColumns ids(
      StructType schema,
      VectorFiles.Footer footer,
      String place,
      List<String> asked,
      String option) {
    for (String column : List.of(FeatureTable.FEATURES, FeatureTable.STATUS)) {
      if (!FeatureTable.hasColumn(schema, column)) {
        throw CompleteTables.none(place, "it has no column '" + column + "'", option);
      }
    }
    List<String> names = List.of(schema.fieldNames());
    return new IdColumns(
        asked.isEmpty()
            ? names.subList(0, Math.min(footer.ids(), names.size()))
            : asked.stream().map(id -> names.get(FeatureTable.columnIndex(schema, id))).toList());
  }

  private static JsonNode report(FileSystem fileSystem, Path path) throws IOException {
    Path file = new Path(path, RunReport.FILE);
    ObjectMapper mapper = new ObjectMapper();
    if (!fileSystem.exists(file)) {
      return mapper.missingNode();
    }
    try (InputStream in = fileSystem.open(file)) {
      JsonNode report = mapper.readTree(in);
      RunReport.requireKnownFormat(report, file);
      return report;
    }
  }

  /**
   * The model that the vectors are of, to make others with.
   *
   * @param source what is asked for
   * @throws UserException if that is another one
   */
  public FrozenModel model(ModelSource source, EmbedOptions options, Configuration hadoop) {
    NativeLibrary.load();
    FrozenModel model = source.load(hadoop, options.images().size());
    Map<String, String> given = FeatureMetadata.of(model, options);
    List<String> differing = FeatureMetadata.differing(facts(), given);
    if (!differing.isEmpty()) {
      throw UserException.input(
          String.format(
              Locale.ROOT,
              "The vectors of %s come from another model than %s: %s. Pass the --model,"
                  + " --execution-path, --output-key, --tags and --signature that they were made"
                  + " with.",
              path(),
              model.name(),
              describe(differing, facts(), given)));
    }
    return model;
  }

  /** What differs, for people. */
  public static String describe(
      List<String> keys, Map<String, String> stored, Map<String, String> others) {
    List<String> texts = new ArrayList<>();
    for (String key : keys) {
      texts.add(
          String.format(Locale.ROOT, "%s is %s, not %s", key, stored.get(key), others.get(key)));
    }
    return String.join("; ", texts);
  }

  /** The first of the columns that name a row. */
  public Column idColumn() {
    return column(id());
  }

  /** What names a row, as text for people. */
  public Column idText() {
    return ids.text(rows.schema());
  }

  /** A column by its name, whatever is in it. */
  public static Column column(String name) {
    return functions.col(quoted(name));
  }

  /** A name as Spark takes it, whatever is in it. */
  public static String quoted(String name) {
    return "`" + name.replace("`", "``") + "`";
  }

  /** What the vectors are; those of the first file, where they differ. */
  public Map<String, String> facts() {
    return footers.get(0).facts();
  }

  /** Whether files were looked at, and not what a catalog says of its table. */
  public boolean hasFiles() {
    return !footers.get(0).name().equals(NamedVectors.WHERE);
  }

  /** How many rows there are: what the files say, or of a table of a catalog as it counts them. */
  public long rowCount() {
    return hasFiles() ? footers.stream().mapToLong(VectorFiles.Footer::rows).sum() : rows.count();
  }

  /**
   * The directories that its files lie in, as far as that can be told. Of a table of files, its
   * own: Spark is told of the files alone.
   */
  public List<Path> directories() {
    return hasFiles() ? List.of(new Path(path)) : ClassicSpark.readPaths(rows);
  }

  /** What they were computed on, as far as the files say. */
  public Set<String> instructionSets() {
    return VectorFiles.instructionSets(footers);
  }
}
