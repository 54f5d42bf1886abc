package io.mobilenetspark.bench;

import io.mobilenetspark.graph.GraphOps;
import io.mobilenetspark.graph.Runs;
import io.mobilenetspark.runtime.NativeLibrary;
import io.mobilenetspark.runtime.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.image.DecodeJpeg;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;
import org.tensorflow.types.family.TNumber;

/**
 * The images a second that no program with this decoder and this arithmetic exceeds: each image
 * decoded by libjpeg-turbo alone (in TensorFlow's op, without a resize), and the operations of its
 * convolutions at the rate of a large product of matrices (oneDNN's), on all cores at once.
 */
final class Floor implements Contestant {

  private static final String CONTENT = "content";
  private static final String DECODED = "decoded";
  private static final String MATRIX = "matrix";
  private static final String PRODUCT = "product";

  /** Two matrices of so many rows and columns, in float32, are as large as a cache of 8 MiB. */
  private static final int ROWS = 1024;

  private static final int PRODUCTS = 20;

  private final List<byte[]> images = new ArrayList<>();
  private final Precision precision;
  private final int threads;
  private final long operations;
  private final Graph graph;
  private final Session session;

  /**
   * @param operations of the convolutions for an image
   */
  Floor(List<Path> files, Precision precision, int threads, long operations) throws IOException {
    Map<Path, byte[]> read = new HashMap<>(); // a file may be listed often
    for (Path file : files) {
      byte[] image = read.get(file);
      if (image == null) {
        image = Files.readAllBytes(file);
        read.put(file, image);
      }
      images.add(image);
    }
    this.precision = precision;
    this.threads = threads;
    this.operations = operations;
    NativeLibrary.load();
    this.graph = new Graph();
    Ops tf = GraphOps.of(graph);
    Placeholder<TString> content =
        tf.withName(CONTENT).placeholder(TString.class, Placeholder.shape(Shape.scalar()));
    tf.withName(DECODED).image.decodeJpeg(content, DecodeJpeg.channels(3L));
    if (precision == Precision.BFLOAT16) {
      addProduct(tf, TBfloat16.class);
    } else {
      addProduct(tf, TFloat32.class);
    }
    this.session =
        new Session(
            graph,
            ConfigProto.newBuilder()
                .setIntraOpParallelismThreads(1)
                .setInterOpParallelismThreads(1)
                .build());
  }

  private static <T extends TNumber> void addProduct(Ops tf, Class<T> type) {
    Placeholder<T> matrix =
        tf.withName(MATRIX).placeholder(type, Placeholder.shape(Shape.of(ROWS, ROWS)));
    tf.withName(PRODUCT).linalg.matMul(matrix, matrix);
  }

  @Override
  public double round() throws Exception {
    double decodeSeconds = seconds(this::decode) / images.size();
    double productSeconds = seconds(this::multiply) / (threads * PRODUCTS);
    double forwardSeconds = productSeconds * operations / (2.0 * ROWS * ROWS * ROWS);
    return 1 / (decodeSeconds + forwardSeconds);
  }

  /** Runs what each thread does, on all at once. */
  private double seconds(PerThread work) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Callable<Void>> tasks = new ArrayList<>();
      for (int thread = 0; thread < threads; thread++) {
        int number = thread;
        tasks.add(
            () -> {
              work.run(number);
              return null;
            });
      }
      long start = System.nanoTime();
      for (Future<Void> done : pool.invokeAll(tasks)) {
        done.get();
      }
      return (System.nanoTime() - start) / 1e9;
    } finally {
      pool.shutdown();
    }
  }

  private interface PerThread {
    void run(int thread);
  }

  private void decode(int thread) {
    for (int i = thread; i < images.size(); i += threads) {
      try (TString content = TString.tensorOfBytes(NdArrays.scalarOfObject(images.get(i)))) {
        run(CONTENT, content, DECODED);
      }
    }
  }

  private void multiply(int thread) {
    try (Tensor matrix = matrix()) {
      for (int i = 0; i < PRODUCTS; i++) {
        run(MATRIX, matrix, PRODUCT);
      }
    }
  }

  /** Of ones: denormal numbers would be slow, and not what activations are. */
  private Tensor matrix() {
    Shape shape = Shape.of(ROWS, ROWS);
    return precision == Precision.BFLOAT16
        ? TBfloat16.tensorOf(shape, ones -> ones.scalars().forEach(one -> one.setFloat(1)))
        : TFloat32.tensorOf(shape, ones -> ones.scalars().forEach(one -> one.setFloat(1)));
  }

  private void run(String input, Tensor value, String output) {
    try (Result result =
        session
            .runner()
            .feed(input, value)
            .fetch(output)
            .setOptions(Runs.IN_CALLERS_THREAD)
            .run()) {
      if (result.get(0).numBytes() == 0) {
        throw new IllegalStateException(output + " gave nothing");
      }
    }
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
