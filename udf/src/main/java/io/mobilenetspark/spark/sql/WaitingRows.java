package io.mobilenetspark.spark.sql;

import static java.util.Objects.requireNonNull;

import io.mobilenetspark.image.ImageInput;
import io.mobilenetspark.spark.FileSource;
import io.mobilenetspark.spark.ImageColumn;
import io.mobilenetspark.spark.PendingImage;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.unsafe.types.UTF8String;
import org.apache.spark.util.TaskCompletionListener;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a partition with their images. Files are read some rows ahead, several at once; a row
 * that holds its image itself is taken only when it is asked for. For the task's own thread.
 */
final class WaitingRows implements Iterator<WaitingRows.Waiting> {

  private final Iterator<InternalRow> rows;
  private final Expression image;
  private final ImageColumn column;
  private final @Nullable FileSource files;
  private final ArrayDeque<Waiting> ahead = new ArrayDeque<>();
  private @Nullable Waiting last;

  /**
   * A row and its image.
   *
   * @param row a copy: Spark reuses its rows
   * @param key the image by its content or its path; null if there is none
   */
  record Waiting(InternalRow row, PendingImage image, @Nullable ImageKey key) {}

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

  @Override
  public boolean hasNext() {
    return !ahead.isEmpty() || rows.hasNext();
  }

  @Override
  public Waiting next() {
    readAhead();
    Waiting next = ahead.poll();
    if (next != null) {
      return next;
    }
    if (!rows.hasNext()) {
      throw new NoSuchElementException();
    }
    return waiting(rows.next());
  }

  /** Begins to read the files of the next rows. */
  void readAhead() {
    while (column instanceof ImageColumn.Location
        && ahead.size() < FileSource.READ_AHEAD
        && rows.hasNext()) {
      ahead.add(waiting(rows.next()));
    }
  }

  private Waiting waiting(InternalRow row) {
    Object value = image.eval(row);
    if (column instanceof ImageColumn.InRow inRow) {
      ImageInput input = inRow.read(new GenericInternalRow(new Object[] {value}), 0);
      ImageKey key = input instanceof ImageInput.Missing ? null : ImageKey.of(inRow, value);
      return new Waiting(row.copy(), PendingImage.of(input), key);
    } else if (value == null) {
      return new Waiting(row.copy(), PendingImage.of(new ImageInput.Missing()), null);
    }
    UTF8String path = (UTF8String) value;
    ImageKey key = ImageKey.ofPath(path.getBytes());
    // A file that many rows name is read once if they are next to one another.
    PendingImage pending =
        last != null && key.equals(last.key())
            ? last.image()
            : PendingImage.of(requireNonNull(files, "files").readLater(path.toString()));
    last = new Waiting(row.copy(), pending, key);
    return last;
  }
}
