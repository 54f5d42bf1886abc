package io.mobilenetspark.spark.train;

import io.mobilenetspark.train.Head;
import java.util.Arrays;
import org.apache.spark.ml.linalg.DenseVector;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** What a head makes of rows. */
record HeadSums(long rows, double weight, double loss, double correct) {

  static HeadSums of(Dataset<Row> table, Head head) {
    double[] sums =
        table
            .select("features", "label", "weight")
            .javaRDD()
            .map(row -> ofRow((Vector) row.get(0), (int) row.getDouble(1), row.getDouble(2), head))
            .fold(new double[4], HeadSums::add);
    return new HeadSums((long) sums[0], sums[1], sums[2], sums[3]);
  }

  private static double[] ofRow(Vector features, int label, double weight, Head head) {
    double[] logits = head.logits(features.toArray());
    double loss = -Math.log(Head.softmax(logits)[label]);
    int predicted = new DenseVector(logits).argmax();
    return new double[] {1, weight, weight * loss, predicted == label ? 1 : 0};
  }

  private static double[] add(double[] a, double[] b) {
    double[] sum = a.clone();
    Arrays.setAll(sum, i -> a[i] + b[i]);
    return sum;
  }

  double meanLoss() {
    return loss / weight;
  }

  double accuracy() {
    return correct / rows;
  }
}
