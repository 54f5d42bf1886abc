package io.mobilenetspark.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.image.HeldMemory;
import io.mobilenetspark.testing.Pictures;
import io.mobilenetspark.testing.SparkTestSession;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.spark.TaskKilled;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A task whose image waits for memory. */
class WaitingTaskTest {

  /** Without interrupting its thread: Spark does so only where it is asked to. */
  @Test
  @Timeout(120)
  @Tag("slow")
  void killEndsTheWait() throws Exception {
    SparkSession spark = SparkTestSession.get().newSession();
    spark.conf().set("spark.mobilenet.model", "builtin");
    spark.conf().set("spark.mobilenet.imageSize", "32");
    spark
        .createDataFrame(
            List.of(RowFactory.create(Pictures.png(1))), StructType.fromDDL("image BINARY"))
        .createOrReplaceTempView("one");
    String query = "SELECT mobilenet_features(image) FROM one";
    assertThat(spark.sql(query).collectAsList()).hasSize(1); // the model is loaded
    CountDownLatch hasStarted = new CountDownLatch(1);
    CountDownLatch wasKilled = new CountDownLatch(1);
    SparkListener listener =
        new SparkListener() {
          @Override
          public void onTaskStart(SparkListenerTaskStart start) {
            hasStarted.countDown();
          }

          @Override
          public void onTaskEnd(SparkListenerTaskEnd end) {
            if (end.reason() instanceof TaskKilled) {
              wasKilled.countDown();
            }
          }
        };
    spark.sparkContext().addSparkListener(listener);
    HeldMemory held = new HeldMemory();
    try {
      Thread job =
          new Thread(
              () -> {
                spark.sparkContext().setJobGroup("waits", "waits", false);
                try {
                  spark.sql(query).collectAsList();
                } catch (RuntimeException e) {
                  // it is cancelled
                }
              });
      job.start();
      assertThat(hasStarted.await(120, TimeUnit.SECONDS)).isTrue();
      assertThat(wasKilled.await(2, TimeUnit.SECONDS)).as("it waits").isFalse();
      spark.sparkContext().cancelJobGroup("waits");
      assertThat(wasKilled.await(60, TimeUnit.SECONDS)).as("the kill ends the wait").isTrue();
      job.join();
    } finally {
      held.giveBack();
      spark.sparkContext().removeSparkListener(listener);
    }
    assertThat(spark.sql(query).collectAsList()).hasSize(1);
  }
}
