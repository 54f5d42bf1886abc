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
import io.mobilenetspark.spark.ClassicSpark;
import io.mobilenetspark.spark.EmbedOptions;
import io.mobilenetspark.spark.FeatureTable;
import io.mobilenetspark.spark.sql.EmbeddedTable;
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

/** The one thing that neighbours are looked for: a row of the table, or an image. */
final class SimilarQuery {
  private final SparkSession spark;
  private final StoredVectors table;
  private final VectorSearch search;
  private final Supplier<ModelSource> source;

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
    Optional<Query> row = row(text);
    if (row.isPresent()) {
      return row.get();
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

  private Optional<Query> row(String text) {
    DataType type = search.idType();
    List<InternalRow> rows =
        ClassicSpark.rows(
                table
                    .rows()
                    .where(isNamed(text, type))
                    .select(
                        table.idColumn(),
                        functions.col(FeatureTable.FEATURES),
                        functions.col(FeatureTable.STATUS))
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
    return Optional.of(new Query(name, vector, Query.Kind.ROW, null));
  }

  private Column isNamed(String text, DataType type) {
    Column id = table.idColumn();
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
    FrozenModel model =
        table.model(source.get(), options, spark.sparkContext().hadoopConfiguration());
    Dataset<Row> image =
        EmbeddedTable.select(
                spark.createDataset(List.of(path), Encoders.STRING()).toDF("path"),
                "path",
                List.of("path"),
                model,
                options,
                Optional.empty())
            .select("path", FeatureTable.FEATURES, FeatureTable.STATUS, FeatureTable.ERROR);
    InternalRow row = ClassicSpark.rows(image).map(InternalRow::copy).first();
    Optional<Fault> fault = SearchVector.fault(row, 1, search.dimension());
    if (fault.isPresent()) {
      throw UserException.input(
          String.format(
              Locale.ROOT,
              "Can't embed %s: %s",
              Terminal.shown(path),
              row.isNullAt(3)
                  ? fault.get().text()
                  : row.getUTF8String(2) + ": " + row.getUTF8String(3)));
    }
    SearchVector vector = SearchVector.of(row.getArray(1).toFloatArray());
    return new Query(UTF8String.fromString(path), vector, Query.Kind.OTHER, null);
  }
}
