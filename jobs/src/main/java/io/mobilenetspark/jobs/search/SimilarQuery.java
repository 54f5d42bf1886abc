package io.mobilenetspark.jobs.search;

import io.mobilenetspark.common.PathSyntax;
import io.mobilenetspark.jobs.common.ModelSource;
import io.mobilenetspark.jobs.common.Terminal;
import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.jobs.compare.SearchVector;
import io.mobilenetspark.jobs.compare.SearchVector.Fault;
import io.mobilenetspark.jobs.table.StoredOptions;
import io.mobilenetspark.jobs.table.StoredVectors;
import io.mobilenetspark.model.FrozenModel;
import io.mobilenetspark.options.SettingValues;
import io.mobilenetspark.spark.ClassicSpark;
import io.mobilenetspark.spark.EmbedOptions;
import io.mobilenetspark.spark.EmbeddingRow;
import io.mobilenetspark.spark.FeatureTable;
import io.mobilenetspark.spark.sql.EmbeddedTable;
import io.mobilenetspark.spark.sql.SingleImages;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;
import org.jspecify.annotations.Nullable;

/** What neighbours are looked for: a row of the table, or an image. */
final class SimilarQuery {
  private static final String IMAGE = "image";

  private final SparkSession spark;
  private final StoredVectors table;
  private final VectorSearch search;
  private final Supplier<ModelSource> source;
  private @Nullable FrozenModel model;
  private @Nullable SingleImages images;

  /**
   * @param source the model that an image is embedded with; asked for an image alone
   */
  SimilarQuery(
      SparkSession spark, StoredVectors table, VectorSearch search, Supplier<ModelSource> source) {
    this.spark = spark;
    this.table = table;
    this.search = search;
    this.source = source;
  }

  /**
   * An id of the table if it is one, else an image file.
   *
   * @throws UserException if it is neither
   */
  Query idOrImage(String text) {
    Optional<FoundRow> row = row(text);
    if (row.isPresent()) {
      return row.get().query();
    }
    String why = "";
    try {
      Path path = new Path(text);
      if (path.getFileSystem(spark.sparkContext().hadoopConfiguration()).exists(path)) {
        return image(text);
      }
    } catch (IOException | IllegalArgumentException e) {
      why = " (" + PathSyntax.reason(text, e) + ")";
    }
    throw UserException.input(
        String.format(
            Locale.ROOT,
            "There is nothing to search for: %s is neither an id of %s (column '%s') nor an image"
                + " file%s.",
            Terminal.shown(text),
            table.path(),
            table.id(),
            Terminal.shown(why)));
  }

  /**
   * A row.
   *
   * @throws UserException if there is no such row, more than one, or none with a vector
   */
  Query id(String text) {
    return row(text)
        .map(FoundRow::query)
        .orElseThrow(
            () ->
                UserException.input(
                    String.format(
                        Locale.ROOT,
                        "No row of %s has '%s' in column '%s'.",
                        table.path(),
                        Terminal.shown(text),
                        table.id())));
  }

  /**
   * A row that was found.
   *
   * @param id as the table spells it: numbers and bytes may be asked for in other ways
   */
  record FoundRow(Query query, String id) {}

