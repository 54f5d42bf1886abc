package io.mobilenetspark.spark.sql;

import static java.util.Objects.requireNonNull;

import io.mobilenetspark.spark.EmbeddingRow;
import io.mobilenetspark.spark.FeatureTable;
import io.mobilenetspark.train.Head;
import java.io.Serializable;
import java.util.List;
import java.util.Locale;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeArrayData;
import org.apache.spark.sql.catalyst.expressions.codegen.CodegenContext;
import org.apache.spark.sql.catalyst.expressions.codegen.CodegenFallback;
import org.apache.spark.sql.catalyst.expressions.codegen.ExprCode;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;
import org.jspecify.annotations.Nullable;
import scala.collection.immutable.IndexedSeq;
import scala.collection.immutable.Seq;

/**
 * {@code mobilenet_classify(image)}: what a head makes of an embedded image. The embedding below it
 * is a {@link MobileNetFunction}, planned as any other; the head is evaluated where its result is
 * used. Numbers are, bit for bit, those of {@code MobileNetClassificationModel}. Immutable. Public
 * because Catalyst copies its nodes by reflection.
 */
public final class Classification extends Expression implements CodegenFallback, Serializable {
  private static final long serialVersionUID = 1;

  private static final int FEATURES = EmbeddingRow.SCHEMA.fieldIndex(FeatureTable.FEATURES);
  private static final int STATUS = EmbeddingRow.SCHEMA.fieldIndex(FeatureTable.STATUS);
  private static final int ERROR = EmbeddingRow.SCHEMA.fieldIndex(FeatureTable.ERROR);

  private final SqlClassifier classifier;
  private final Expression embedding;

  /**
   * @param classifier head and labels
   * @param embedding a struct as {@link EmbeddingRow#SCHEMA} has it
   */
  public Classification(SqlClassifier classifier, Expression embedding) {
    this.classifier = requireNonNull(classifier, "classifier");
    this.embedding = requireNonNull(embedding, "embedding");
  }

  @Override
  public Object eval(InternalRow row) {
    InternalRow embedded = (InternalRow) requireNonNull(embedding.eval(row), "embedding");
    Object[] values = new Object[6];
    if (!embedded.isNullAt(FEATURES)) {
      Head head = classifier.head();
      double[] logits = head.logits(widened(embedded.getArray(FEATURES)));
      double[] probabilities = Head.softmax(logits);
      int prediction = classifier.decision().of(logits);
      values[0] = (double) prediction;
      values[1] = UTF8String.fromString(classifier.labels().get(prediction));
      values[2] = probabilities[prediction];
      values[3] = UnsafeArrayData.fromPrimitiveArray(probabilities);
    }
    values[4] = embedded.getUTF8String(STATUS).clone(); // the row below may be reused
    values[5] = embedded.isNullAt(ERROR) ? null : embedded.getUTF8String(ERROR).clone();
    return new GenericInternalRow(values);
  }

  private static double[] widened(ArrayData floats) {
    double[] values = new double[floats.numElements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = floats.getFloat(i);
    }
    return values;
  }

  /** The prediction's metadata has the labels, as that of MLlib's models. */
  @Override
  public DataType dataType() {
    Metadata names =
        NominalAttribute.defaultAttr()
            .withName("prediction")
            .withValues(classifier.labels().toArray(String[]::new))
            .toMetadata();
    return new StructType(
        new StructField[] {
          new StructField("prediction", DataTypes.DoubleType, true, names),
          new StructField("label", DataTypes.StringType, true, Metadata.empty()),
          new StructField("confidence", DataTypes.DoubleType, true, Metadata.empty()),
          new StructField(
              "probability",
              DataTypes.createArrayType(DataTypes.DoubleType, false),
              true,
              Metadata.empty()),
          new StructField(FeatureTable.STATUS, DataTypes.StringType, false, Metadata.empty()),
          new StructField(FeatureTable.ERROR, DataTypes.StringType, true, Metadata.empty())
        });
  }

  @Override
  public boolean nullable() {
    return false;
  }

  @Override
  public ExprCode doGenCode(CodegenContext context, ExprCode code) {
    return CodegenFallback.super.doGenCode(context, code);
  }

  @Override
  public Seq<Expression> children() {
    return Scala.seq(List.of(embedding));
  }

  @Override
  public Expression withNewChildrenInternal(IndexedSeq<Expression> newChildren) {
    return new Classification(classifier, newChildren.apply(0));
  }

  @Override
  public String prettyName() {
    return MobileNetFunction.Kind.CLASSIFY.functionName();
  }

  /** The call as it is written, until the embedding is a column. */
  @Override
  public String sql() {
    return embedding instanceof MobileNetFunction
        ? embedding.sql()
        : String.format(Locale.ROOT, "%s(%s)", prettyName(), embedding.sql());
  }

  @Override
  public String toString() {
    return embedding instanceof MobileNetFunction
        ? embedding.toString()
        : String.format(Locale.ROOT, "%s(%s)", prettyName(), embedding);
  }

  @Override
  public int productArity() {
    return 2;
  }

  @Override
  public Object productElement(int n) {
    return Scala.element(n, classifier, embedding);
  }

  @Override
  public boolean canEqual(Object that) {
    return that instanceof Classification;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Classification that
        && classifier.equals(that.classifier)
        && embedding.equals(that.embedding);
  }

  @Override
  public int hashCode() {
    return super.hashCode();
  }
}
