package io.mobilenetspark.jobs.table;

import io.mobilenetspark.spark.FeatureMetadata;
import io.mobilenetspark.spark.FeatureTable;
import io.mobilenetspark.spark.MalformedMode;
import io.mobilenetspark.spark.sql.NamedTable.Definition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.spark.sql.types.ByteType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.ShortType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * What the properties of a catalog's table say of its vectors: not every format keeps what columns
 * or files say of themselves. They are what the footer of a {@link VectorFiles} is elsewhere, under
 * the same keys.
 */
public final class NamedVectors {

  /** A type, and no name, wherever it is in one. */
  private static final Pattern SHORT = Pattern.compile("(?<=[ :<,])(tinyint|smallint)(?=$|[,>])");

  /** For messages, where a file is named elsewhere. */
  static final String WHERE = "the table's properties";

  private NamedVectors() {}

  /**
   * What is said of all rows.
   *
   * @param definition as the catalog has it
   */
  public static VectorFiles.Footer footer(Definition definition) {
    Map<String, String> told = told(definition.properties());
    Map<String, String> facts = VectorFiles.told(told);
    Map<String, String> ofColumn = VectorFiles.ofColumn(definition.columns());
    return new VectorFiles.Footer(
        WHERE,
        told.getOrDefault(VectorWriteSupport.FORMAT, "1"),
        0,
        told.containsKey(VectorWriteSupport.FORMAT),
        VectorFiles.facts(facts, ofColumn),
        VectorFiles.contradicting(facts, ofColumn),
        VectorFiles.names(definition.columns()),
        VectorFiles.ids(told),
        Optional.empty(),
        partitions(definition),
        Optional.ofNullable(told.get(VectorWriteSupport.CHANGED_BY)));
  }

  /**
   * The same of a table whose format has no numbers as short as those of new rows, which it widens.
   *
   * @param kind what the new rows are
   */
  public static VectorFiles.Footer widened(VectorFiles.Footer footer, VectorKind kind) {
    List<String> columns = new ArrayList<>();
    for (int i = 0; i < footer.columns().size(); i++) {
      String there = footer.columns().get(i);
      String here = i < kind.columns().size() ? kind.columns().get(i) : "";
      columns.add(SHORT.matcher(here).replaceAll("int").equals(there) ? here : there);
    }
    return new VectorFiles.Footer(
        footer.name(),
        footer.format(),
        footer.rows(),
        footer.isOurs(),
        footer.facts(),
        footer.contradicting(),
        columns,
        footer.ids(),
        footer.instructionSet(),
        widened(kind.partitionedBy()).toDDL().equals(footer.partitionedBy())
            ? kind.partitionedBy().toDDL()
            : footer.partitionedBy(),
        footer.changedBy());
  }

  private static StructType widened(StructType columns) {
    StructType widened = new StructType();
    for (StructField column : columns.fields()) {
      DataType type = column.dataType();
      boolean isShort = type instanceof ByteType || type instanceof ShortType;
      widened =
          widened.add(column.name(), isShort ? DataTypes.IntegerType : type, column.nullable());
    }
    return widened;
  }

  /** As a {@link VectorKind} has them, if rows are parted by columns alone. */
  private static String partitions(Definition definition) {
    boolean areColumns =
        definition.partitionBy().stream()
            .allMatch(name -> FeatureTable.hasColumn(definition.columns(), name));
    return areColumns
        ? PartitionColumns.of(definition.columns(), definition.partitionBy()).toDDL()
        : String.join(", ", definition.partitionBy());
  }

  /**
   * What a table says that has no report beside it.
   *
   * @param mode what is done with images that can't be read
   */
  public static Map<String, String> footer(VectorKind kind, MalformedMode mode) {
    Map<String, String> footer = new LinkedHashMap<>(kind.footer());
    footer.put(VectorWriteSupport.MODE, mode.optionName());
    return footer;
  }

  /**
   * The properties of a table that takes another one's place in one step.
   *
   * @param footer what is said of the new vectors
   * @param before the properties of the table that is there; formats may keep those that the new
   *     one does not name, so that ours are named, and empty
   */
  public static Map<String, String> properties(
      Map<String, String> footer, Map<String, String> before) {
    Map<String, String> properties = new LinkedHashMap<>();
    told(before).keySet().forEach(key -> properties.put(key, ""));
    properties.putAll(footer);
    properties.remove(VectorWriteSupport.PARTITIONED_BY); // which the catalog knows
    return properties;
  }

  private static Map<String, String> told(Map<String, String> properties) {
    Map<String, String> told = new LinkedHashMap<>();
    properties.forEach(
        (key, value) -> {
          if (isOurs(key) && !value.isEmpty()) {
            told.put(key, value);
          }
        });
    return told;
  }

  /** Whether a name is one of those that say what vectors are. */
  public static boolean isOurs(String key) {
    return key.startsWith(FeatureMetadata.PREFIX) || key.startsWith(VectorWriteSupport.PREFIX);
  }
}
