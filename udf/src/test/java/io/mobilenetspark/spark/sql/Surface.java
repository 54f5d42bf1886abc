package io.mobilenetspark.spark.sql;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.image.ImageLimits;
import io.mobilenetspark.image.ImageOptions;
import io.mobilenetspark.image.ResizeMethod;
import io.mobilenetspark.model.FrozenModel;
import io.mobilenetspark.model.ModelRequest;
import io.mobilenetspark.runtime.Precision;
import io.mobilenetspark.spark.EmbedCounters;
import io.mobilenetspark.spark.EmbedOptions;
import io.mobilenetspark.spark.MalformedMode;
import io.mobilenetspark.spark.ml.MobileNetFeaturizer;
import io.mobilenetspark.testing.Modules;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/** The three ways to embed a table, with the same model and settings. */
enum Surface {
  SQL {
    @Override
    Dataset<Row> embed(Dataset<Row> table, Run run) {
      SparkSession spark = table.sparkSession();
      spark.conf().set("spark.mobilenet.model", run.model());
      spark.conf().set("spark.mobilenet.imageSize", Integer.toString(SIDE));
      spark.conf().set("spark.mobilenet.batchSize", Integer.toString(BATCH));
      spark.conf().set("spark.mobilenet.mode", run.mode().name());
      return table.selectExpr("id", "mobilenet_embed(image).features AS features");
    }
  },
  STAGE {
    @Override
    Dataset<Row> embed(Dataset<Row> table, Run run) {
      return new MobileNetFeaturizer()
          .setModel(run.model())
          .setImageSize(SIDE)
          .setBatchSize(BATCH)
          .setMode(run.mode().name())
          .setInputCol("image")
          .setOutputCol("features")
          .transform(table)
          .select("id", "features");
    }
  },
  JOB {
    @Override
    Dataset<Row> embed(Dataset<Row> table, Run run) {
      FrozenModel model = Modules.load(ModelRequest.of(run.model()).withImageSize(SIDE, SIDE));
      EmbedOptions options =
          new EmbedOptions(
              new ImageOptions(ImageSize.square(SIDE), ResizeMethod.BILINEAR, ImageLimits.DEFAULT),
              Precision.FLOAT32,
              BATCH,
              run.mode());
      return EmbeddedTable.select(
              table, "image", List.of("id"), model, options, Optional.ofNullable(run.counters()))
          .select("id", "features");
    }
  };

  static final int SIDE = 32;
  static final int BATCH = 16;

  /**
   * What is run.
   *
   * @param counters of the job
   */
  record Run(String model, MalformedMode mode, @Nullable EmbedCounters counters) {
    static Run of(MalformedMode mode) {
      return new Run("builtin", mode, null);
    }
  }

  /** Columns {@code id} and {@code features}; the table has {@code id} and {@code image}. */
  abstract Dataset<Row> embed(Dataset<Row> table, Run run);
}
