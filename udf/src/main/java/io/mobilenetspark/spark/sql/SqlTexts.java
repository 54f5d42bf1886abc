package io.mobilenetspark.spark.sql;

import org.apache.spark.sql.catalyst.expressions.ExpressionInfo;

/**
 * What DESCRIBE FUNCTION EXTENDED says of a function.
 *
 * @param usage its call and what it returns
 * @param arguments its arguments
 * @param examples calls and their answers
 * @param note what else is to be known
 */
record SqlTexts(String usage, String arguments, String examples, String note) {

  private static final String SINCE = "0.1.0";

  /**
   * As Spark has it.
   *
   * @param name of the function
   * @param group one of Spark's groups of functions, or empty
   */
  ExpressionInfo info(String name, String group) {
    return new ExpressionInfo(
        MobileNetFunction.class.getName(),
        null,
        name,
        usage.strip(),
        section(arguments),
        section(examples),
        section(note),
        group,
        SINCE,
        "",
        "built-in");
  }

  /** The margins that Spark asks for. */
  private static String section(String text) {
    return "\n" + text.indent(4) + "  ";
  }
}
