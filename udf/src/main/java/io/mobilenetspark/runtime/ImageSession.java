package io.mobilenetspark.runtime;

import io.mobilenetspark.image.ImageGraph;
import io.mobilenetspark.image.ImageReader;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.proto.ConfigProto;

/**
 * The decoder's and resizer's ops alone, without a model, for who keeps the pixels. On the CPU
 * anywhere: TensorFlow has decoders for it alone.
 *
 * <p>Owns its graph and session and frees them in {@link #close()}; nothing may be running then,
 * and every later call fails. Safe for use by many threads at once.
 */
public final class ImageSession implements AutoCloseable {

  private final Graph graph;
  private final Session session;
  private final ImageReader images;

  private ImageSession(Graph graph, Session session) {
    this.graph = graph;
    this.session = session;
    this.images = new ImageReader(session);
  }

  /**
   * Opens a session.
   *
   * @param threads threads of one call, at least 1. TensorFlow fixes this for the process at its
   *     first session.
   */
  public static ImageSession open(int threads) {
    NativeLibrary.load();
    Graph graph = new Graph();
    try {
      ImageGraph.addTo(graph);
      ConfigProto config =
          ConfigProto.newBuilder()
              .setIntraOpParallelismThreads(threads)
              .setInterOpParallelismThreads(1)
              .build();
      return new ImageSession(graph, new Session(graph, SessionFactory.onCpu(config)));
    } catch (RuntimeException e) {
      graph.close();
      throw e;
    }
  }

  /** Reads images in this session; valid until {@link #close()}. */
  public ImageReader images() {
    return images;
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
