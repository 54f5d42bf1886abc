package io.mobilenetspark.spark;

import io.mobilenetspark.image.ImageInput;
import java.util.ArrayDeque;
import java.util.Iterator;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.util.TaskCompletionListener;

/**
 * The rows of a partition with their images. Files are read some rows ahead, several at once,
 * because a remote store takes longer to answer than an image takes to decode.
 */
final class PendingRows implements Iterator<PendingRows.Pending> {

  private final Iterator<InternalRow> rows;
  private final DataType[] carried;
  private final ImageColumn column;
  private final FileSource files;
  private final ArrayDeque<Pending> ahead = new ArrayDeque<>();

  /**
   * @param rows rows of the carried columns, then the image
   * @param carried types of the carried columns
   * @param column how the image is read
   * @param files reads images that are given by their path
   * @param task reads under way end with it
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
    TaskCompletionListener cancel = ignored -> ahead.forEach(pending -> pending.image().cancel());
    task.addTaskCompletionListener(cancel);
  }

  /** The columns that were carried along, and the image. */
  record Pending(InternalRow carried, PendingImage image) {}

  @Override
  public boolean hasNext() {
    return !ahead.isEmpty() || rows.hasNext();
  }

  @Override
  public Pending next() {
    if (!(column instanceof ImageColumn.Location)) {
      return pending(rows.next());
    }
    readAhead();
    Pending next = ahead.remove();
    readAhead(); // so that the stores answer while this one is decoded
    return next;
  }

  private void readAhead() {
    while (ahead.size() < FileSource.READ_AHEAD && rows.hasNext()) {
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
    return PendingImage.of(files, row.getUTF8String(carried.length).toString());
  }
}
