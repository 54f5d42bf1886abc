package io.mobilenetspark.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.image.ImageLimits;
import io.mobilenetspark.image.ImageOptions;
import io.mobilenetspark.image.ResizeMethod;
import io.mobilenetspark.model.FrozenModel;
import io.mobilenetspark.model.ModelRequest;
import io.mobilenetspark.runtime.Precision;
import io.mobilenetspark.spark.EmbedOptions;
import io.mobilenetspark.spark.MalformedMode;
import io.mobilenetspark.spark.TaskEmbedder;
import io.mobilenetspark.spark.sql.EmbeddedTable;
import io.mobilenetspark.spark.sql.MobileNetExtensions;
import io.mobilenetspark.testing.ForkedJvm;
import io.mobilenetspark.testing.Modules;
import io.mobilenetspark.testing.Pictures;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.Trigger;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Job and stage where {@code spark.sql.extensions} is not set, and what they leave to other
 * sessions; in JVMs of their own, because a session's extensions stay.
 */
@Tag("slow")
class PlainSessionTest {

  @TempDir private Path directory;

  @Test
  void stageFirst() throws Exception {
    assertPasses("stage");
  }

  @Test
  void jobFirst() throws Exception {
    assertPasses("job");
  }

  @Test
  void functionsOfANewSession() throws Exception {
    assertPasses("register");
  }

  private void assertPasses(String scenario) throws Exception {
    List<String> flags = new ArrayList<>(ForkedJvm.SHORT_RUN);
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> flag.startsWith("--add-opens") || flag.startsWith("-Xmx"))
        .forEach(flags::add);
    ForkedJvm.Outcome outcome = ForkedJvm.run(Main.class, flags, scenario, directory.toString());
    assertThat(outcome.exitCode()).as(outcome.output()).isZero();
    assertThat(outcome.output()).contains("done: " + scenario);
  }

  /** The application. */
  static final class Main {
    private static final int PICTURES = 6;
    private static final StructType SCHEMA = StructType.fromDDL("id INT, image BINARY");

    private Main() {}

    public static void main(String[] arguments) throws Exception {
      try (SparkSession spark =
          SparkSession.builder()
              .master("local[2]")
              .config("spark.ui.enabled", "false")
              .config("spark.sql.shuffle.partitions", "2")
              .config("spark.sql.planChangeValidation", "true")
              .getOrCreate()) {
        SparkSession earlier = spark.newSession();
        // Their optimizers are there before anything of ours is.
        assertThat(earlier.range(3).filter("id > 1").count()).isEqualTo(1);
        assertThat(spark.range(3).filter("id > 1").count()).isEqualTo(1);
        switch (arguments[0]) {
          case "stage" -> stage(spark, earlier, arguments[1]);
          case "job" -> job(spark, earlier);
          default -> register(spark, earlier);
        }
        System.out.println("done: " + arguments[0]);
      }
    }

    private static Dataset<Row> pictures(SparkSession spark) {
      List<Row> rows = new ArrayList<>();
      for (int i = 0; i < PICTURES; i++) {
        rows.add(RowFactory.create(i, Pictures.png(i)));
      }
      return spark.createDataFrame(rows, SCHEMA);
    }

    private static String plan(Dataset<Row> table) {
      return ((org.apache.spark.sql.classic.Dataset<Row>) table)
          .queryExecution()
          .executedPlan()
          .toString();
    }

    private static void stage(SparkSession spark, SparkSession earlier, String directory)
        throws Exception {
      MobileNetFeaturizer stage = StageFixtures.stage("builtin");
      Dataset<Row> out = stage.transform(pictures(spark));
      assertThat(plan(out)).contains("MobileNetEval [mobilenet_embed(image#");
      Map<Integer, float[]> expected = StageFixtures.vectors(out);
      assertThat(expected).hasSize(PICTURES);
      assertThat(TaskEmbedder.runsOfThisJvm()).as("batches").isLessThan(PICTURES);

      SparkSession later = spark.newSession();
      StageFixtures.assertSameBits(
          StageFixtures.vectors(stage.transform(pictures(later))), expected);
      out.createOrReplaceTempView("mine");
      StageFixtures.assertSameBits(
          StageFixtures.vectors(spark.sql("SELECT * FROM mine")), expected);
      out.createOrReplaceGlobalTempView("ours");
      for (SparkSession other : List.of(earlier, later, spark.newSession())) {
        StageFixtures.assertSameBits(
            StageFixtures.vectors(other.sql("SELECT * FROM global_temp.ours")), expected);
      }
      StageFixtures.assertSameBits(
          StageFixtures.vectors(pictures(earlier).select("id").join(out, "id")), expected);

      pictures(spark).write().parquet(directory + "/in");
      for (int run = 0; run < 2; run++) {
        stage
            .transform(spark.readStream().schema(SCHEMA).parquet(directory + "/in"))
            .writeStream()
            .format("parquet")
            .option("checkpointLocation", directory + "/checkpoint")
            .trigger(Trigger.AvailableNow())
            .start(directory + "/out")
            .awaitTermination();
        StageFixtures.assertSameBits(
            StageFixtures.vectors(spark.read().parquet(directory + "/out")), expected);
      }
    }

    private static void job(SparkSession spark, SparkSession earlier) {
      FrozenModel model = Modules.load(ModelRequest.of("builtin").withImageSize(32, 32));
      EmbedOptions options =
          new EmbedOptions(
              new ImageOptions(ImageSize.square(32), ResizeMethod.BILINEAR, ImageLimits.DEFAULT),
              Precision.FLOAT32,
              16,
              MalformedMode.PERMISSIVE);
      Dataset<Row> out =
          EmbeddedTable.select(
              pictures(spark), "image", List.of("id"), model, options, Optional.empty());
      assertThat(plan(out)).contains("MobileNetEval [mobilenet_embed(image#");
      Map<Integer, float[]> expected = StageFixtures.vectors(out);
      assertThat(expected).hasSize(PICTURES);
      out.createOrReplaceGlobalTempView("ours");
      StageFixtures.assertSameBits(
          StageFixtures.vectors(earlier.sql("SELECT * FROM global_temp.ours")), expected);
    }

    private static void register(SparkSession spark, SparkSession earlier) {
      MobileNetExtensions.register(spark);
      SparkSession later = spark.newSession();
      SparkSession last = later.newSession();
      Map<Integer, float[]> expected = null;
      for (SparkSession session : List.of(later, last, spark)) {
        pictures(session).createOrReplaceTempView("photos");
        session.conf().set("spark.mobilenet.imageSize", "32");
        Dataset<Row> out =
            session.sql("SELECT id, mobilenet_features(image, 'builtin') AS features FROM photos");
        assertThat(plan(out)).contains("MobileNetEval [mobilenet_features(image#");
        Map<Integer, float[]> vectors = StageFixtures.vectors(out);
        assertThat(vectors).hasSize(PICTURES);
        if (expected != null) {
          StageFixtures.assertSameBits(vectors, expected);
        }
        expected = vectors;
        if (session != spark) {
          assertThat(out.schema().apply("features").metadata().contains("mobilenet.model"))
              .as("made after the registration")
              .isTrue();
        }
      }
      MobileNetExtensions.register(earlier);
      pictures(earlier).createOrReplaceTempView("photos");
      assertThat(earlier.sql("SELECT mobilenet_embed(image, 'builtin').width FROM photos").count())
          .isEqualTo(PICTURES);
    }
  }
}
