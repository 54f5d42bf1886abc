package io.mobilenetspark.spark.ml;

import io.mobilenetspark.spark.train.TrainingListener;
import io.mobilenetspark.testing.Colours;
import io.mobilenetspark.testing.SparkTestSession;
import io.mobilenetspark.testing.TinyNetwork;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/** An estimator, and small pictures whose colour is their class. */
final class FineTunerFixture {

  static final SparkSession SPARK = SparkTestSession.get();
  private static final StructType SCHEMA =
      new StructType()
          .add("id", DataTypes.IntegerType)
          .add("content", DataTypes.BinaryType)
          .add("species", DataTypes.StringType)
          .add("number", DataTypes.DoubleType)
          .add("count", DataTypes.DoubleType)
          .add("held", DataTypes.BooleanType);

  /** As narrow as can be, for there are a hundred fits; it learns little. */
  private static final String NARROW =
      StageFixtures.checkpoint(
          TinyNetwork.of(0.01, 0, 1), Path.of(System.getProperty("java.io.tmpdir"), "narrow"));

  private FineTunerFixture() {}

  static Dataset<Row> table(int rows) {
    return table(rows, List.of());
  }

  static Dataset<Row> table(int rows, List<Row> more) {
    List<Row> all = new ArrayList<>(more);
    for (int i = 0; i < rows; i++) {
      int label = i % 3;
      all.add(row(i, Colours.png(label, i), List.of("blue", "green", "red").get(label), label, 1));
    }
    return SPARK.createDataFrame(all, SCHEMA).repartition(3);
  }

  static Row row(
      int id, byte @Nullable [] image, @Nullable String species, int number, double weight) {
    return RowFactory.create(id, image, species, (double) number, weight, id % 4 == 3);
  }

  static MobileNetFineTuner tuner() {
    return new MobileNetFineTuner()
        .setModel(NARROW)
        .setInputCol("content")
        .setLabelCol("species")
        .setImageSize(64)
        .setBatchSize(12)
        .setEpochs(2)
        .setValidationFraction(0)
        .setHeadRegParam(0.1) // a smaller one takes three times the jobs
        .setHeadInit("zero") // a fitted one takes some two hundred jobs
        .setOptimizer("sgd")
        .setLearningRate(1e-3);
  }

  static double[] features(MobileNetClassificationModel model, Dataset<Row> table) {
    Row row = model.transform(table.filter("id = 5")).select("features").head();
    return ((Vector) row.get(0)).toArray();
  }

  static TrainingListener noticesTo(List<String> notices) {
    return new TrainingListener() {
      @Override
      public void onNotice(String text) {
        notices.add(text);
      }
    };
  }
}
