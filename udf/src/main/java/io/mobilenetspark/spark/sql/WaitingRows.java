package io.mobilenetspark.spark.sql;

import static java.util.Objects.requireNonNull;

import io.mobilenetspark.image.ImageInput;
import io.mobilenetspark.spark.FileSource;
import io.mobilenetspark.spark.ImageColumn;
import io.mobilenetspark.spark.PendingImage;
import java.util.ArrayDeque;
import java.util.Iterator;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.apache.spark.shuffle.FetchFailedException;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.unsafe.types.UTF8String;
import org.apache.spark.util.TaskCompletionListener;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a partition with their images. Files are read some rows ahead, several at once; a row
 * that holds its image itself is taken only when it is asked for. A row that can't be had ends the
 * rows; its error is kept until those before it are no longer needed. For the task's own thread.
 */
final class WaitingRows {

  private final Iterator<InternalRow> rows;
  private final Expression image;
  private final ImageColumn column;
  private final @Nullable FileSource files;
  private final ArrayDeque<Waiting> ahead = new ArrayDeque<>();
  private @Nullable Waiting last;
  private @Nullable Exception failure;
  private InputFile file = InputFile.current();

  /**
   * A row and its image.
   *
   * @param row a copy: Spark reuses its rows
   * @param key the image by its content or its path; null if there is none
   * @param bytes what they hold of the Java heap, but for a file's bytes
   * @param file what the row was read from
   */
  record Waiting(
      InternalRow row, PendingImage image, @Nullable ImageKey key, long bytes, InputFile file) {}

  /**
   * @param image the image's expression, bound to the rows
   * @param column how its value is read
   * @param files reads images that are given by their path; null where none are
   * @param task reads under way end with it
   */
  WaitingRows(
      Iterator<InternalRow> rows,
      Expression image,
      ImageColumn column,
      @Nullable FileSource files,
      TaskContext task) {
    this.rows = rows;
    this.image = image;
    this.column = column;
    this.files = files;
    TaskCompletionListener cancel = ignored -> ahead.forEach(row -> row.image().cancel());
    task.addTaskCompletionListener(cancel);
  }

  /** The next row, which stays the next; null if there is none, or if it can't be had. */
  @Nullable Waiting peek() {
    readAhead();
    if (ahead.isEmpty()) {
      read();
    }
    return ahead.peek();
  }

  /** Takes the row that {@link #peek} gave. */
  void remove() {
    ahead.remove();
  }

  /** Throws what ended the rows before their end, if something did. */
  void requireEnd() {
    if (failure != null) {
      throw Unchecked.<RuntimeException>rethrow(failure);
    }
  }

  /** Begins to read the files of the next rows. */
  void readAhead() {
    while (column instanceof ImageColumn.Location && ahead.size() < FileSource.READ_AHEAD) {
      if (!read()) {
        return;
      }
    }
  }

  private boolean read() {
    file.restore();
    try {
      if (failure != null || !rows.hasNext()) {
        return false;
      }
      InternalRow row = rows.next();
      file = InputFile.current();
      return ahead.add(waiting(row));
    } catch (Exception e) { // Scala's iterators throw checked ones, too
      if (e instanceof TaskKilledException || e instanceof FetchFailedException) {
        throw Unchecked.<RuntimeException>rethrow(e); // the task must end, whatever it has
      }
      failure = e;
      return false;
    }
  }

  private Waiting waiting(InternalRow row) {
    Object value = image.eval(row);
    if (column instanceof ImageColumn.InRow inRow) {
      ImageInput input = inRow.read(new GenericInternalRow(new Object[] {value}), 0);
      ImageKey key = input instanceof ImageInput.Missing ? null : ImageKey.of(inRow, value);
      // A struct's bytes are copied for the image and for its key.
      long bytes = size(row) + 2 * input.heldBytes();
      return new Waiting(row.copy(), PendingImage.of(input), key, bytes, file);
    } else if (value == null) {
      PendingImage none = PendingImage.of(new ImageInput.Missing());
      return new Waiting(row.copy(), none, null, size(row), file);
    }
    UTF8String path = (UTF8String) value;
    ImageKey key = ImageKey.ofPath(path.getBytes());
    // A file that many rows name is read once if they are next to one another.
    PendingImage pending =
        last != null && key.equals(last.key())
            ? last.image()
            : PendingImage.of(requireNonNull(files, "files"), path.toString());
    last = new Waiting(row.copy(), pending, key, size(row), file);
    return last;
  }

  private static long size(InternalRow row) {
    return row instanceof UnsafeRow whole ? whole.getSizeInBytes() : 0;
  }
}
