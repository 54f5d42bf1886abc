package io.mobilenetspark.jobs.search;

import io.mobilenetspark.jobs.compare.SearchVector;
import io.mobilenetspark.jobs.compare.SearchVector.Fault;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.util.SerializableConfiguration;
import org.jspecify.annotations.Nullable;

/** Makes a part of an index of a part of a table. */
final class ShardWriter implements FlatMapFunction<Iterator<InternalRow>, ShardWriter.Written> {
  private static final long serialVersionUID = 1;

  private final String folder;
  private final DataType idType;
  private final int dimension;
  private final SerializableConfiguration hadoop;

  /**
   * @param folder of the index
   * @param idType of the rows' first column, whose second one is the vector
   * @param dimension of the vectors
   */
  ShardWriter(String folder, DataType idType, int dimension, SerializableConfiguration hadoop) {
    this.folder = folder;
    this.idType = idType;
    this.dimension = dimension;
    this.hadoop = hadoop;
  }

  /** A file that was written. */
  static final class Written implements Serializable {
    private static final long serialVersionUID = 1;

    // Plain fields: Kryo, which may be Spark's serializer, can't write records, nor read EnumMaps.
    private final String name;
    private final long length;
    private final long rows;
    private final HashMap<Fault, Long> faults;

    Written(String name, long length, long rows, Map<Fault, Long> faults) {
      this.name = name;
      this.length = length;
      this.rows = rows;
      this.faults = new HashMap<>(faults);
    }

    String name() {
      return name;
    }

    /** In bytes. */
    long length() {
      return length;
    }

    /** How many rows it finds. */
    long rows() {
      return rows;
    }

    /** Rows that it does not. */
    Map<Fault, Long> faults() {
      return faults;
    }
  }

  /** Vectors of the same bits are one. */
  private static final class Bits {
    private final float[] values;

    Bits(float[] values) {
      this.values = values;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Bits that && Arrays.equals(values, that.values);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(values);
    }
  }

  @Override
  public Iterator<Written> call(Iterator<InternalRow> rows) throws IOException {
    EnumMap<Fault, Long> faults = new EnumMap<>(Fault.class);
    Map<Bits, List<UnsafeRow>> byVector = new LinkedHashMap<>();
    UnsafeProjection projection = UnsafeProjection.create(new DataType[] {idType});
    long count = 0;
    while (rows.hasNext()) {
      InternalRow row = rows.next();
      Optional<Fault> fault = SearchVector.fault(row, 1, dimension);
      if (fault.isPresent()) {
        faults.merge(fault.get(), 1L, Long::sum);
        continue;
      }
      Object id = row.isNullAt(0) ? null : row.get(0, idType);
      byVector
          .computeIfAbsent(new Bits(row.getArray(1).toFloatArray()), vector -> new ArrayList<>(1))
          .add(projection.apply(new GenericInternalRow(new @Nullable Object[] {id})).copy());
      count++;
    }
    return List.of(write(byVector, count, faults)).iterator();
  }

  private Written write(Map<Bits, List<UnsafeRow>> byVector, long rows, EnumMap<Fault, Long> faults)
      throws IOException {
    HitOrder order = new HitOrder(idType);
    Comparator<UnsafeRow> byId =
        (one, other) -> order.compare(new Hit(0, id(one)), new Hit(0, id(other)));
    List<SearchVector> vectors = new ArrayList<>();
    List<List<UnsafeRow>> ids = new ArrayList<>();
    byVector.forEach(
        (vector, same) -> {
          vectors.add(SearchVector.of(vector.values));
          same.sort(byId);
          ids.add(same);
        });
    TaskContext task = TaskContext.get();
    String name =
        String.format(Locale.ROOT, "part-%05d-%d", task.partitionId(), task.taskAttemptId());
    Path file = new Path(folder, name);
    FileSystem fileSystem = file.getFileSystem(hadoop.value());
    Shard shard = Shard.of(vectors, ids, dimension);
    try (OutputStream out = fileSystem.create(file, true)) {
      shard.write(out, dimension);
    }
    return new Written(name, fileSystem.getFileStatus(file).getLen(), rows, faults);
  }

  private @Nullable Object id(UnsafeRow row) {
    return row.isNullAt(0) ? null : row.get(0, idType);
  }
}
