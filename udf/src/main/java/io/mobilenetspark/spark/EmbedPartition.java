package io.mobilenetspark.spark;

import io.mobilenetspark.image.ImageOutcome;
import io.mobilenetspark.model.FrozenModel;
import io.mobilenetspark.runtime.Embedding;
import io.mobilenetspark.runtime.ExtractorCache;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.JoinedRow;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Embeds one partition: rows of the carried columns and the image in; rows of the carried columns,
 * vector, status, error, width and height out, in the same order.
 */
final class EmbedPartition implements FlatMapFunction<Iterator<InternalRow>, InternalRow> {
  private static final long serialVersionUID = 1;

  private final Broadcast<FrozenModel> model;
  private final Broadcast<SerializableConfiguration> hadoop;
  private final EmbedOptions options;
  private final EmbedCounters counters;
  private final ImageColumn column;
  private final DataType[] carried;

  EmbedPartition(
      Broadcast<FrozenModel> model,
      Broadcast<SerializableConfiguration> hadoop,
      EmbedOptions options,
      EmbedCounters counters,
      ImageColumn column,
      DataType[] carried) {
    this.model = model;
    this.hadoop = hadoop;
    this.options = options;
    this.counters = counters;
    this.column = column;
    this.carried = carried;
  }

  @Override
  public Iterator<InternalRow> call(Iterator<InternalRow> rows) {
    TaskContext task = TaskContext.get();
    TaskEmbedder embedder = TaskEmbedder.open(model::value, options, task);
    if (embedder.sessionKind() == ExtractorCache.Kind.OPENED) {
      counters.addSession();
    }
    FileSource files = new FileSource(hadoop.value().value(), options.images().limits().maxBytes());
    return new Embeddings(task, new PendingRows(rows, carried, column, files), embedder);
  }

  private final class Embeddings implements Iterator<InternalRow> {
    private final TaskContext task;
    private final PendingRows rows;
    private final TaskEmbedder embedder;
    private final Queue<InternalRow> ready = new ArrayDeque<>();
    private boolean isExhausted;

    Embeddings(TaskContext task, PendingRows rows, TaskEmbedder embedder) {
      this.task = task;
      this.rows = rows;
      this.embedder = embedder;
    }

    @Override
    public boolean hasNext() {
      while (ready.isEmpty() && !isExhausted) {
        task.killTaskIfInterrupted();
        embedNextBatch();
      }
      return !ready.isEmpty();
    }

    @Override
    public InternalRow next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      return ready.remove();
    }

    private void embedNextBatch() {
      PendingRows.Batch batch = rows.next(options.batchSize());
      isExhausted = batch.images().isEmpty();
      if (isExhausted) {
        return;
      }
      List<Embedding> embeddings = embedder.embed(batch.images());
      counters.addBatch();
      for (int i = 0; i < embeddings.size(); i++) {
        addRow(batch.carried().get(i), embeddings.get(i));
      }
    }

    private void addRow(InternalRow carriedRow, Embedding embedding) {
      ImageOutcome outcome = embedding.outcome();
      embedder.requireReadable(outcome, () -> id(carriedRow));
      counters.addRow(outcome.status());
      boolean isDropped =
          options.mode() == MalformedMode.DROPMALFORMED && outcome.status().isMalformed();
      if (!isDropped) {
        ready.add(new JoinedRow(carriedRow, EmbeddingRow.of(embedding)));
      }
    }
  }

  /** The row's name in errors: its first carried column. */
  private String id(InternalRow carriedRow) {
    return carried.length == 0 ? "" : String.valueOf(carriedRow.get(0, carried[0]));
  }
}
