package io.mobilenetspark.jobs.search;

import io.mobilenetspark.jobs.compare.SearchVector;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.types.DataType;
import org.jspecify.annotations.Nullable;

/**
 * A part of an index: different vectors, the ids of the rows that have each, and their graph.
 * Immutable, but for the ids, which are not to be changed.
 */
final class Shard {

  /** What a file begins with, and the version of its format. */
  private static final long HEAD = 0x4d4e53_49445800_01L; // MNSIDX, 0, 1

  private static final int BUFFER = 1 << 20;

  private final List<SearchVector> vectors;
  private final List<List<UnsafeRow>> rows;
  private final @Nullable VectorGraph graph;

  /**
   * @param vectors different ones
   * @param rows by vector the ids, in their order, each in a row of one column
   * @param graph of the vectors; null if there are none
   */
  private Shard(
      List<SearchVector> vectors, List<List<UnsafeRow>> rows, @Nullable VectorGraph graph) {
    this.vectors = vectors;
    this.rows = rows;
    this.graph = graph;
  }

  /** Makes the graph, which takes a while. */
  static Shard of(List<SearchVector> vectors, List<List<UnsafeRow>> rows, int dimension) {
    return new Shard(
        vectors,
        rows,
        vectors.isEmpty() ? null : VectorGraph.of(new ByteVectors(vectors, dimension)));
  }

  /**
   * Rows as queries for what is near them.
   *
   * @param condition on a row of one column, the id
   */
  Stream<Query> rows(Predicate<InternalRow> condition, DataType idType) {
    return IntStream.range(0, vectors.size())
        .boxed()
        .flatMap(
            node ->
                rows.get(node).stream()
                    .filter(condition)
                    .map(row -> query(row, vectors.get(node), idType)));
  }

  private static Query query(UnsafeRow row, SearchVector vector, DataType idType) {
    Object id = row.isNullAt(0) ? null : row.copy().get(0, idType);
    return new Query(id, vector, Query.Kind.ROW, null);
  }

  /** Neighbours of one query after another, for use by one thread. */
  Search search(DataType idType) {
    return new Search(idType);
  }

  /** Of one thread. */
  final class Search {
    private final HitOrder order;
    private final DataType idType;
    private final VectorGraph.@Nullable Walker walker = graph == null ? null : graph.walker();

    private Search(DataType idType) {
      this.order = new HitOrder(idType);
      this.idType = idType;
    }

    /**
     * Offers rows near a query, by the cosine of their vectors; most of the nearest are among them.
     *
     * @param width how many vectors are looked at, at least
     */
    void offer(Query query, SearchVector asked, int k, int width, TopHits best) {
      if (walker == null) {
        return;
      }
      for (int node : walker.near(asked.unit(), width)) {
        float similarity = asked.cosine(vectors.get(node));
        if (similarity >= best.least()) {
          offerRows(query, rows.get(node), similarity, k, best);
        }
      }
    }

    /** Of rows alike the first ones go before all others. */
    private void offerRows(
        Query query, List<UnsafeRow> alike, float similarity, int k, TopHits best) {
      int offered = 0;
      for (int i = 0; i < alike.size() && offered < k; i++) {
        UnsafeRow row = alike.get(i);
        Object id = row.isNullAt(0) ? null : row.get(0, idType);
        if (!query.isRow() || !order.isSame(query.name(), id)) {
          best.offer(new Hit(similarity, id));
          offered++;
        }
      }
    }
  }

  /** Writes a file; {@link #read} checks that it is whole. */
  void write(OutputStream file, int dimension) throws IOException {
    CheckedOutputStream checked = new CheckedOutputStream(file, new CRC32C());
    DataOutputStream out = new DataOutputStream(new BufferedOutputStream(checked, BUFFER));
    out.writeLong(HEAD);
    out.writeInt(dimension);
    out.writeInt(vectors.size());
    ByteBuffer buffer = ByteBuffer.allocate(Float.BYTES * dimension);
    for (SearchVector vector : vectors) {
      buffer.asFloatBuffer().put(vector.values());
      out.write(buffer.array());
    }
    for (List<UnsafeRow> ids : rows) {
      out.writeInt(ids.size());
      for (UnsafeRow id : ids) {
        out.writeInt(id.getSizeInBytes());
        out.write(id.getBytes());
      }
    }
    byte[] edges = graph == null ? new byte[0] : graph.bytes();
    out.writeInt(edges.length);
    out.write(edges);
    out.flush();
    out.writeLong(checked.getChecksum().getValue());
    out.flush();
  }

  /**
   * Reads a file.
   *
   * @param length of the file
   * @throws IOException if it can't be read, or is damaged
   */
  static Shard read(InputStream file, long length, int dimension) throws IOException {
    CheckedInputStream checked =
        new CheckedInputStream(new BufferedInputStream(file, BUFFER), new CRC32C());
    DataInputStream in = new DataInputStream(checked);
    try {
      require(in.readLong() == HEAD, "it is no part of an index, or of another format");
      require(in.readInt() == dimension, "its vectors have another dimension");
      int size = in.readInt();
      require(size >= 0 && (long) size * dimension <= length / Float.BYTES, "it is damaged");
      List<SearchVector> vectors = new ArrayList<>(size);
      byte[] bytes = new byte[Float.BYTES * dimension];
      for (int i = 0; i < size; i++) {
        in.readFully(bytes);
        float[] values = new float[dimension];
        ByteBuffer.wrap(bytes).asFloatBuffer().get(values);
        vectors.add(SearchVector.of(values));
      }
      List<List<UnsafeRow>> rows = new ArrayList<>(size);
      for (int i = 0; i < size; i++) {
        rows.add(ids(in, length));
      }
      byte[] edges = block(in, length);
      long sum = checked.getChecksum().getValue();
      require(in.readLong() == sum, "its checksum does not match: it is damaged");
      VectorGraph graph =
          size == 0 ? null : VectorGraph.of(new ByteVectors(vectors, dimension), edges);
      return new Shard(vectors, rows, graph);
    } catch (EOFException e) {
      throw new IOException("it ends too early", e);
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) { // of what is damaged
      throw new IOException("it is damaged: " + e.getMessage(), e);
    }
  }

  private static List<UnsafeRow> ids(DataInputStream in, long length) throws IOException {
    int count = in.readInt();
    require(count > 0 && count < length, "it is damaged");
    List<UnsafeRow> ids = new ArrayList<>(1);
    for (int i = 0; i < count; i++) {
      byte[] bytes = block(in, length);
      UnsafeRow id = new UnsafeRow(1);
      id.pointTo(bytes, bytes.length);
      ids.add(id);
    }
    return ids;
  }

  private static byte[] block(DataInputStream in, long length) throws IOException {
    int size = in.readInt();
    require(size >= 0 && size < length, String.format(Locale.ROOT, "it has a block of %d", size));
    byte[] bytes = new byte[size];
    in.readFully(bytes);
    return bytes;
  }

  private static void require(boolean isTrue, String otherwise) throws IOException {
    if (!isTrue) {
      throw new IOException(otherwise);
    }
  }
}
