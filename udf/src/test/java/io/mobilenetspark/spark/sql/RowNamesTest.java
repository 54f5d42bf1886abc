package io.mobilenetspark.spark.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.AttributeReference;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.NamedExpression;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.unsafe.types.UTF8String;
import org.junit.jupiter.api.Test;

class RowNamesTest {

  private static List<Attribute> columns(DataType... types) {
    List<Attribute> columns = new ArrayList<>();
    for (DataType type : types) {
      columns.add(
          new AttributeReference(
              "c" + columns.size(),
              type,
              true,
              Metadata.empty(),
              NamedExpression.newExprId(),
              Scala.<String>seq(List.of())));
    }
    return columns;
  }

  private static String name(List<Attribute> columns, Object... values) {
    return RowNames.describe(new GenericInternalRow(values), columns);
  }

  private static UTF8String text(int length) {
    return UTF8String.fromString("x".repeat(length));
  }

  @Test
  void textsAndWholeNumbersNameARow() {
    assertThat(
            name(
                columns(DataTypes.BinaryType, DataTypes.StringType, DataTypes.LongType),
                new byte[3],
                UTF8String.fromString("file:/a.jpg"),
                7L))
        .isEqualTo("of the row with c1=file:/a.jpg, c2=7");
    assertThat(name(columns(DataTypes.StringType), new Object[] {null}))
        .isEqualTo("of the row with c0=null");
  }

  @Test
  void theFirstThreeDo() {
    assertThat(
            name(
                columns(
                    DataTypes.IntegerType,
                    DataTypes.IntegerType,
                    DataTypes.IntegerType,
                    DataTypes.IntegerType),
                1,
                2,
                3,
                4))
        .isEqualTo("of the row with c0=1, c1=2, c2=3");
  }

  @Test
  void longTextsAreCutOff() {
    assertThat(name(columns(DataTypes.StringType), text(200))).hasSize(19 + 200);
    assertThat(name(columns(DataTypes.StringType), text(201))).hasSize(19 + 200);
  }

  @Test
  void aRowWithoutThemHasNoName() {
    assertThat(name(columns(DataTypes.DoubleType), 1.5))
        .isEqualTo("of a row (select a column that names rows to see which)");
  }
}
