package io.mobilenetspark.jobs.embed;

import io.mobilenetspark.jobs.cli.IncrementalOptions;
import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.jobs.input.CarriedColumns;
import io.mobilenetspark.jobs.input.ImageTable;
import io.mobilenetspark.jobs.table.StoredVectors;
import io.mobilenetspark.jobs.table.VectorKind;
import io.mobilenetspark.spark.ClassicSpark;
import io.mobilenetspark.spark.FeatureTable;
import io.mobilenetspark.spark.ImageColumn;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructType;

/**
 * What tells that the image of a row is another one than last time: columns, which an incremental
 * table keeps.
 *
 * @param changedBy how it is called, in the table's files too
 * @param names the columns
 * @param source where their values come from
 * @param added columns that the table has of it and the input has not: the names unless they are
 *     the input's own, and {@link VectorKind#SHA256} of a table whose duplicates are found
 */
record Identity(String changedBy, List<String> names, Source source, List<String> added) {

  static final String MODIFIED = "modificationTime";
  static final String LENGTH = "length";

  private static final String VERSION = "__version";
  private static final String BY_FILE = "mtime,length";
  private static final String BY_BYTES = "sha256";
  private static final String BY_NOTHING = "none";

  /** Whichever of its names are in capitals. */
  private static final Comparator<String> IN_ONE_ORDER =
      Comparator.comparing((String name) -> name.toLowerCase(Locale.ROOT))
          .thenComparing(Comparator.naturalOrder());

  private static final StructType OF_FILE =
      new StructType().add(MODIFIED, DataTypes.LongType).add(LENGTH, DataTypes.LongType);

  /** Where the values come from. */
  enum Source {
    /** Columns of the input. */
    COLUMNS,
    /** The files that the rows name are looked at. */
    FILES,
    /** The image's bytes. */
    BYTES
  }

  /**
   * What was asked for, or what is best for such rows.
   *
   * @param options which may ask for {@link VectorKind#SHA256}, whatever tells changes
   * @throws UserException if these rows don't have it
   */
  static Identity of(IncrementalOptions options, ImageTable images) {
    Identity changes = of(options.changedBy(), images);
    List<String> added = new ArrayList<>();
    if (changes.source() != Source.COLUMNS) {
      added.addAll(changes.names());
    }
    if (options.dedup() && changes.source() != Source.BYTES) {
      added.add(VectorKind.SHA256);
    }
    return new Identity(changes.changedBy(), changes.names(), changes.source(), added);
  }

  private static Identity of(List<String> asked, ImageTable images) {
    boolean isListed = images.isListing();
    boolean isPath = type(images) instanceof ImageColumn.Location;
    String changedBy = asked.isEmpty() ? isListed || isPath ? BY_FILE : BY_BYTES : word(asked);
    return switch (changedBy) {
      case BY_NOTHING -> new Identity(changedBy, List.of(), Source.COLUMNS, List.of());
      case BY_BYTES -> new Identity(changedBy, List.of(VectorKind.SHA256), Source.BYTES, List.of());
      case BY_FILE -> {
        if (!isListed && !isPath) {
          throw UserException.usage(
              "--changed-by mtime,length is for files: images in rows have no modification time."
                  + " Pass sha256, none, or columns that hold a version.");
        }
        yield new Identity(
            changedBy,
            List.of(MODIFIED, LENGTH),
            isListed ? Source.COLUMNS : Source.FILES,
            List.of());
      }
      default -> {
        List<String> names = columns(asked, images);
        yield new Identity(String.join(",", names), names, Source.COLUMNS, List.of());
      }
    };
  }

  /** One of the words, however it is written; "" if columns are named. */
  private static String word(List<String> asked) {
    Set<String> words = new TreeSet<>();
    asked.forEach(name -> words.add(name.toLowerCase(Locale.ROOT)));
    return Stream.of(BY_NOTHING, BY_BYTES, BY_FILE)
        .filter(word -> words.equals(Set.of(word.split(","))))
        .findFirst()
        .orElse("");
  }

  /** As the input spells them, in one order: they are the same whichever way they are asked for. */
  private static List<String> columns(List<String> asked, ImageTable images) {
    StructType schema = images.rows().schema();
    Set<String> names = new TreeSet<>(IN_ONE_ORDER);
    for (String name : asked) {
      if (!FeatureTable.hasColumn(schema, name)) {
        throw UserException.input(
            String.format(
                Locale.ROOT,
                "--changed-by is mtime,length, sha256, none, or columns of the input, and it has no"
                    + " column '%s'. The columns are: %s.",
                name,
                String.join(", ", schema.fieldNames())));
      }
      int index = FeatureTable.columnIndex(schema, name);
      if (schema.apply(index).dataType() instanceof MapType) {
        throw UserException.input(
            String.format(
                Locale.ROOT,
                "--changed-by %s: values of type %s can't be compared. Pass another column.",
                name,
                schema.apply(index).dataType().simpleString()));
      }
      names.add(schema.apply(index).name());
    }
    return List.copyOf(names);
  }

