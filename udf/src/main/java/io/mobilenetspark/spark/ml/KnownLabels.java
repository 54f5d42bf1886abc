package io.mobilenetspark.spark.ml;

import io.mobilenetspark.spark.train.Labels;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.jspecify.annotations.Nullable;

/**
 * A table's labels as a model's classes: names by their name, and numbers by the name that the
 * column's metadata gives them, or without one as classes' numbers. Immutable.
 */
final class KnownLabels {

  private final String column;
  private final List<String> labels;
  private final List<String> declared; // names of the column's numbers; empty if it has none
  private final Map<String, Integer> classes = new HashMap<>();

  /**
   * Those of a column.
   *
   * @param column strings or numbers
   * @param labels the model's, in the order of its classes
   * @throws IllegalArgumentException if its numbers may be names as well as classes' numbers
   */
  KnownLabels(StructField column, List<String> labels) {
    this.column = column.name();
    this.labels = labels;
    declared = column.dataType() instanceof StringType ? List.of() : Labels.declared(column);
    for (int i = 0; i < labels.size(); i++) {
      classes.put(labels.get(i), i);
    }
    if (!(column.dataType() instanceof StringType) && declared.isEmpty()) {
      requireUnambiguous();
    }
  }

  private void requireUnambiguous() {
    boolean areNumbers = labels.stream().allMatch(label -> label.matches("-?[0-9]+"));
    boolean arePositions =
        IntStream.range(0, labels.size()).allMatch(i -> labels.get(i).equals(String.valueOf(i)));
    if (areNumbers && !arePositions) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "The numbers in column '%s' may be the names of the model's classes or their positions;"
                  + " its classes are, from number 0: %s. Cast the column to STRING (what has"
                  + " decimals to BIGINT before) to evaluate by name.",
              column,
              String.join(", ", labels)));
    }
  }

  /**
   * The class of a label.
   *
   * @param label a String, or a Double
   * @throws IllegalArgumentException if the model has no such class
   */
  int classOf(Object label) {
    Integer index = label instanceof Double number ? ofNumber(number) : classes.get(label);
    if (index == null) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Column '%s' has the label '%s', which the model does not know. Filter such rows out. Its"
                  + " classes are, from number 0: %s.",
              column,
              label,
              String.join(", ", labels)));
    }
    return index;
  }

  private @Nullable Integer ofNumber(double number) {
    int size = declared.isEmpty() ? labels.size() : declared.size();
    if (!(number >= 0 && number < size && number == Math.rint(number))) {
      return null;
    }
    return declared.isEmpty()
        ? Integer.valueOf((int) number)
        : classes.get(declared.get((int) number));
  }
}
