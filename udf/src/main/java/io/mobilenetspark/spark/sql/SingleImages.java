package io.mobilenetspark.spark.sql;

import io.mobilenetspark.image.ImageInput;
import io.mobilenetspark.image.ImageOptions;
import io.mobilenetspark.model.FrozenModel;
import io.mobilenetspark.runtime.Embedding;
import io.mobilenetspark.spark.EmbedOptions;
import io.mobilenetspark.spark.EmbeddingRow;
import io.mobilenetspark.spark.TaskEmbedder;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;

/**
 * Images that the driver has one at a time, with somebody waiting for each vector: a task without a
 * query, which takes Spark longer to plan than an executor to answer. Safe for use by many threads.
 */
public final class SingleImages {

  private final JavaSparkContext context;
  private final SqlModel model; // held: else it may be broadcast for each image

  /**
   * @param model the model; broadcast once, for as long as this is held
   */
  public SingleImages(SparkSession spark, FrozenModel model) {
    this.context = new JavaSparkContext(spark.sparkContext());
    this.model = SqlModel.of(spark.sparkContext(), model);
  }

  /**
   * Embeds one, in a task.
   *
   * @param file the bytes of an image file, which go to the executor in the task's message
   * @param options how the image is read and run, its size the model's; of the modes PERMISSIVE
   * @return the columns of {@link EmbeddingRow#schema}
   */
  public InternalRow row(byte[] file, EmbedOptions options) {
    List<byte[]> files = new ArrayList<>(List.of(file)); // Kryo can't read List.of()
    return context.parallelize(files, 1).map(new Embed(model, options)).first();
  }

  /** In the task. */
  private record Embed(SqlModel model, EmbedOptions options)
      implements Function<byte[], InternalRow> {
    private static final long serialVersionUID = 1;

    @Override
    public InternalRow call(byte[] file) {
      ImageOptions images = options.images();
      List<Embedding> embedded =
          TaskEmbedder.open(model::frozen, options, TaskContext.get())
              .embed(List.of(new ImageInput.Encoded(file)));
      // As Spark has rows: Kryo may be its serializer.
      return UnsafeProjection.create(EmbeddingRow.schema(images))
          .apply(EmbeddingRow.of(embedded.get(0), images));
    }
  }
}