  private static ImageColumn type(ImageTable images) {
    StructType schema = images.rows().schema();
    int index = FeatureTable.columnIndex(schema, images.imageColumn());
    ImageColumn type = ImageColumn.of(schema.apply(index).dataType());
    if (type == null) {
      throw new IllegalStateException("opened without images: " + images.imageColumn());
    }
    return type;
  }

  /**
   * The columns that a table takes over: those that name a row, what tells changes, and those to
   * keep.
   *
   * @param carried those that name a row and those to keep
   * @param images the input
   * @throws UserException if columns have the same name
   */
  List<String> carried(CarriedColumns carried, ImageTable images) {
    List<String> all = new ArrayList<>(carried.ids());
    for (String name : names) {
      if (carried.ids().stream().anyMatch(id -> ClassicSpark.isSameName(name, id))) {
        throw UserException.input(
            String.format(
                Locale.ROOT,
                "Column '%s' can't name the rows and tell their changes, too. Pass another"
                    + " --id-column or --changed-by.",
                name));
      }
      all.add(name);
    }
    requireOwnNames(carried.all(), images);
    added.stream().filter(name -> !names.contains(name)).forEach(all::add);
    for (String name : carried.kept()) {
      if (names.stream().noneMatch(own -> ClassicSpark.isSameName(own, name))) {
        all.add(name);
      }
    }
    return all;
  }

  /** The columns that the table has of it, the input's own among them. */
  List<String> all() {
    return Stream.concat(names.stream(), added.stream()).distinct().toList();
  }

  private void requireOwnNames(List<String> carried, ImageTable images) {
    for (String name : added) {
      String option = names.contains(name) ? "--changed-by " + changedBy : "--dedup";
      List<String> others = new ArrayList<>(carried);
      if (source == Source.COLUMNS) {
        others.addAll(names);
      }
      String problem =
          ClassicSpark.isSameName(name, images.imageColumn())
              ? "The images can't be in column '%s'"
              : others.stream().anyMatch(other -> ClassicSpark.isSameName(other, name))
                  ? "Column '%s' can't be kept"
                  : "";
      if (!problem.isEmpty()) {
        throw UserException.input(
            String.format(
                Locale.ROOT,
                problem + ": %s adds one of that name. Rename it first.",
                name,
                option));
      }
    }
  }

  /**
   * The input's columns that matter, with those of the identity.
   *
   * @param rows the input's, or some of them
   * @param needed the image, the row's name and what is kept
   */
  Dataset<Row> addTo(ImageTable images, Dataset<Row> rows, List<String> needed) {
    List<Column> columns = new ArrayList<>();
    for (String name : needed) {
      if (source == Source.COLUMNS || !names.contains(name)) {
        columns.add(StoredVectors.column(name));
      }
    }
    if (source == Source.COLUMNS) {
      return rows.select(columns.toArray(Column[]::new));
    }
    FileFacts files = new FileFacts(ClassicSpark.hadoopConf(rows.sparkSession()));
    Column image = StoredVectors.column(images.imageColumn());
    Column version =
        source == Source.FILES
            ? functions
                .udf((UDF1<String, Row>) files::version, OF_FILE)
                .asNondeterministic() // so that it is called once, before the image is read
                .apply(image)
            : functions.struct(sha256(images, image, files).as(VectorKind.SHA256));
    columns.add(version.as(VERSION));
    Dataset<Row> versioned = rows.select(columns.toArray(Column[]::new));
    for (String name : names) {
      Column value = functions.col(VERSION).getField(name);
      versioned =
          versioned.withColumn(
              name, name.equals(MODIFIED) ? functions.timestamp_millis(value) : value);
    }
    return versioned.drop(VERSION);
  }

  private static Column sha256(ImageTable images, Column image, FileFacts files) {
    ImageColumn type = type(images);
    if (type instanceof ImageColumn.Location) {
      return functions
          .udf((UDF1<String, String>) files::sha256, DataTypes.StringType)
          .asNondeterministic()
          .apply(image);
    }
    return ContentHash.of((ImageColumn.InRow) type, image);
  }
}
