package io.mobilenetspark.spark.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.spark.TaskEmbedder;
import io.mobilenetspark.testing.SparkTestSession;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

/** Image structs of the same bytes and another shape, side by side in one batch. */
class ImageKeyTest {

  private static final String SCHEMA =
      "image STRUCT<origin: STRING, height: INT, width: INT, nChannels: INT, mode: INT, data:"
          + " BINARY>";

  /** OpenCV's types of 8 bits, by channels. */
  private static final int[] MODES = {-1, 0, -1, 16, 24};

  @Test
  void neighboursOfEqualBytesAndOtherShapesKeepTheirVectors() {
    byte[] bytes = new byte[24 * 24];
    new Random(5).nextBytes(bytes);
    List<Row> images = new ArrayList<>();
    for (int channels : new int[] {1, 3, 4}) {
      for (int height : new int[] {2, 3, 4, 6, 8, 12, 16, 24}) {
        int width = bytes.length / channels / height;
        images.add(image(height, width, channels, MODES[channels], bytes));
        images.add(image(height, width, channels, MODES[channels], bytes.clone()));
      }
    }
    images.add(image(24, 24, 1, 99, bytes)); // a mode that says something else plays no part
    SparkSession spark = SparkTestSession.get().newSession();
    spark.conf().set("spark.mobilenet.model", "builtin");
    spark.conf().set("spark.mobilenet.imageSize", "32");
    spark.conf().set("spark.mobilenet.batchSize", "64");

    List<List<Float>> alone = new ArrayList<>();
    for (Row image : images) {
      alone.addAll(features(spark, List.of(image)));
    }
    long before = TaskEmbedder.imagesOfThisJvm();
    List<List<Float>> together = features(spark, images);

    assertThat(together).isEqualTo(alone);
    Set<List<Float>> different = new HashSet<>(together);
    assertThat(different).as("a vector for each shape").hasSize(3 * 8);
    assertThat(TaskEmbedder.imagesOfThisJvm() - before)
        .as("equal shapes share theirs")
        .isEqualTo(3 * 8);
  }

  private static Row image(int height, int width, int channels, int mode, byte[] data) {
    return RowFactory.create(RowFactory.create("", height, width, channels, mode, data));
  }

  private static List<List<Float>> features(SparkSession spark, List<Row> images) {
    spark
        .createDataFrame(images, StructType.fromDDL(SCHEMA))
        .coalesce(1)
        .createOrReplaceTempView("images");
    return spark.sql("SELECT mobilenet_features(image) AS f FROM images").collectAsList().stream()
        .map(row -> row.<Float>getList(0))
        .toList();
  }
}
