package io.mobilenetspark.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.TaskCompletionListener;

/**
 * A Spark job as users of other libraries have it: {@code binaryFile}, a map over partitions with a
 * session a task, Parquet. A worker of {@link PeerProcess}.
 */
public final class SparkPeer {

  /** Images of a call; libraries' defaults are 1 to 16. */
  private static final int BATCH = 16;

  private static final int SIDE = 224;

  private static final StructType ROW = StructType.fromDDL("path STRING, features ARRAY<FLOAT>");

  /** What a task runs. */
  public enum Kind {
    /** ONNX Runtime behind the JDK's decoder, as SynapseML has it. */
    ONNX_IMAGE_IO,
    /** ONNX Runtime behind this project's decoder. */
    ONNX_OUR_DECODER,
    /** A SavedModel behind the JDK's decoder, as DJL has it. */
    SAVED_MODEL;

    Featurizer open(Path model) throws Exception {
      return switch (this) {
        case ONNX_IMAGE_IO -> OnnxFeaturizer.withImageIo(model, SIDE);
        case ONNX_OUR_DECODER -> OnnxFeaturizer.withOurDecoder(model, SIDE);
        case SAVED_MODEL -> new SavedModelFeaturizer(model, SIDE);
      };
    }
  }

  private SparkPeer() {}

  /**
   * Serves rounds until standard input ends.
   *
   * @param args the kind, the model, the directory of photographs, the output, the threads
   */
  public static void main(String[] args) throws IOException {
    PrintStream answers = System.out;
    System.setOut(System.err); // whatever else is printed
    Kind kind = Kind.valueOf(args[0]);
    String model = args[1];
    int threads = Integer.parseInt(args[4]);
    try (SparkSession spark =
            SparkSession.builder()
                .master("local[" + threads + "]")
                .config("spark.ui.enabled", "false")
                .getOrCreate();
        BufferedReader orders =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      answers.println("READY Spark " + spark.version());
      while (orders.readLine() != null) {
        long start = System.nanoTime();
        spark
            .read()
            .format("binaryFile")
            .load(args[2])
            .select("path", "content")
            .coalesce(2 * threads)
            .mapPartitions(
                (MapPartitionsFunction<Row, Row>) rows -> new Vectors(kind, model, rows),
                Encoders.row(ROW))
            .write()
            .mode(SaveMode.Overwrite)
            .parquet(args[3]);
        double seconds = (System.nanoTime() - start) / 1e9;
        answers.println(spark.read().parquet(args[3]).count() / seconds);
      }
    }
  }

  /** The rows of a task, a batch at a time. */
  private static final class Vectors implements Iterator<Row> {
    private final Featurizer featurizer;
    private final Iterator<Row> rows;
    private final List<Row> batch = new ArrayList<>();
    private int next;

    Vectors(Kind kind, String model, Iterator<Row> rows) throws Exception {
      this.featurizer = kind.open(Path.of(model));
      this.rows = rows;
      TaskCompletionListener close = context -> featurizer.close();
      TaskContext.get().addTaskCompletionListener(close);
    }

    @Override
    public boolean hasNext() {
      return next < batch.size() || rows.hasNext();
    }

    @Override
    public Row next() {
      if (next == batch.size()) {
        embed();
      }
      return batch.get(next++);
    }

    private void embed() {
      batch.clear();
      next = 0;
      List<String> paths = new ArrayList<>();
      List<byte[]> jpegs = new ArrayList<>();
      while (rows.hasNext() && jpegs.size() < BATCH) {
        Row row = rows.next();
        paths.add(row.getString(0));
        jpegs.add(row.getAs(1));
      }
      try {
        float[][] features = featurizer.run(jpegs);
        for (int i = 0; i < features.length; i++) {
          batch.add(RowFactory.create(paths.get(i), features[i]));
        }
      } catch (Exception e) {
        throw new IllegalStateException("photographs from " + paths + " on", e);
      }
    }
  }
}