  /**
   * A row; empty if there is none of this name.
   *
   * @throws UserException if there are several, or if it has no vector
   */
  Optional<FoundRow> row(String text) {
    DataType type = search.idType();
    Optional<Query> indexed =
        search.rowByIndex(isNamed(functions.col(VectorSearch.ID), text, type));
    if (indexed.isPresent()) {
      return indexed.map(row -> new FoundRow(row, String.valueOf(search.text(row.name()))));
    }
    List<InternalRow> rows =
        ClassicSpark.rows(
                table
                    .rows()
                    .where(isNamed(table.idColumn(), text, type))
                    .select(
                        table.idColumn(),
                        functions.col(FeatureTable.FEATURES),
                        functions.col(FeatureTable.STATUS),
                        StoredVectors.text(table.idColumn(), type))
                    .limit(2))
            .map(InternalRow::copy)
            .collect();
    if (rows.isEmpty()) {
      return Optional.empty();
    }
    if (rows.size() > 1) {
      throw UserException.input(
          String.format(
              Locale.ROOT,
              "Several rows of %s have '%s' in column '%s'. Pass --id-column with one that names a"
                  + " row, or the image.",
              table.path(),
              Terminal.shown(text),
              table.id()));
    }
    InternalRow row = rows.get(0);
    Object name = row.get(0, type);
    Optional<Fault> fault = SearchVector.fault(row, 1, search.dimension());
    if (fault.isPresent()) {
      throw UserException.input(
          String.format(
              Locale.ROOT,
              "The row '%s' can't be searched for: it is one of those that %s (status %s).",
              Terminal.shown(text),
              fault.get().text(),
              row.getUTF8String(2)));
    }
    SearchVector vector = SearchVector.of(row.getArray(1).toFloatArray());
    return Optional.of(
        new FoundRow(
            new Query(name, vector, Query.Kind.ROW, null), row.getUTF8String(3).toString()));
  }

  private static Column isNamed(Column id, String text, DataType type) {
    Column value = functions.lit(text);
    if (type instanceof StringType) {
      return id.equalTo(value);
    }
    if (type instanceof BinaryType) {
      return id.equalTo(functions.unhex(value));
    }
    boolean isNested = type instanceof StructType || type instanceof ArrayType;
    return isNested ? id.cast("string").equalTo(value) : id.equalTo(value.try_cast(type));
  }

  /**
   * An image, embedded as the table's images were.
   *
   * @throws UserException if it can't be read, or if the model is another one
   */
  Query image(String path) {
    EmbedOptions options = StoredOptions.of(table.facts());
    Dataset<Row> image = spark.createDataset(List.of(path), Encoders.STRING()).toDF(IMAGE);
    Dataset<Row> embedded =
        EmbeddedTable.select(image, IMAGE, List.of(), model(options), options, Optional.empty());
    return query(ClassicSpark.rows(embedded).map(InternalRow::copy).first(), path);
  }

  /**
   * The bytes of an image file, embedded as the table's images were.
   *
   * @param name what it is called in messages
   * @param limits of the image: unlike a file that the caller names, it may be anybody's
   * @throws UserException if it can't be read, or if the model is another one
   */
  Query image(byte[] file, String name, SettingValues limits) {
    EmbedOptions options = StoredOptions.within(limits, table.facts());
    return query(images(options).row(file, options), name);
  }

  /**
   * @param row as {@link EmbeddingRow#schema}
   */
  private Query query(InternalRow row, String name) {
    Optional<Fault> fault = SearchVector.fault(row, 0, search.dimension());
    if (fault.isPresent()) {
      throw UserException.input(
          String.format(
              Locale.ROOT,
              "Can't embed %s: %s",
              Terminal.shown(name),
              row.isNullAt(2)
                  ? fault.get().text()
                  : row.getUTF8String(1) + ": " + row.getUTF8String(2)));
    }
    SearchVector vector = SearchVector.of(row.getArray(0).toFloatArray());
    return new Query(UTF8String.fromString(name), vector, Query.Kind.OTHER, null);
  }

  /** Loaded once: many images may be asked for. */
  private synchronized FrozenModel model(EmbedOptions options) {
    FrozenModel loaded = model;
    if (loaded == null) {
      loaded = table.model(source.get(), options, spark.sparkContext().hadoopConfiguration());
      model = loaded;
    }
    return loaded;
  }

  private synchronized SingleImages images(EmbedOptions options) {
    SingleImages open = images;
    if (open == null) {
      open = new SingleImages(spark, model(options));
      images = open;
    }
    return open;
  }
}
