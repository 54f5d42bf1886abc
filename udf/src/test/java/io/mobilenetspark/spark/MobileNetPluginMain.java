package io.mobilenetspark.spark;

import io.mobilenetspark.testing.Pictures;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/** Embeds some images where {@link MobileNetPlugin} is on, and prints what Spark then tells. */
final class MobileNetPluginMain {

  private static final String SINK = "spark.metrics.conf.*.sink.prometheusServlet.";

  private MobileNetPluginMain() {}

  public static void main(String[] args) throws Exception {
    try (SparkSession spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.port", "0")
            .config(SINK + "class", "org.apache.spark.metrics.sink.PrometheusServlet")
            .config(SINK + "path", "/metrics/prometheus")
            .config("spark.plugins", MobileNetPlugin.class.getName())
            .config("spark.sql.extensions", "io.mobilenetspark.spark.sql.MobileNetExtensions")
            .config("spark.mobilenet.model", "builtin")
            .config("spark.mobilenet.imageSize", "32")
            .config("spark.mobilenet.batchSize", "4")
            .getOrCreate()) {
      List<Row> rows = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        byte[] broken = i < 9 ? new byte[] {(byte) i} : null;
        Object image = i < 7 ? Pictures.png(i) : broken;
        rows.add(RowFactory.create(image));
      }
      spark
          .createDataFrame(rows, StructType.fromDDL("image BINARY"))
          .coalesce(1)
          .selectExpr("mobilenet_embed(image) AS e")
          .collectAsList();
      HttpClient client = HttpClient.newHttpClient();
      for (String place : List.of("/metrics/json/", "/metrics/prometheus/")) {
        URI uri = URI.create(spark.sparkContext().uiWebUrl().get() + place);
        System.out.println(
            client
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                .body());
      }
    }
  }
}
