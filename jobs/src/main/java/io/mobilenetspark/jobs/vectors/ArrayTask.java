package io.mobilenetspark.jobs.vectors;

import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Writes a part's vectors, if it has any. Its files are named by the attempt: one that is run twice
 * does not write into the other's.
 */
final class ArrayTask implements Function2<Integer, Iterator<InternalRow>, Iterator<String>> {
  private static final long serialVersionUID = 1;

  private final String directory;
  private final ArrayFormat format;
  private final long[] counts;
  private final DataType idType;
  private final int dimension;
  private final SerializableConfiguration hadoop;

  /**
   * @param directory that is written into
   * @param counts how many rows each part has
   * @param idType of the rows' first column, whose second one is the vector
   * @param dimension of the vectors
   */
  ArrayTask(
      String directory,
      ArrayFormat format,
      long[] counts,
      DataType idType,
      int dimension,
      SerializableConfiguration hadoop) {
    this.directory = directory;
    this.format = format;
    this.counts = counts;
    this.idType = idType;
    this.dimension = dimension;
    this.hadoop = hadoop;
  }

  /** The name that {@link #vectors} and {@link #ids} are made of; none of a part without rows. */
  @Override
  public Iterator<String> call(Integer part, Iterator<InternalRow> rows) throws IOException {
    if (!rows.hasNext()) {
      return List.<String>of().iterator();
    }
    String name =
        String.format(Locale.ROOT, "attempt-%05d-%d", part, TaskContext.get().taskAttemptId());
    Path vectors = vectors(directory, name);
    FileSystem fileSystem = vectors.getFileSystem(hadoop.value());
    try (ArrayFile file =
        ArrayFile.create(
            fileSystem, vectors, ids(directory, name), format, counts[part], dimension)) {
      while (rows.hasNext()) {
        InternalRow row = rows.next();
        file.add(row.isNullAt(0) ? null : row.get(0, idType), row.getArray(1).toFloatArray());
      }
    }
    return List.of(name).iterator();
  }

  /** Where a task writes vectors. */
  static Path vectors(String directory, String name) {
    return new Path(directory, name + ".vectors");
  }

  /** Where it writes their ids. */
  static Path ids(String directory, String name) {
    return new Path(directory, name + ".ids");
  }
}
