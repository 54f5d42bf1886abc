package io.mobilenetspark.jobs.vectors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;

/**
 * Vectors in one file and their ids, in the same order, in another: a JSON value a line, a number
 * or a string. All of it is ASCII, so that a line is a line to every reader, whatever its charset
 * and whatever the ids are.
 */
final class ArrayFile implements Closeable {

  private static final JsonFactory JSON =
      new JsonFactoryBuilder()
          .rootValueSeparator("\n")
          .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
          .build();

  private final OutputStream vectors;
  private final JsonGenerator ids;
  private final ByteBuffer bytes;
  private final FloatBuffer values;
  private boolean hasIds;

  private ArrayFile(OutputStream vectors, JsonGenerator ids, ByteBuffer bytes) {
    this.vectors = vectors;
    this.ids = ids;
    this.bytes = bytes;
    this.values = bytes.slice().order(bytes.order()).asFloatBuffer();
  }

  /**
   * Begins both files; replaces those that are there.
   *
   * @param rows how many will be added
   */
  static ArrayFile create(
      FileSystem fileSystem, Path vectors, Path ids, ArrayFormat format, long rows, int dimension)
      throws IOException {
    OutputStream out = fileSystem.create(vectors, true);
    try {
      out.write(format.header(rows, dimension));
      OutputStream names = fileSystem.create(ids, true);
      return new ArrayFile(out, JSON.createGenerator(names), format.buffer(dimension));
    } catch (IOException e) {
      out.close();
      throw e;
    }
  }

  /**
   * Adds a row.
   *
   * @param id null, a whole number, or text
   */
  void add(@Nullable Object id, float[] vector) throws IOException {
    values.clear();
    values.put(vector);
    vectors.write(bytes.array(), bytes.arrayOffset(), bytes.capacity());
    if (id == null) {
      ids.writeNull();
    } else if (id instanceof Long number) {
      ids.writeNumber(number);
    } else {
      ids.writeString(id.toString());
    }
    hasIds = true;
  }

  /** Ends both. A file system may say only here that it could not write. */
  @Override
  public void close() throws IOException {
    try (vectors;
        ids) {
      if (hasIds) {
        ids.writeRaw('\n');
      }
    }
  }
}
