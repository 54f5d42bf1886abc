package io.mobilenetspark.jobs.table;

import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.spark.FeatureMetadata;
import io.mobilenetspark.spark.FeatureTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/** What the footers of Parquet files say; nothing else of the files is read. */
public final class VectorFiles {

  /** Where Spark keeps a table's columns with their metadata. */
  private static final String SPARK_SCHEMA = "org.apache.spark.sql.parquet.row.metadata";

  /** Spark's option whether letters such as [ and { mean something in a path. */
  public static final String GLOBS = "__globPaths__";

  /** What this version writes, and the last that it reads. */
  static final int FORMAT = 1;

  private static final int THREADS = 16;

  private VectorFiles() {}

  /**
   * A file.
   *
   * @param name its name
   * @param format of the table; 1 if it does not say
   * @param rows how many rows it has
   * @param isOurs whether {@code embed} wrote it, and not who has read our table
   * @param facts what its vectors are ({@link FeatureMetadata}), as their column says, or else the
   *     table; none if neither does
   * @param contradicting keys of facts of which both say different things
   * @param columns its columns' names and types, as far as Spark wrote it
   * @param ids how many of them, the first, name a row together
   * @param instructionSet what its vectors were computed on, as far as it says
   * @param partitionedBy the columns that directories are named by, as DDL
   * @param changedBy what tells that an image is another one, in an incremental table
   */
  public record Footer(
      String name,
      String format,
      long rows,
      boolean isOurs,
      Map<String, String> facts,
      List<String> contradicting,
      List<String> columns,
      int ids,
      Optional<String> instructionSet,
      String partitionedBy,
      Optional<String> changedBy) {

    /**
     * Checks what was read.
     *
     * @param table whose file it is
     * @throws UserException if a later version wrote it
     */
    public Footer requireKnownFormat(String table) {
      requireKnown(format, name, table);
      return this;
    }
  }

  private static void requireKnown(String format, String file, String table) {
    if (!format.equals(Integer.toString(FORMAT))) {
      throw UserException.input(
          String.format(
              Locale.ROOT,
              "The vectors in %s are of format %s (%s); this version of mobilenet-spark reads formats up to %d. Use the version that wrote them, or a later one.",
              table,
              format,
              file,
              FORMAT));
    }
  }

  /** What the vectors of files were computed on, as far as the files say. */
  public static Set<String> instructionSets(List<Footer> footers) {
    Set<String> sets = new TreeSet<>();
    footers.forEach(footer -> sets.add(footer.instructionSet().orElse("unknown")));
    return sets;
  }

