package io.mobilenetspark.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.image.ImageLimits;
import io.mobilenetspark.image.ImageOptions;
import io.mobilenetspark.image.ResizeMethod;
import io.mobilenetspark.model.FrozenModel;
import io.mobilenetspark.model.ModelLoader;
import io.mobilenetspark.model.ModelRequest;
import io.mobilenetspark.runtime.ExtractorCache;
import io.mobilenetspark.runtime.NativeLibrary;
import io.mobilenetspark.runtime.Precision;
import io.mobilenetspark.spark.EmbedOptions;
import io.mobilenetspark.spark.MalformedMode;
import io.mobilenetspark.spark.TaskEmbedder;
import io.mobilenetspark.spark.sql.EmbeddedTable;
import io.mobilenetspark.testing.Cases;
import io.mobilenetspark.testing.ExecutorJvms;
import io.mobilenetspark.testing.ForkedJvm;
import io.mobilenetspark.testing.Pictures;
import io.mobilenetspark.testing.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

/** The job's table, the SQL function and the stage in one executor JVM: one session, same bits. */
@Tag("cluster")
class OneSessionTest {

  private static final int IMAGES = Cases.count(60, 300);

  @TempDir private Path directory;

  @Test
  void jobSqlAndStageGiveTheSameBitsInOneSession() throws Exception {
    ForkedJvm.Outcome outcome = ExecutorJvms.run(Main.class, directory.resolve("work").toString());
    assertThat(outcome.exitCode()).as(outcome.output()).isZero();
    assertThat(outcome.output())
        .contains("vectors: " + IMAGES)
        .contains("same bits: job, SQL function, stage")
        .contains("executor: sessions=1 images=" + 3 * IMAGES)
        .contains("driver: sessions=0 images=0");
  }

  /** The driver, with one executor in a JVM of its own. */
  static final class Main {
    private static final int SIDE = 224;

    private Main() {}

    public static void main(String[] arguments) throws Exception {
      String model = model();
      SparkSession spark =
          ExecutorJvms.open(
              1,
              2,
              Map.of(
                  "spark.sql.extensions",
                  "io.mobilenetspark.spark.sql.MobileNetExtensions",
                  "spark.sql.warehouse.dir",
                  arguments[0],
                  "spark.mobilenet.model",
                  model));
      try {
        compare(spark, model);
      } finally {
        spark.stop();
      }
    }

    private static void compare(SparkSession spark, String model) throws IOException {
      List<Row> rows = new ArrayList<>();
      for (byte[] image : images()) {
        rows.add(RowFactory.create(rows.size(), image));
      }
      Dataset<Row> table =
          spark
              .createDataFrame(rows, StructType.fromDDL("id INT, image BINARY"))
              .repartition(5)
              .cache();
      table.createOrReplaceTempView("photographs");

      Map<Integer, float[]> job = StageFixtures.vectors(jobsTable(table, model));
      System.out.println("vectors: " + job.size());
      StageFixtures.assertSameBits(
          StageFixtures.vectors(
              spark.sql("SELECT id, mobilenet_features(image) AS features FROM photographs")),
          job);
      StageFixtures.assertSameBits(
          StageFixtures.vectors(
              new MobileNetFeaturizer()
                  .setModel(model)
                  .setInputCol("image")
                  .setOutputCol("features")
                  .setOutputMode("vector")
                  .transform(table)),
          job);
      System.out.println("same bits: job, SQL function, stage");
      List<String> executors =
          new JavaSparkContext(spark.sparkContext())
              .parallelize(List.of(1, 2, 3, 4), 4)
              .map(ignored -> "executor: " + counts())
              .distinct()
              .collect();
      executors.forEach(System.out::println);
      System.out.println("driver: " + counts());
    }

    private static String counts() {
      return String.format(
          Locale.ROOT,
          "sessions=%d images=%d",
          ExtractorCache.ofThisJvm().opened(),
          TaskEmbedder.imagesOfThisJvm());
    }

    private static Dataset<Row> jobsTable(Dataset<Row> table, String handle) {
      NativeLibrary.load();
      FrozenModel model =
          new ModelLoader(new Configuration())
              .load(ModelRequest.of(handle).withImageSize(SIDE, SIDE));
      ImageOptions images =
          new ImageOptions(ImageSize.square(SIDE), ResizeMethod.BILINEAR, ImageLimits.DEFAULT);
      return EmbeddedTable.select(
          table,
          "image",
          List.of("id"),
          model,
          new EmbedOptions(images, Precision.FLOAT32, 16, MalformedMode.FAILFAST),
          Optional.empty());
    }

    /** The trained network where there is one. */
    private static String model() {
      try {
        return SharedData.slimCheckpoint().toString();
      } catch (TestAbortedException e) {
        return "builtin";
      }
    }

    /** Photographs where there are some. */
    private static List<byte[]> images() throws IOException {
      List<byte[]> images = new ArrayList<>();
      try (Stream<Path> files = Files.walk(SharedData.directory().resolve("flower_photos"))) {
        for (Path file :
            files
                .filter(name -> name.toString().endsWith(".jpg"))
                .sorted()
                .limit(IMAGES)
                .toList()) {
          images.add(Files.readAllBytes(file));
        }
      } catch (TestAbortedException e) {
        for (int i = 0; i < IMAGES; i++) {
          images.add(Pictures.png(i));
        }
      }
      return images;
    }
  }
}
