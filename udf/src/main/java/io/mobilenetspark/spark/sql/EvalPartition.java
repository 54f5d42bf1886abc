package io.mobilenetspark.spark.sql;

import io.mobilenetspark.image.ImageStatus;
import io.mobilenetspark.runtime.Embedding;
import io.mobilenetspark.runtime.ExtractorCache;
import io.mobilenetspark.spark.EmbedCounters;
import io.mobilenetspark.spark.EmbedOptions;
import io.mobilenetspark.spark.EmbeddingRow;
import io.mobilenetspark.spark.FileSource;
import io.mobilenetspark.spark.ImageColumn;
import io.mobilenetspark.spark.TaskEmbedder;
import io.mobilenetspark.spark.sql.WaitingRows.Waiting;
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
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.JoinedRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.execution.metric.SQLMetric;
import org.apache.spark.util.SerializableConfiguration;
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
  private final ImageColumn column;
  private final @Nullable Broadcast<SerializableConfiguration> files;
  private final @Nullable EmbedCounters counters;
  private final Expression image;
  private final Seq<Attribute> input;
  private final Seq<Attribute> output;
  private final Metrics metrics;

  /** What the operator counts. */
  record Metrics(SQLMetric rows, SQLMetric images, SQLMetric runs, SQLMetric unreadable)
      implements Serializable {}

  EvalPartition(
      MobileNetFunction function,
      Expression image,
      Seq<Attribute> input,
      Seq<Attribute> output,
      Metrics metrics) {
    this.model = function.model();
    this.options = function.options();
    this.column = function.column();
    this.files = function.extras().files();
    this.counters = function.extras().counters();
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
    private final WaitingRows rows;
    private final TaskContext task;
    private final UnsafeProjection toUnsafe =
        UnsafeProjection.create(Scala.<Expression>seq(Scala.list(output)), output);
    private final Queue<InternalRow> ready = new ArrayDeque<>();
    private Map<ImageKey, Result> known = new HashMap<>();
    private @Nullable TaskEmbedder embedder; // opened by the first image: there may be none

    Evaluated(Iterator<InternalRow> rows, TaskContext task) {
      this.rows = new WaitingRows(rows, image, column, files(), task);
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
        Waiting next = rows.next();
        waiting.add(next);
        if (next.key() != null && !known.containsKey(next.key())) {
          batch.putIfAbsent(next.key(), next);
        }
      }
      rows.readAhead(); // so that the stores answer while the model runs
      Map<ImageKey, Result> results = embed(batch);
      for (Waiting next : waiting) {
        add(next, result(next.key(), results));
      }
      if (!results.isEmpty()) {
        known = results;
      }
    }

    private void add(Waiting waiting, Result result) {
      if (result.status().isMalformed()) {
        metrics.unreadable().add(1);
      }
      if (counters != null) {
        counters.addRow(result.status());
      }
      ready.add(new JoinedRow(waiting.row(), result.columns()));
    }

    private Result result(@Nullable ImageKey key, Map<ImageKey, Result> results) {
      if (key == null) {
        return MISSING;
      }
      Result result = results.get(key);
      if (result == null) {
        result = known.get(key);
      }
      if (result == null) {
        throw new IllegalStateException("an image was not embedded");
      }
      return result;
    }

    private Map<ImageKey, Result> embed(Map<ImageKey, Waiting> batch) {
      Map<ImageKey, Result> results = new HashMap<>();
      if (batch.isEmpty()) {
        return results;
      }
      TaskEmbedder with = embedder();
      List<Embedding> embeddings =
          with.embed(batch.values().stream().map(waiting -> waiting.image().get(task)).toList());
      metrics.runs().add(1);
      metrics.images().add(embeddings.size());
      if (counters != null) {
        counters.addBatch();
      }
      int i = 0;
      for (Map.Entry<ImageKey, Waiting> entry : batch.entrySet()) {
        Embedding embedding = embeddings.get(i++);
        with.requireReadable(embedding.outcome(), () -> name(entry.getValue().row()));
        results.put(
            entry.getKey(), new Result(EmbeddingRow.of(embedding), embedding.outcome().status()));
      }
      return results;
    }

    private TaskEmbedder embedder() {
      TaskEmbedder open = embedder;
      if (open == null) {
        open = TaskEmbedder.open(model::frozen, options, task);
        embedder = open;
        if (counters != null && open.sessionKind() == ExtractorCache.Kind.OPENED) {
          counters.addSession();
        }
      }
      return open;
    }
  }

  private static final Result MISSING =
      new Result(EmbeddingRow.ofMissing(), ImageStatus.NULL_INPUT);

  private record Result(InternalRow columns, ImageStatus status) {}

  private @Nullable FileSource files() {
    return files == null
        ? null
        : new FileSource(files.value().value(), options.images().limits().maxBytes());
  }

  /** The row's name in errors: those of its columns that a person can read. */
  private String name(InternalRow row) {
    return RowNames.describe(row, Scala.list(input));
  }
}
