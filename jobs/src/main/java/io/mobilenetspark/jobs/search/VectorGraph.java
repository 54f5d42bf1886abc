package io.mobilenetspark.jobs.search;

import io.github.jbellis.jvector.disk.ByteBufferReader;
import io.github.jbellis.jvector.graph.GraphIndexBuilder;
import io.github.jbellis.jvector.graph.GraphSearcher;
import io.github.jbellis.jvector.graph.OnHeapGraphIndex;
import io.github.jbellis.jvector.graph.SearchResult.NodeScore;
import io.github.jbellis.jvector.graph.diversity.VamanaDiversityProvider;
import io.github.jbellis.jvector.graph.similarity.BuildScoreProvider;
import io.github.jbellis.jvector.graph.similarity.ScoreFunction;
import io.github.jbellis.jvector.graph.similarity.ScoreFunction.ExactScoreFunction;
import io.github.jbellis.jvector.graph.similarity.SearchScoreProvider;
import io.github.jbellis.jvector.util.Bits;
import io.github.jbellis.jvector.util.PhysicalCoreExecutor;
import io.github.jbellis.jvector.vector.VectorizationProvider;
import io.github.jbellis.jvector.vector.types.VectorFloat;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A graph in which each vector has edges to vectors like it, and a walk to those most like another
 * one. JVector makes the graph and walks it; how alike two vectors are is computed here, on {@link
 * ByteVectors}. Immutable.
 */
final class VectorGraph {

  /** Edges of a vector, at most. */
  private static final int DEGREE = 16;

  /** How many vectors are looked at for a new one's edges. */
  private static final int BEAM = 100;

  /** By how much a vector may have too many edges before they are pruned. */
  private static final float OVERFLOW = 1.2f;

  /** Above 1, edges stay that lead further away: shortcuts. */
  private static final float ALPHA = 1.2f;

  /** JVector's own; held here, or the JVM forgets their levels. */
  private static final List<Logger> QUIET =
      Stream.of(PhysicalCoreExecutor.class, VectorizationProvider.class)
          .map(type -> Logger.getLogger(type.getName()))
          .toList();

  private final ByteVectors vectors;
  private final OnHeapGraphIndex graph;

  private VectorGraph(ByteVectors vectors, OnHeapGraphIndex graph) {
    this.vectors = vectors;
    this.graph = graph;
  }

  static {
    // What these warn of, other versions of Java, is not for users.
    QUIET.forEach(logger -> logger.setLevel(Level.OFF));
  }

  /** Makes the graph, on the caller's thread and one more for what JVector has in pools. */
  static VectorGraph of(ByteVectors vectors) {
    ForkJoinPool pool = new ForkJoinPool(1);
    try (GraphIndexBuilder builder =
        GraphIndexBuilder.builder(new Scores(vectors), vectors.dimension(), DEGREE)
            .withBeamWidth(BEAM)
            .withNeighborOverflow(OVERFLOW)
            .withAlpha(ALPHA)
            .withSimdExecutor(pool)
            .withParallelExecutor(pool)
            .build()) {
      for (int node = 0; node < vectors.size(); node++) {
        builder.addGraphNode(node, new Score(vectors, vectors.get(node)));
      }
      builder.cleanup();
      return new VectorGraph(vectors, (OnHeapGraphIndex) builder.getGraph());
    } catch (IOException e) {
      throw new UncheckedIOException(e); // of closing what is in memory
    } finally {
      pool.shutdown();
    }
  }

  /** The graph that {@link #bytes} are of. */
  @SuppressWarnings("deprecation") // its successor writes the vectors, too
  static VectorGraph of(ByteVectors vectors, byte[] bytes) throws IOException {
    OnHeapGraphIndex graph =
        OnHeapGraphIndex.load(
            new ByteBufferReader(ByteBuffer.wrap(bytes)),
            vectors.dimension(),
            OVERFLOW,
            new VamanaDiversityProvider(new Scores(vectors), ALPHA));
    if (graph.size(0) != vectors.size()) {
      throw new IOException("its graph is of other vectors");
    }
    graph.setAllMutationsCompleted();
    return new VectorGraph(vectors, graph);
  }

  /** The edges, without the vectors. */
  @SuppressWarnings("deprecation") // its successor writes the vectors, too
  byte[] bytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      graph.save(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // of memory
    }
    return bytes.toByteArray();
  }

  /** Walks of one thread. */
  Walker walker() {
    return new Walker();
  }

  /** For use by one thread. */
  final class Walker {
    private final GraphSearcher searcher = new GraphSearcher(graph);

    /**
     * Vectors that are like another one; most of the most similar ones are among them.
     *
     * @param unit of length 1
     * @param width how many
     */
    int[] near(float[] unit, int width) {
      if (width >= vectors.size()) {
        return IntStream.range(0, vectors.size()).toArray();
      }
      Score score = new Score(vectors, ByteVectors.One.of(unit));
      NodeScore[] found = searcher.search(score, width, width, 0, 0, Bits.ALL).getNodes();
      return Arrays.stream(found).mapToInt(one -> one.node).toArray();
    }
  }

  /** How alike vectors are to one of them, between 0 and 1. */
  private record Score(ByteVectors vectors, ByteVectors.One one) implements SearchScoreProvider {

    @Override
    public ScoreFunction scoreFunction() {
      return exactScoreFunction();
    }

    @Override
    public ExactScoreFunction exactScoreFunction() {
      return node -> (1 + one.product(vectors.get(node))) / 2;
    }

    @Override
    @SuppressWarnings("NullAway") // JVector's word for: there is none
    public ExactScoreFunction reranker() {
      return null;
    }
  }

  /** How alike the vectors are to each other. */
  private record Scores(ByteVectors vectors) implements BuildScoreProvider {

    @Override
    public boolean isExact() {
      return true;
    }

    @Override
    public VectorFloat<?> approximateCentroid() {
      throw new UnsupportedOperationException("only asked for with several graphs");
    }

    @Override
    public SearchScoreProvider searchProviderFor(VectorFloat<?> vector) {
      throw new UnsupportedOperationException("vectors are named by their numbers");
    }

    @Override
    public SearchScoreProvider searchProviderFor(int node) {
      return new Score(vectors, vectors.get(node));
    }

    @Override
    public SearchScoreProvider diversityProviderFor(int node) {
      return searchProviderFor(node);
    }
  }
}
