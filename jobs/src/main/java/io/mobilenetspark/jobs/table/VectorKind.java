package io.mobilenetspark.jobs.table;

import io.mobilenetspark.common.Quantity;
import io.mobilenetspark.image.ImageSettings;
import io.mobilenetspark.options.Surface;
import io.mobilenetspark.spark.ClassicSpark;
import io.mobilenetspark.spark.FeatureMetadata;
import io.mobilenetspark.spark.FeatureTable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * What rows of one table have in common.
 *
 * @param facts what the vectors are ({@link FeatureMetadata})
 * @param columns names and types
 * @param ids how many of them, the first, name a row together
 * @param partitionedBy the columns that directories are named by
 * @param changedBy what tells that an image is another one; none unless the table is incremental
 */
public record VectorKind(
    Map<String, String> facts,
    List<String> columns,
    int ids,
    StructType partitionedBy,
    Optional<String> changedBy) {

  /** The column with the hashes of images, in a table whose duplicates are found. */
  public static final String SHA256 = "content_sha256";

  /** Columns by the options that add them, of which a table has those of its first run. */
  private static final Map<String, String> ADDED_BY =
      Map.of(
          "--dedup",
          SHA256,
          ImageSettings.IMAGE_STATS.on(Surface.COMMAND_LINE),
          FeatureTable.IMAGE_STATS);

  /**
   * Of a table.
   *
   * @param ids how many columns, the first, name a row together
   * @param partitionBy names of columns
   */
  public static VectorKind of(
      Map<String, String> facts,
      StructType columns,
      int ids,
      List<String> partitionBy,
      Optional<String> changedBy) {
    return new VectorKind(
        facts,
        VectorFiles.names(columns),
        ids,
        PartitionColumns.of(columns, partitionBy),
        changedBy);
  }

  /** What the files' footers say of it. */
  public Map<String, String> footer() {
    Map<String, String> footer = new LinkedHashMap<>(facts);
    footer.put(VectorWriteSupport.FORMAT, Integer.toString(VectorFiles.FORMAT));
    if (ids > 1) {
      footer.put(VectorWriteSupport.ID_COLUMNS, Integer.toString(ids));
    }
    changedBy.ifPresent(text -> footer.put(VectorWriteSupport.CHANGED_BY, text));
    if (!partitionedBy.isEmpty()) {
      footer.put(VectorWriteSupport.PARTITIONED_BY, partitionedBy.toDDL());
    }
    return footer;
  }

  /** Why a file's rows don't go with these; empty if they do. */
  public Optional<String> mismatch(VectorFiles.Footer footer) {
    if (!isSame(footer.changedBy().orElse(""), changedBy.orElse(""))) {
      return Optional.of(
          footer.changedBy().isEmpty()
              ? "it was not written with --output-mode incremental, so there is nothing to tell which"
                  + " images have changed"
              : changedBy.isEmpty()
                  ? "it is one of --output-mode incremental"
                  : differs("--changed-by", footer.changedBy().get(), changedBy.get()));
    }
    if (!footer.contradicting().isEmpty()) {
      return Optional.of(
          String.format(
              Locale.ROOT,
              "something else than embed has replaced its vectors: %s says something else of their %s"
                  + " than their column does",
              footer.name(),
              String.join(", ", footer.contradicting())));
    }
    List<String> differing = FeatureMetadata.differing(footer.facts(), facts);
    if (!differing.isEmpty()) {
      return Optional.of(
          differing.stream()
              .map(key -> differs(key, footer.facts().get(key), facts.get(key)))
              .collect(Collectors.joining("; ")));
    }
    String partitions = partitionedBy.toDDL();
    if (!isSame(footer.partitionedBy(), partitions)) {
      return Optional.of(differs("--partition-by", footer.partitionedBy(), partitions));
    }
    if (!footer.columns().isEmpty() && !areSame(inFiles(footer.columns()), inFiles(columns))) {
      for (Map.Entry<String, String> option : ADDED_BY.entrySet()) {
        String column = option.getValue();
        if (areSame(without(column, footer.columns()), without(column, columns))) {
          return Optional.of(
              String.format(
                  Locale.ROOT,
                  inFiles(columns).size() > inFiles(footer.columns()).size()
                      ? "it was not made with %s, so that it has no column %s"
                      : "it was made with %s, which keeps its column %s",
                  option.getKey(),
                  column));
        }
      }
      return Optional.of(
          String.format(
              Locale.ROOT,
              "its columns are %s, these are %s",
              String.join(", ", inFiles(footer.columns())),
              String.join(", ", inFiles(columns))));
    }
    return footer.ids() == ids
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT,
                "--id-column names %s there, and %s here",
                Quantity.of(footer.ids(), "column"),
                ids));
  }

  /** As Spark has it: by its setting, names in capitals are the same names. */
  private static boolean isSame(String there, String here) {
    return ClassicSpark.isSameName(there, here);
  }

  private static boolean areSame(List<String> there, List<String> here) {
    return there.size() == here.size()
        && IntStream.range(0, here.size()).allMatch(i -> isSame(there.get(i), here.get(i)));
  }

  /** Some have all columns in them, and some have them in their directories' names. */
  private List<String> inFiles(List<String> columns) {
    List<String> inNames = VectorFiles.names(partitionedBy);
    return columns.stream()
        .filter(name -> inNames.stream().noneMatch(other -> isSame(other, name)))
        .toList();
  }

  private List<String> without(String column, List<String> columns) {
    return inFiles(columns).stream().filter(name -> !name.startsWith(column + " ")).toList();
  }

  private static String differs(String key, @Nullable String there, @Nullable String here) {
    return String.format(
        Locale.ROOT,
        "%s is %s there and %s here",
        key,
        there == null || there.isEmpty() ? "not told" : there,
        here == null || here.isEmpty() ? "not told" : here);
  }
}
