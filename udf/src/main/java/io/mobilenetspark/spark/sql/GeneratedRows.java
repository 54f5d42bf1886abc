package io.mobilenetspark.spark.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.AttributeSet;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.plans.logical.Generate;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import scala.collection.immutable.Seq;

/**
 * Generators whose input changes. They say by position which columns of their input they leave out,
 * and Spark prunes the input on the understanding that the generator reads all of those.
 */
final class GeneratedRows {

  private GeneratedRows() {}

  /**
   * The generator over an input that has the old one's columns and more, of which it keeps some.
   */
  static Generate over(Generate generate, LogicalPlan input, Seq<Attribute> kept) {
    AttributeSet leftOut = leftOut(generate, column -> !kept.contains(column));
    List<Object> positions = new ArrayList<>();
    List<Attribute> columns = Scala.list(input.output());
    for (int i = 0; i < columns.size(); i++) {
      if (leftOut.contains(columns.get(i))) {
        positions.add(i);
      }
    }
    return new Generate(
        generate.generator(),
        Scala.seq(positions),
        generate.outer(),
        generate.qualifier(),
        generate.generatorOutput(),
        input);
  }

  /** The generator over an input without the columns that nobody reads any more. */
  static Generate pruned(Generate generate) {
    AttributeSet unread = leftOut(generate, column -> !generate.references().contains(column));
    if (unread.isEmpty()) {
      return generate;
    }
    List<Attribute> read =
        Scala.list(generate.child().output()).stream()
            .filter(column -> !unread.contains(column))
            .toList();
    return over(
        generate, new Project(Scala.seq(read), generate.child()), Scala.<Attribute>seq(List.of()));
  }

  /**
   * The columns that match of those left out. Spark itself prunes a column that a simplified
   * generator no longer reads, and leaves positions past the end: they mean nothing until columns
   * are added there.
   */
  private static AttributeSet leftOut(Generate generate, Predicate<Attribute> matching) {
    List<Attribute> columns = Scala.list(generate.child().output());
    return AttributeSet.apply(
        Scala.<Expression>seq(
            Scala.list(generate.unrequiredChildIndex()).stream()
                .map(Integer.class::cast)
                .filter(position -> position < columns.size())
                .map(columns::get)
                .filter(matching)
                .toList()));
  }
}