  /** The footers; that of a file which is no Parquet, or damaged, is empty. */
  public static List<Optional<Footer>> read(List<FileStatus> files, Configuration hadoop)
      throws IOException {
    ExecutorService threads =
        Executors.newFixedThreadPool(Math.max(1, Math.min(THREADS, files.size())));
    try {
      List<Future<Optional<Footer>>> running = new ArrayList<>();
      for (FileStatus file : files) {
        running.add(threads.submit(() -> read(file, hadoop)));
      }
      List<Optional<Footer>> footers = new ArrayList<>();
      for (Future<Optional<Footer>> one : running) {
        footers.add(one.get());
      }
      return footers;
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException cause
          ? cause
          : new IOException(String.valueOf(e.getCause()), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new java.io.InterruptedIOException("stopped while reading footers");
    } finally {
      threads.shutdownNow();
    }
  }

  /**
   * How many rows files have that were just written.
   *
   * @throws IOException if one is damaged
   */
  public static long rows(List<FileStatus> files, Configuration hadoop) throws IOException {
    long rows = 0;
    for (Optional<Footer> footer : read(files, hadoop)) {
      rows += footer.orElseThrow(() -> new IOException("a file just written is damaged")).rows();
    }
    return rows;
  }

  private static Optional<Footer> read(FileStatus file, Configuration hadoop) throws IOException {
    HadoopInputFile input = HadoopInputFile.fromStatus(file, hadoop);
    try (ParquetFileReader reader = ParquetFileReader.open(input)) {
      Map<String, String> texts = reader.getFileMetaData().getKeyValueMetaData();
      StructType columns = columns(texts.get(SPARK_SCHEMA));
      return Optional.of(
          new Footer(
              file.getPath().getName(),
              texts.getOrDefault(VectorWriteSupport.FORMAT, "1"),
              reader.getRecordCount(),
              // Of the file: a column's metadata go with it into tables that others make of ours.
              texts.keySet().stream().anyMatch(VectorFiles::isOurs),
              facts(texts, columns),
              contradicting(told(texts), ofColumn(columns)),
              names(columns),
              ids(texts),
              Optional.ofNullable(texts.get(VectorWriteSupport.INSTRUCTION_SET)),
              texts.getOrDefault(VectorWriteSupport.PARTITIONED_BY, ""),
              Optional.ofNullable(texts.get(VectorWriteSupport.CHANGED_BY))));
    } catch (RuntimeException e) { // Parquet's word for "is not a Parquet file"
      return Optional.empty();
    }
  }

  /** Facts are of any format of ours; a later one may have others, but says which it is. */
  private static boolean isOurs(String key) {
    return key.startsWith(FeatureMetadata.PREFIX) || key.equals(VectorWriteSupport.FORMAT);
  }

  /**
   * What a catalog is told of a table.
   *
   * @param inFiles the columns in the files
   * @param partitions those in directories' names
   * @param facts what the vectors are
   */
  public record Described(StructType inFiles, StructType partitions, Map<String, String> facts) {}

  /**
   * What a file says of the table that it is of.
   *
   * @throws UserException if a later version wrote it
   */
  public static Described described(FileStatus file, Configuration hadoop) throws IOException {
    try (ParquetFileReader reader =
        ParquetFileReader.open(HadoopInputFile.fromStatus(file, hadoop))) {
      Map<String, String> texts = reader.getFileMetaData().getKeyValueMetaData();
      Path path = file.getPath();
      requireKnown(
          texts.getOrDefault(VectorWriteSupport.FORMAT, "1"),
          path.getName(),
          String.valueOf(path.getParent()));
      StructType columns = columns(texts.get(SPARK_SCHEMA));
      String partitions = texts.getOrDefault(VectorWriteSupport.PARTITIONED_BY, "");
      return new Described(
          columns,
          partitions.isEmpty() ? new StructType() : StructType.fromDDL(partitions),
          facts(texts, columns));
    }
  }

  private static StructType columns(@Nullable String json) {
    return json != null && DataType.fromJson(json) instanceof StructType columns
        ? columns
        : new StructType();
  }

  /** How many columns name a row together. */
  static int ids(Map<String, String> texts) {
    return Math.max(1, Integer.parseInt(texts.getOrDefault(VectorWriteSupport.ID_COLUMNS, "1")));
  }

  private static Map<String, String> facts(Map<String, String> texts, StructType columns) {
    return facts(told(texts), ofColumn(columns));
  }

  /** Of the column, which other writers keep, and replace together with the vectors. */
  static Map<String, String> facts(Map<String, String> told, Map<String, String> ofColumn) {
    Map<String, String> facts = new LinkedHashMap<>(told);
    facts.putAll(ofColumn);
    return facts;
  }

  /** Keys of which a column says something else than what it is in; none if one says nothing. */
  static List<String> contradicting(Map<String, String> told, Map<String, String> ofColumn) {
    return told.isEmpty() || ofColumn.isEmpty()
        ? List.of()
        : FeatureMetadata.differing(told, ofColumn);
  }

  /** What texts of a file or a table say of its vectors. */
  static Map<String, String> told(Map<String, String> texts) {
    Map<String, String> told = new LinkedHashMap<>(texts);
    told.keySet().removeIf(key -> !key.startsWith(FeatureMetadata.PREFIX));
    return told;
  }

  /** What the column of vectors says of them. */
  static Map<String, String> ofColumn(StructType columns) {
    Map<String, String> facts = new LinkedHashMap<>();
    for (StructField column : columns.fields()) {
      if (column.name().equals(FeatureTable.FEATURES)) {
        facts.putAll(FeatureMetadata.read(column.metadata()));
      }
    }
    return facts;
  }

  /**
   * The rows of files in a directory, whose name means nothing to Spark.
   *
   * @param columns as they were written, in their order; those of partitions are last in files
   */
  public static Dataset<Row> dataset(SparkSession spark, StructType columns, Path directory) {
    return spark
        .read()
        .schema(columns)
        .option(GLOBS, "false")
        .parquet(directory.toString())
        .select(
            Arrays.stream(columns.fieldNames()).map(StoredVectors::column).toArray(Column[]::new));
  }

  /**
   * The same of some of the files.
   *
   * @param directory the table's, whose partitions they may be in
   */
  public static Dataset<Row> dataset(
      SparkSession spark, StructType columns, Path directory, List<Path> files) {
    return LiteralPaths.parquet(
            spark.read().schema(columns).option("basePath", directory.toString()), files)
        .select(
            Arrays.stream(columns.fieldNames()).map(StoredVectors::column).toArray(Column[]::new));
  }

  /** Names and types; whether a column may be NULL is no matter to who appends. */
  public static List<String> names(StructType columns) {
    List<String> names = new ArrayList<>();
    for (StructField column : columns.fields()) {
      names.add(column.name() + " " + column.dataType().catalogString());
    }
    return names;
  }
}
