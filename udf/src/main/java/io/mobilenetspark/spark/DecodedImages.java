package io.mobilenetspark.spark;

import io.mobilenetspark.image.ImageInput;
import io.mobilenetspark.image.ImageOptions;
import io.mobilenetspark.image.ImageOutcome;
import io.mobilenetspark.image.ImageStatistics;
import io.mobilenetspark.runtime.ImageSession;
import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import org.jspecify.annotations.Nullable;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.ByteDataBuffer;
import org.tensorflow.types.TFloat32;

/**
 * Decodes the images of a table to eight bits a value, for who needs the pixels again and again.
 */
public final class DecodedImages {

  private DecodedImages() {}

  /** A row's image, or the reason why there is none, with what was carried along. */
  public static final class Image implements Serializable {
    private static final long serialVersionUID = 1;

    private final InternalRow carried;
    private final byte @Nullable [] pixels;
    private final int width;
    private final int height;
    private final @Nullable ImageStatistics statistics;
    private final String problem;

    private Image(InternalRow carried, byte[] pixels, ImageOutcome.Read read) {
      this.carried = carried;
      this.pixels = pixels;
      this.width = read.width();
      this.height = read.height();
      this.statistics = read.statistics();
      this.problem = "";
    }

    private Image(InternalRow carried, ImageOutcome.Rejected rejected) {
      this.carried = carried;
      this.pixels = null;
      this.width = 0;
      this.height = 0;
      this.statistics = null;
      this.problem = rejected.status() + ": " + rejected.reason();
    }

    /** The carried columns, in the order they were asked for. */
    public InternalRow carried() {
      return carried;
    }

    /** Unsigned RGB, [height, width, 3] of the size that was asked for; null if unreadable. */
    public byte @Nullable [] pixels() {
      return pixels;
    }

    /** Width of the whole image, upright, before resizing, in pixels; 0 if unreadable. */
    public int width() {
      return width;
    }

    /** Height of the whole image, upright, before resizing, in pixels; 0 if unreadable. */
    public int height() {
      return height;
    }

    /** What the pixels tell; null if unreadable, or not asked for by the options. */
    public @Nullable ImageStatistics statistics() {
      return statistics;
    }

    /** The status and reason of an image that can't be read; empty for others. */
    public String problem() {
      return problem;
    }
  }

  /**
   * Decodes, lazily; a row whose image can't be read stays, with the reason.
   *
   * @param table the images
   * @param imageColumn the column with the images, of any type that {@link FeatureTable} takes
   * @param carried names of columns to carry along
   * @param options how images are read
   * @throws IllegalArgumentException if a column is missing or holds no images
   */
  public static JavaRDD<Image> of(
      Dataset<Row> table, String imageColumn, List<String> carried, ImageOptions options) {
    StructType schema = table.schema();
    FeatureTable.check(schema, imageColumn, carried);
    Column[] needed = new Column[carried.size() + 1];
    DataType[] types = new DataType[carried.size()];
    for (int i = 0; i < types.length; i++) {
      types[i] = schema.apply(FeatureTable.columnIndex(schema, carried.get(i))).dataType();
      needed[i] = column(carried.get(i));
    }
    needed[types.length] = column(imageColumn);
    SparkSession spark = table.sparkSession();
    JavaSparkContext context = new JavaSparkContext(spark.sparkContext());
    Broadcast<SerializableConfiguration> hadoop =
        context.broadcast(new SerializableConfiguration(ClassicSpark.hadoopConf(spark)));
    ImageColumn column = FeatureTable.imageColumn(schema, imageColumn);
    return ClassicSpark.rows(table.select(needed))
        .mapPartitions(new DecodePartition(hadoop, column, types, options));
  }

  private static Column column(String name) {
    return functions.col("`" + name.replace("`", "``") + "`");
  }

  /** The one decoding session of this JVM; stays open as long as it. */
  private static final class Holder {
    private static @Nullable ImageSession session;

    private Holder() {}

    /** The first task's number of cores is the process's: TensorFlow does not change it later. */
    static synchronized ImageSession session(int threads) {
      ImageSession open = session;
      if (open == null) {
        open = ImageSession.open(threads);
        session = open;
      }
      return open;
    }
  }

  private static final class DecodePartition
      implements FlatMapFunction<Iterator<InternalRow>, Image> {
    private static final long serialVersionUID = 1;

    private final Broadcast<SerializableConfiguration> hadoop;
    private final ImageColumn column;
    private final DataType[] carried;
    private final ImageOptions options;

    DecodePartition(
        Broadcast<SerializableConfiguration> hadoop,
        ImageColumn column,
        DataType[] carried,
        ImageOptions options) {
      this.hadoop = hadoop;
      this.column = column;
      this.carried = carried;
      this.options = options;
    }

    @Override
    public Iterator<Image> call(Iterator<InternalRow> rows) {
      FileSource files = new FileSource(hadoop.value().value(), options.limits().maxBytes());
      TaskContext task = TaskContext.get();
      ExecutorMemory.apply();
      PendingRows pending = new PendingRows(rows, carried, column, files, task);
      ImageSession session = Holder.session(task.cpus());
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return pending.hasNext();
        }

        @Override
        public Image next() {
          task.killTaskIfInterrupted();
          PendingRows.Pending next = pending.next();
          return next.image().use(task, image -> decode(session, task, next.carried(), image));
        }
      };
    }

    private Image decode(
        ImageSession session, TaskContext task, InternalRow row, ImageInput input) {
      int size = options.size().rgbValues();
      try (TFloat32 target = TFloat32.tensorOf(Shape.of(size))) {
        ByteDataBuffer buffer = target.asRawTensor().data();
        ImageOutcome outcome =
            session
                .images()
                .read(
                    SuspectImages.pass(input, options, task),
                    options,
                    buffer,
                    task::killTaskIfInterrupted);
        if (outcome instanceof ImageOutcome.Read read) {
          float[] values = new float[size];
          buffer.asFloats().read(values);
          return new Image(row, rounded(values), read);
        }
        return new Image(row, (ImageOutcome.Rejected) outcome);
      }
    }

    private static byte[] rounded(float[] values) {
      byte[] bytes = new byte[values.length];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) Math.max(0, Math.min(255, Math.round(values[i] * 255)));
      }
      return bytes;
    }
  }
}
