package io.mobilenetspark.jobs;

import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.apache.spark.sql.SparkSession;

/**
 * Embeds a folder of photographs in every way there is, one after the other in one application. A
 * way writes a Parquet table with the columns {@code path} and {@code features} to the folder of
 * its name in the output. The job comes last: its report says how many sessions it had to open.
 */
public final class SameVectorsMain {

  private SameVectorsMain() {}

  /** Arguments: folder of photographs, model, output folder. */
  public static void main(String[] args) throws Exception {
    String photographs = args[0];
    String model = args[1];
    String output = args[2];
    try (SparkSession spark = SparkSession.builder().getOrCreate()) {
      spark.conf().set("spark.mobilenet.model", model);
      spark
          .sql(
              String.format(
                  Locale.ROOT,
                  "SELECT path, mobilenet_features(content) AS features FROM binaryFile.`%s`",
                  photographs))
          .write()
          .parquet(output + "/sql");

      PrintWriter messages =
          new PrintWriter(new OutputStreamWriter(System.err, StandardCharsets.UTF_8), true);
      int exitCode =
          Main.run(
              messages,
              messages,
              "embed",
              "--input=" + photographs,
              "--model=" + model,
              "--output=" + output + "/job");
      if (exitCode != 0) {
        System.exit(exitCode);
      }
    }
  }
}
