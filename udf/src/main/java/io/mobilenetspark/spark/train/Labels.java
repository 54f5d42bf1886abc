package io.mobilenetspark.spark.train;

import static java.util.Objects.requireNonNull;

import io.mobilenetspark.common.Quantity;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.ml.attribute.Attribute;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;

/**
 * The classes of a label column: strings in their alphabetical order, or whole numbers from 0,
 * which are named as the column's metadata does, if it does.
 */
public final class Labels implements Serializable {
  private static final long serialVersionUID = 1;

  /** A head of more classes than this is rather an identifier taken for a label. */
  private static final int MAX_CLASSES = 100_000;

  private final ArrayList<String> names;
  private final long[] counts;
  private final boolean isText;

  private Labels(List<String> names, long[] counts, boolean isText) {
    this.names = new ArrayList<>(names);
    this.counts = counts.clone();
    this.isText = isText;
  }

  /** The names, in the order of the classes. */
  public List<String> names() {
    return List.copyOf(names);
  }

  /** Number of classes. */
  public int count() {
    return names.size();
  }

  /**
   * Checks a label column's type.
   *
   * @throws IllegalArgumentException if it can't hold labels
   */
  public static void requireType(StructField column) {
    if (!(column.dataType() instanceof StringType) && !(column.dataType() instanceof NumericType)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Column '%s' holds no labels: its type is %s. Accepted: strings, or whole numbers from 0.",
              column.name(),
              column.dataType().simpleString()));
    }
  }

  /**
   * Finds the classes of a table; one pass over the column.
   *
   * @throws IllegalArgumentException if a label is missing or no whole number, or if there are
   *     fewer than two classes; the message says which
   */
  static Labels of(Dataset<?> table, String name) {
    StructField field = table.schema().apply(name);
    requireType(field);
    boolean isText = field.dataType() instanceof StringType;
    Column column = functions.col(quoted(name));
    List<Row> groups =
        table
            .select((isText ? column : column.cast(DataTypes.DoubleType)).as("label"))
            .groupBy("label")
            .count()
            .limit(MAX_CLASSES + 2)
            .collectAsList();
    Map<Object, Long> counts = new TreeMap<>();
    long missing = 0;
    for (Row group : groups) {
      if (group.isNullAt(0)) {
        missing = group.getLong(1);
      } else {
        counts.put(group.get(0), group.getLong(1));
      }
    }
    if (missing > 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Column '%s' has no label (it is NULL) in %s. Label them, or filter them out.",
              name,
              Quantity.of(missing, "row")));
    }
    Labels labels = isText ? texts(counts) : numbers(counts, name, field);
    labels.requireSeveral(name);
    return labels;
  }

  private static Labels texts(Map<Object, Long> counts) {
    return new Labels(
        counts.keySet().stream().map(String::valueOf).toList(),
        counts.values().stream().mapToLong(Long::longValue).toArray(),
        true);
  }

  private static Labels numbers(Map<Object, Long> counts, String name, StructField field) {
    List<String> names = new ArrayList<>(declared(field));
    for (Object value : counts.keySet()) {
      double number = (Double) value;
      if (!(number >= 0 && number < MAX_CLASSES && number == Math.rint(number))) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "Column '%s' has the label %s. Labels must be whole numbers from 0, below %d, or strings.",
                name,
                number,
                MAX_CLASSES));
      }
      if (!declared(field).isEmpty() && number >= declared(field).size()) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "Column '%s' has the label %.0f, but its metadata names only %s.",
                name,
                number,
                Quantity.of(declared(field).size(), "class", "classes")));
      }
      for (int i = names.size(); i <= number; i++) {
        names.add(String.valueOf(i));
      }
    }
    long[] byClass = new long[names.size()];
    counts.forEach((value, count) -> byClass[(int) (double) (Double) value] = count);
    return new Labels(names, byClass, false);
  }

  /** The names that MLlib's metadata gives the numbers, as StringIndexer writes it. */
  public static List<String> declared(StructField field) {
    Attribute attribute = Attribute.fromStructField(field);
    return attribute instanceof NominalAttribute nominal && nominal.values().isDefined()
        ? Arrays.asList(nominal.values().get())
        : List.of();
  }

  private void requireSeveral(String name) {
    long used = Arrays.stream(counts).filter(count -> count > 0).count();
    if (used < 2) {
      throw new IllegalArgumentException(
          used == 0
              ? String.format(
                  Locale.ROOT, "Column '%s' has no labels: the table has no rows.", name)
              : String.format(
                  Locale.ROOT,
                  "All rows have one label, %s, in column '%s'. There must be at least two classes to tell apart.",
                  names.get(indexOfLargest()),
                  name));
    }
    if (names.size() > MAX_CLASSES) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Column '%s' has more than %d different labels; is it an identifier?",
              name,
              MAX_CLASSES));
    }
  }

  private int indexOfLargest() {
    int largest = 0;
    for (int i = 1; i < counts.length; i++) {
      largest = counts[i] > counts[largest] ? i : largest;
    }
    return largest;
  }

  /** How many rows have a label. */
  long rows() {
    return Arrays.stream(counts).sum();
  }

  /** How many rows each class has. */
  long[] counts() {
    return counts.clone();
  }

  /**
   * Those whose weight is above 0. A name that isn't is no class; a number stays one, of no rows,
   * since those behind it keep theirs.
   *
   * @throws IllegalArgumentException if fewer than two classes are left
   */
  Labels without(double[] weights, String column) {
    List<String> keptNames = new ArrayList<>();
    List<Long> keptCounts = new ArrayList<>();
    for (int i = 0; i < weights.length; i++) {
      boolean counts = (float) weights[i] > 0;
      if (counts || !isText) {
        keptNames.add(names.get(i));
        keptCounts.add(counts ? this.counts[i] : 0);
      }
    }
    Labels kept =
        new Labels(keptNames, keptCounts.stream().mapToLong(Long::longValue).toArray(), isText);
    if (kept.rows() == rows()) {
      return this;
    }
    kept.requireSeveral(column);
    return kept;
  }

  /** The weights of {@link #without}'s classes. */
  double[] weightsWithout(double[] weights) {
    return isText
        ? Arrays.stream(weights).filter(weight -> (float) weight > 0).toArray()
        : weights.clone();
  }

  /** Whether a row's class, of all of these, has rows among others. */
  Column isOneOf(Labels others, String name) {
    Column column = functions.col(quoted(name));
    List<Object> labels = new ArrayList<>();
    for (int i = 0; i < others.names.size(); i++) {
      if (others.counts[i] > 0) {
        labels.add(isText ? others.names.get(i) : (Object) (double) i);
      }
    }
    return (isText ? column : column.cast(DataTypes.DoubleType)).isin(labels.toArray());
  }

  /** A column of classes, doubles from 0, made of the label column. */
  Column classes(String name) {
    Column column = functions.col(quoted(name));
    if (!isText) {
      return column.cast(DataTypes.DoubleType);
    }
    Map<String, Double> indices = new HashMap<>();
    for (int i = 0; i < names.size(); i++) {
      indices.put(names.get(i), (double) i);
    }
    return functions
        .udf(
            (org.apache.spark.sql.api.java.UDF1<String, Double>)
                label -> requireNonNull(indices.get(label)),
            DataTypes.DoubleType)
        .apply(column);
  }

  /**
   * What a row of each class counts.
   *
   * @param option {@code none}, {@code balanced}, or {@code label=weight} pairs with commas
   * @throws IllegalArgumentException if it names an unknown class, or gives no number
   */
  double[] weights(String option) {
    double[] weights = new double[names.size()];
    Arrays.fill(weights, 1);
    if (option.equalsIgnoreCase("none")) {
      return weights;
    }
    if (option.equalsIgnoreCase("balanced")) {
      long used = Arrays.stream(counts).filter(count -> count > 0).count();
      double rows = Arrays.stream(counts).sum();
      for (int i = 0; i < weights.length; i++) {
        weights[i] = counts[i] == 0 ? 1 : rows / (used * counts[i]);
      }
      return weights;
    }
    for (String pair : option.split(",", -1)) {
      int equals = pair.lastIndexOf('=');
      String label = equals < 0 ? pair.strip() : pair.substring(0, equals).strip();
      int index = names.indexOf(label);
      if (equals < 0 || index < 0) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "Class weights are none, balanced, or pairs such as %s=2.5,%s=1; '%s' is not such a pair. The classes are: %s.",
                names.get(0),
                names.get(1),
                pair,
                String.join(", ", names)));
      }
      weights[index] = weight(pair, pair.substring(equals + 1));
    }
    return weights;
  }

  private static double weight(String pair, String text) {
    try {
      double weight = Double.parseDouble(text.strip());
      if (weight >= 0 && Double.isFinite(weight)) {
        return weight;
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "The class weight '%s' has no number after its =.", pair), e);
    }
    throw new IllegalArgumentException(
        String.format(Locale.ROOT, "The class weight '%s' must be at least 0 and finite.", pair));
  }

  private static String quoted(String name) {
    return "`" + name.replace("`", "``") + "`";
  }
}
