package io.mobilenetspark.bench;

import io.mobilenetspark.runtime.Precision;
import io.mobilenetspark.spark.FeatureTable;
import io.mobilenetspark.spark.ml.MobileNetFeaturizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;

/**
 * The job, SQL and the stage, from the directory of photographs to a Parquet table of vectors, in
 * the session of {@link PeersBenchmark}. By the clock on the wall, planning and commit included.
 *
 * @param spark has the extensions of this project
 * @param model the handle
 * @param directory of the photographs
 * @param count how many these are
 * @param work where tables are written
 */
record OurContestants(SparkSession spark, String model, Path directory, int count, Path work) {

  Contestant job(Precision precision) {
    return new Surface(table("job", precision)) {
      @Override
      void embed() throws IOException {
        EmbedBenchmark.embed(
            output, model, "--input=" + directory, "--precision=" + precision.optionName());
      }
    };
  }

  Contestant sql(Precision precision) {
    return new Surface(table("sql", precision)) {
      @Override
      void embed() {
        spark.conf().set("spark.mobilenet.model", model);
        spark.conf().set("spark.mobilenet.precision", precision.optionName());
        write(
            spark.sql(
                String.format(
                    Locale.ROOT,
                    "SELECT path, e.%s FROM"
                        + " (SELECT path, mobilenet_embed(content) AS e FROM binaryFile.`%s`)",
                    String.join(", e.", FeatureTable.ADDED),
                    directory)));
      }
    };
  }

  Contestant stage(Precision precision) {
    return new Surface(table("stage", precision)) {
      @Override
      void embed() {
        write(
            new MobileNetFeaturizer()
                .setModel(model)
                .setPrecision(precision.optionName())
                .setInputCol("content")
                .setOutputCol(FeatureTable.FEATURES)
                .setErrorCol(FeatureTable.ERROR)
                .transform(spark.read().format("binaryFile").load(directory.toString()))
                .drop("content"));
      }
    };
  }

  private Path table(String surface, Precision precision) {
    return work.resolve(surface + "-" + precision.optionName());
  }

  private abstract class Surface implements Contestant {
    final Path output;

    private Surface(Path output) {
      this.output = output;
    }

    abstract void embed() throws IOException;

    /** As the job writes it, by as many tasks. */
    final void write(Dataset<Row> vectors) {
      vectors
          .coalesce(2 * PeersBenchmark.THREADS)
          .write()
          .mode(SaveMode.Overwrite)
          .option("compression", "zstd")
          .option("parquet.enable.dictionary", "false")
          .parquet(output.toString());
    }

    @Override
    public double round() throws IOException {
      System.gc(); // nobody pays for what another one left
      long start = System.nanoTime();
      embed();
      return count / ((System.nanoTime() - start) / 1e9);
    }

    @Override
    public Optional<Path> table() {
      return Optional.of(output);
    }
  }
}
