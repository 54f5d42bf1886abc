package io.mobilenetspark.spark.train;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.image.ImageLimits;
import io.mobilenetspark.image.ImageOptions;
import io.mobilenetspark.image.ResizeMethod;
import io.mobilenetspark.model.ModelLoader;
import io.mobilenetspark.model.ModelRequest;
import io.mobilenetspark.testing.Pictures;
import io.mobilenetspark.train.Augmentation;
import io.mobilenetspark.train.BatchNorm;
import io.mobilenetspark.train.Head;
import io.mobilenetspark.train.LearningRate;
import io.mobilenetspark.train.NetworkSpec;
import io.mobilenetspark.train.Optimizer;
import io.mobilenetspark.train.TrainedPart;
import io.mobilenetspark.train.TrainingNetwork;
import io.mobilenetspark.train.TrainingState;
import io.mobilenetspark.train.UpdateRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** A small network and a small table of pictures in three classes. */
final class TrainingFixture {

  static final int CLASSES = 3;
  private static final int SIDE = 64;

  private TrainingFixture() {}

  static Dataset<Row> pictures(SparkSession spark, int rows) {
    List<Row> table = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      table.add(RowFactory.create(Pictures.png(i), (double) (i % CLASSES), 1.0, false, ""));
    }
    return spark.createDataFrame(
        table,
        new StructType()
            .add("image", DataTypes.BinaryType)
            .add("label", DataTypes.DoubleType)
            .add("weight", DataTypes.DoubleType)
            .add("isValidation", DataTypes.BooleanType)
            .add("name", DataTypes.StringType));
  }

  static TrainingSet set(Dataset<Row> table, int workers, int batchSize, double validation) {
    return set(table, () -> workers, batchSize, validation);
  }

  /** With a tenth of each class kept for validation, on one worker. */
  static TrainingSet set(Dataset<Row> table, int batchSize) {
    return set(table, () -> 1, batchSize, Optional.empty());
  }

  static TrainingSet set(
      Dataset<Row> table, IntSupplier workers, int batchSize, double validation) {
    return set(table, workers, batchSize, Optional.of(validation));
  }

  private static TrainingSet set(
      Dataset<Row> table, IntSupplier workers, int batchSize, Optional<Double> validation) {
    ImageOptions images =
        new ImageOptions(ImageSize.square(SIDE), ResizeMethod.BILINEAR, ImageLimits.DEFAULT);
    return TrainingSet.of(table, new TrainingSet.Plan(images, workers, batchSize, 7, validation));
  }

  static TrainingNetwork network(BatchNorm batchNorm, Augmentation augmentation) {
    return new TrainingNetwork(
        new ModelLoader(new Configuration()).weights(ModelRequest.of("builtin")),
        new NetworkSpec(
            CLASSES, SIDE, new TrainedPart.WholeNetwork(), batchNorm, 0.1, 0, augmentation));
  }

  static UpdateRule rule() {
    return new UpdateRule(
        new Optimizer.Sgd(0.9), LearningRate.constant(3e-4), 1, 4e-5, Double.POSITIVE_INFINITY);
  }

  static TrainingState initialState(TrainingNetwork network) {
    return network.initialState(Head.zero(network.featureCount(), CLASSES), rule().optimizer());
  }

  /** Largest relative distance of a state's numbers: L2 norm of the difference to that of a. */
  static double distance(float[] a, float[] b) {
    double difference = 0;
    double size = 0;
    for (int i = 0; i < a.length; i++) {
      double d = (double) a[i] - b[i];
      difference += d * d;
      size += (double) a[i] * a[i];
    }
    return Math.sqrt(difference / size);
  }
}
