package io.mobilenetspark.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobilenetspark.image.FileBudget;
import io.mobilenetspark.image.MemoryInUse;
import io.mobilenetspark.runtime.ExtractorCache;
import io.mobilenetspark.spark.ml.MobileNetFeaturizer;
import io.mobilenetspark.testing.SparkTestSession;
import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.imageio.ImageIO;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A query that is called off: its tasks end within two seconds, though a batch of its images takes
 * longer, its native memory is free, and the next query works.
 */
class CancellationTest {

  private static final long LIMIT_MILLIS = 2_000;

  /** 72 megapixels: over a quarter of a second each. */
  private static byte[] slow;

  @TempDir private Path directory;
  private final AtomicInteger running = new AtomicInteger();
  private SparkSession spark;
  private SparkListener listener;
  private long nativeObjects;

  @BeforeAll
  static void makeImage() throws Exception {
    // Smooth, so that the file is small.
    BufferedImage image = new BufferedImage(9000, 8000, BufferedImage.TYPE_BYTE_GRAY);
    Graphics2D graphics = image.createGraphics();
    graphics.setPaint(new GradientPaint(0, 0, Color.BLACK, 9000, 8000, Color.WHITE));
    graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
    graphics.dispose();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(image, "jpg", bytes);
    slow = bytes.toByteArray();
  }

  @BeforeEach
  void listen() {
    spark = SparkTestSession.get().newSession();
    spark.conf().set("spark.mobilenet.model", "builtin");
    spark.conf().set("spark.mobilenet.imageSize", "32");
    listener =
        new SparkListener() {
          @Override
          public void onTaskStart(SparkListenerTaskStart start) {
            running.incrementAndGet();
          }

          @Override
          public void onTaskEnd(SparkListenerTaskEnd end) {
            running.decrementAndGet();
          }
        };
    spark.sparkContext().addSparkListener(listener);
    nextQuery(); // opens the session, which stays
    nativeObjects = Pointer.totalCount();
  }

  @AfterEach
  void stopListening() {
    spark.sparkContext().removeSparkListener(listener);
    spark.sparkContext().clearJobGroup();
  }

  /** A thousand rows, each with an image of its own, in two tasks. */
  private Dataset<Row> slowTable() {
    return spark
        .range(0, 1000, 1, 2)
        .select(
            functions.col("id"),
            functions
                .concat(functions.lit(slow), functions.col("id").cast("string").cast("binary"))
                .as("image"));
  }

  private interface Work {
    void run() throws Exception;
  }

  private void assertEndsSoon(CompletableFuture<?> query, Work cancel) throws Exception {
    awaitImages();
    long start = System.nanoTime();
    cancel.run();
    assertThatThrownBy(() -> query.get(5, TimeUnit.MINUTES)).isNotNull();
    assertTasksEnd(start);
  }

  private void awaitImages() throws Exception {
    long images = TaskEmbedder.imagesOfThisJvm();
    for (int i = 0; TaskEmbedder.imagesOfThisJvm() == images; i++) {
      assertThat(i).as("a batch begins").isLessThan(1200);
      Thread.sleep(50);
    }
    Thread.sleep(300); // into the batch
    assertThat(running).hasPositiveValue();
  }

  private void assertTasksEnd(long start) throws Exception {
    while (running.get() > 0) {
      Thread.sleep(10);
      assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start))
          .as("milliseconds until the tasks end")
          .isLessThan(LIMIT_MILLIS);
    }
    assertThat(ExtractorCache.ofThisJvm().leases()).as("sessions in use").isZero();
    assertThat(Pointer.totalCount())
        .as("tensors and other native objects")
        .isEqualTo(nativeObjects);
    assertThat(MemoryInUse.bytes()).as("memory that images hold").isZero();
    nextQuery();
  }

  private void nextQuery() {
    assertThat(
            spark
                .sql("SELECT mobilenet_embed(X'00').status AS s FROM range(3)")
                .select("s")
                .collectAsList())
        .as("the next query")
        .hasSize(3)
        .allMatch(row -> row.getString(0).equals("UNSUPPORTED_FORMAT"));
  }

  private Dataset<Row> vectors() {
    slowTable().createOrReplaceTempView("slow");
    return spark.sql("SELECT id, mobilenet_features(image) AS v FROM slow");
  }

  @Test
  @Tag("slow")
  void jobGroups() throws Exception {
    for (boolean isInterrupting : List.of(false, true)) {
      CompletableFuture<?> query =
          CompletableFuture.supplyAsync(
              () -> {
                spark.sparkContext().setJobGroup("slow", "slow", isInterrupting);
                return vectors().collectAsList();
              });
      assertEndsSoon(query, () -> spark.sparkContext().cancelJobGroup("slow"));
    }
  }

  @Tag("slow")
  @Test
  void interruptedOperations() throws Exception {
    CompletableFuture<?> query =
        CompletableFuture.supplyAsync(
            () -> {
              return vectors().collectAsList();
            });
    assertEndsSoon(query, () -> spark.interruptAll());
  }

  @Tag("slow")
  @Test
  void streams() throws Exception {
    String input = directory.resolve("input").toString();
    slowTable().limit(40).repartition(2).write().parquet(input);
    StreamingQuery query =
        spark
            .readStream()
            .schema("id BIGINT, image BINARY")
            .parquet(input)
            .selectExpr("id", "mobilenet_features(image) AS v")
            .writeStream()
            .format("parquet")
            .option("checkpointLocation", directory.resolve("checkpoint").toString())
            .start(directory.resolve("output").toString());
    awaitImages();
    long start = System.nanoTime();
    query.stop();
    assertTasksEnd(start);
  }

  /** Another task has the memory that a large file needs. */
  @Test
  void whileALargeFileWaits() throws Exception {
    Path file = directory.resolve("large");
    LargeFiles.write(file, LargeFiles.leastBytes());
    Dataset<Row> table = spark.range(1).select(functions.lit(file.toString()).as("image"));
    MobileNetFeaturizer stage =
        new MobileNetFeaturizer()
            .setModel("builtin")
            .setImageSize(32)
            .setInputCol("image")
            .setOutputCol("v");
    try (FileBudget.Share all = LargeFiles.takeAll()) {
      assertThat(all).isNotNull();
      CompletableFuture<?> query =
          CompletableFuture.supplyAsync(
              () -> {
                spark.sparkContext().setJobGroup("large", "large", false);
                return stage.transform(table).collectAsList();
              });
      for (int i = 0; running.get() == 0; i++) {
        assertThat(i).as("a task begins").isLessThan(1200);
        Thread.sleep(50);
      }
      Thread.sleep(500);
      assertThat(query).isNotDone();
      long start = System.nanoTime();
      spark.sparkContext().cancelJobGroup("large");
      assertThatThrownBy(() -> query.get(5, TimeUnit.MINUTES)).isNotNull();
      assertTasksEnd(start);
    }
    assertThat(stage.transform(table).collectAsList()).hasSize(1);
    LargeFiles.assertNoneIsHeld();
  }
}
