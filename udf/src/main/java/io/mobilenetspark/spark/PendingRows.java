package io.mobilenetspark.spark;

import io.mobilenetspark.image.ImageInput;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.util.TaskCompletionListener;

/**
 * The rows of a partition with their images, some rows ahead: files are read while the model runs,
 * several at once, because a remote store takes longer to answer than an image takes to embed.
 */
final class PendingRows {

  private final Iterator<InternalRow> rows;
  private final DataType[] carried;
  private final ImageColumn column;
  private final FileSource files;
  private final TaskContext task;
  private final ArrayDeque<Pending> ahead = new ArrayDeque<>();

  /**
   * @param rows rows of the carried columns, then the image
   * @param carried types of the carried columns
   * @param column how the image is read
   * @param files reads images that are given by their path
   * @param task the task that waits for them; reads under way end with it
   */
  PendingRows(
      Iterator<InternalRow> rows,
      DataType[] carried,
      ImageColumn column,
      FileSource files,
      TaskContext task) {
    this.rows = rows;
    this.carried = carried;
    this.column = column;
    this.files = files;
    this.task = task;
    TaskCompletionListener cancel = ignored -> ahead.forEach(pending -> pending.image().cancel());
    task.addTaskCompletionListener(cancel);
  }

  private record Pending(InternalRow carried, PendingImage image) {}

  /** Rows with their images, side by side. */
  static final class Batch {
    private final List<InternalRow> carried = new ArrayList<>();
    private final List<ImageInput> images = new ArrayList<>();

    List<InternalRow> carried() {
      return carried;
    }

    List<ImageInput> images() {
      return images;
    }
  }

  /** The next rows, {@code size} at most; empty at the end of the partition. */
  Batch next(int size) {
    Batch batch = new Batch();
    while (batch.images.size() < size) {
      fill();
      Pending next = ahead.poll();
      if (next == null) {
        break;
      }
      batch.carried.add(next.carried);
      batch.images.add(next.image.get(task));
    }
    fill(); // so that the stores answer while the model runs
    return batch;
  }

  private void fill() {
    int window = column instanceof ImageColumn.Location ? FileSource.READ_AHEAD : 1;
    while (ahead.size() < window && rows.hasNext()) {
      ahead.add(pending(rows.next()));
    }
  }

  private Pending pending(InternalRow row) {
    Object[] values = new Object[carried.length];
    for (int i = 0; i < values.length; i++) {
      // Spark reuses its rows: what is kept must be copied.
      values[i] = InternalRow.copyValue(row.get(i, carried[i]));
    }
    return new Pending(new GenericInternalRow(values), image(row));
  }

  private PendingImage image(InternalRow row) {
    if (column instanceof ImageColumn.InRow inRow) {
      return PendingImage.of(inRow.read(row, carried.length));
    } else if (row.isNullAt(carried.length)) {
      return PendingImage.of(new ImageInput.Missing());
    }
    String location = row.getUTF8String(carried.length).toString();
    return PendingImage.of(files.readLater(location));
  }
}
