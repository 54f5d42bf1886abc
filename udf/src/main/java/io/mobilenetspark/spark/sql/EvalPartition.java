package io.mobilenetspark.spark.sql;

import io.mobilenetspark.image.ImageInput;
import io.mobilenetspark.runtime.Embedding;
import io.mobilenetspark.spark.EmbedOptions;
import io.mobilenetspark.spark.EmbeddingRow;
import io.mobilenetspark.spark.ImageColumn;
import io.mobilenetspark.spark.TaskEmbedder;
import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Queue;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.JoinedRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.execution.metric.SQLMetric;
import org.jspecify.annotations.Nullable;
import scala.collection.immutable.Seq;

/**
 * Embeds the images of one partition. Rows with the same image next to one another, as a join gives
 * them, share one evaluation: a batch holds different images, and the last batch is remembered.
 */
final class EvalPartition implements FlatMapFunction<Iterator<InternalRow>, InternalRow> {
  private static final long serialVersionUID = 1;

  /** Rows that wait for a batch to fill, in batches: bounds what NULLs and repetitions keep. */
  private static final int MAX_WAITING = 4;

  private final SqlModel model;
  private final EmbedOptions options;
  private final ImageColumn.InRow column;
  private final Expression image;
  private final Seq<Attribute> input;
  private final Seq<Attribute> output;
  private final Metrics metrics;

  /** What the operator counts. */
  record Metrics(SQLMetric rows, SQLMetric images, SQLMetric runs) implements Serializable {}

  EvalPartition(
      MobileNetFunction function,
      Expression image,
      Seq<Attribute> input,
      Seq<Attribute> output,
      Metrics metrics) {
    this.model = function.model();
    this.options = function.options();
    this.column = function.column();
    this.image = image;
    this.input = input;
    this.output = output;
    this.metrics = metrics;
  }

  @Override
  public Iterator<InternalRow> call(Iterator<InternalRow> rows) {
    return new Evaluated(rows, TaskContext.get());
  }

  private final class Evaluated implements Iterator<InternalRow> {
    private final Iterator<InternalRow> rows;
    private final TaskContext task;
    private final UnsafeProjection toUnsafe =
        UnsafeProjection.create(Scala.<Expression>seq(Scala.list(output)), output);
    private final Queue<InternalRow> ready = new ArrayDeque<>();
    private Map<ImageKey, InternalRow> known = new HashMap<>();
    private @Nullable TaskEmbedder embedder; // opened by the first image: there may be none

    Evaluated(Iterator<InternalRow> rows, TaskContext task) {
      this.rows = rows;
      this.task = task;
    }

    @Override
    public boolean hasNext() {
      if (ready.isEmpty() && rows.hasNext()) {
        task.killTaskIfInterrupted();
        evaluateBatch();
      }
      return !ready.isEmpty();
    }

    @Override
    public InternalRow next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      metrics.rows().add(1);
      return toUnsafe.apply(ready.remove());
    }

    private void evaluateBatch() {
      int size = options.batchSize();
      List<Waiting> waiting = new ArrayList<>();
      Map<ImageKey, Waiting> batch = new LinkedHashMap<>();
      while (batch.size() < size && waiting.size() < MAX_WAITING * size && rows.hasNext()) {
        InternalRow row = rows.next();
        Object value = image.eval(row);
        ImageInput input = column.read(new GenericInternalRow(new Object[] {value}), 0);
        // Spark reuses its rows: what is kept must be copied.
        if (input instanceof ImageInput.Missing) {
          waiting.add(new Waiting(row.copy(), input, null));
        } else {
          ImageKey key = ImageKey.of(column, value);
          Waiting next = new Waiting(row.copy(), input, key);
          waiting.add(next);
          if (!known.containsKey(key)) {
            batch.putIfAbsent(key, next);
          }
        }
      }
      Map<ImageKey, InternalRow> results = embed(batch);
      for (Waiting next : waiting) {
        ready.add(new JoinedRow(next.row(), result(next.key(), results)));
      }
      if (!results.isEmpty()) {
        known = results;
      }
    }

    private InternalRow result(@Nullable ImageKey key, Map<ImageKey, InternalRow> results) {
      if (key == null) {
        return EmbeddingRow.ofMissing();
      }
      InternalRow result = results.get(key);
      if (result == null) {
        result = known.get(key);
      }
      if (result == null) {
        throw new IllegalStateException("an image was not embedded");
      }
      return result;
    }

    private Map<ImageKey, InternalRow> embed(Map<ImageKey, Waiting> batch) {
      Map<ImageKey, InternalRow> results = new HashMap<>();
      if (batch.isEmpty()) {
        return results;
      }
      if (embedder == null) {
        embedder = TaskEmbedder.open(model::frozen, options, task);
      }
      List<Embedding> embeddings =
          embedder.embed(batch.values().stream().map(Waiting::image).toList());
      metrics.runs().add(1);
      metrics.images().add(embeddings.size());
      int i = 0;
      for (Map.Entry<ImageKey, Waiting> entry : batch.entrySet()) {
        Embedding embedding = embeddings.get(i++);
        embedder.requireReadable(embedding.outcome(), () -> name(entry.getValue().row()));
        results.put(entry.getKey(), EmbeddingRow.of(embedding));
      }
      return results;
    }
  }

  private record Waiting(InternalRow row, ImageInput image, @Nullable ImageKey key) {}

  /** The row's name in errors: those of its columns that a person can read. */
  private String name(InternalRow row) {
    return RowNames.describe(row, Scala.list(input));
  }
}
