package io.mobilenetspark.spark.sql;

import static java.util.Objects.requireNonNull;

import io.mobilenetspark.image.FileBudget;
import io.mobilenetspark.image.ImageInput;
import io.mobilenetspark.image.ImageOutcome;
import io.mobilenetspark.image.ImageStatus;
import io.mobilenetspark.runtime.Embedding;
import io.mobilenetspark.runtime.ExtractorCache;
import io.mobilenetspark.spark.EmbedCounters;
import io.mobilenetspark.spark.EmbedOptions;
import io.mobilenetspark.spark.EmbeddingRow;
import io.mobilenetspark.spark.FileSource;
import io.mobilenetspark.spark.ImageColumn;
import io.mobilenetspark.spark.PendingImage;
import io.mobilenetspark.spark.TaskEmbedder;
import io.mobilenetspark.spark.sql.WaitingRows.Waiting;
import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
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
 *
 * <p>A query may want fewer rows than a batch has. So a row is counted, and fails in mode FAILFAST,
 * when it is asked for, and a failure to read a row waits until those before it are handed out.
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
    private final Queue<Ready> ready = new ArrayDeque<>();
    private final Result missing =
        new Result(
            EmbeddingRow.ofMissing(options.images()),
            new ImageOutcome.Rejected(ImageStatus.NULL_INPUT, "the image is NULL"));
    private Map<ImageKey, Result> known = new HashMap<>();
    private int size; // of a batch; 0 until the first row
    private @Nullable TaskEmbedder embedder; // opened by the first image: there may be none

    Evaluated(Iterator<InternalRow> rows, TaskContext task) {
      this.rows = new WaitingRows(rows, image, column, files(), task);
      this.task = task;
    }

    @Override
    public boolean hasNext() {
      if (ready.isEmpty()) {
        task.killTaskIfInterrupted();
        evaluateBatch();
        task.killTaskIfInterrupted(); // or a task that was told to end begins a file
      }
      return !ready.isEmpty();
    }

    @Override
    public InternalRow next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      Ready next = ready.remove();
      next.file().restore();
      ImageOutcome outcome = next.result().outcome();
      count(outcome.status());
      if (outcome.status().isMalformed()) {
        FailureLog.OF_EXECUTOR.tell(outcome.status(), () -> name(next.row()));
      }
      if (embedder != null) { // or there was no image to fail
        embedder.requireReadable(outcome, () -> name(next.row()));
      }
      return toUnsafe.apply(new JoinedRow(next.row(), next.result().columns()));
    }

    private void count(ImageStatus status) {
      metrics.rows().add(1);
      if (status.isMalformed()) {
        metrics.unreadable().add(1);
      }
      if (counters != null) {
        counters.addRow(status);
      }
    }

    private void evaluateBatch() {
      Batch batch = nextBatch();
      if (batch.rows.isEmpty()) {
        rows.requireEnd();
        return;
      }
      if (!batch.isLarge) { // or its file is held, and no row may be asked for
        rows.readAhead(); // so that the stores answer while the model runs
      }
      Map<ImageKey, Result> results = embed(batch);
      for (Waiting next : batch.rows) {
        ready.add(new Ready(next.row(), result(next.key(), results), next.file()));
      }
      if (!results.isEmpty()) {
        // Keys are the images where rows hold them: giants are evaluated again rather than kept.
        known = batch.bytes < FileBudget.batchBytes() ? results : Map.of();
      }
    }

    /** The next rows with a batch of images, or fewer where they hold many bytes. */
    private Batch nextBatch() {
      Batch batch = new Batch();
      while (batch.rows.isEmpty() || !isFull(batch)) {
        Waiting next = rows.peek();
        if (next == null) {
          break;
        }
        ImageKey key = next.key();
        boolean isNew = key != null && !known.containsKey(key) && !batch.images.containsKey(key);
        if (isNew && isLarge(next, batch)) {
          if (batch.images.isEmpty()) {
            rows.remove();
            batch.addLarge(next);
          }
          break;
        }
        rows.remove();
        batch.add(next, isNew);
      }
      return batch;
    }

    private boolean isFull(Batch batch) {
      if (size == 0) {
        size = options.imagesOf(task);
      }
      return batch.images.size() >= size
          || batch.rows.size() / MAX_WAITING >= size
          || batch.bytes >= FileBudget.batchBytes();
    }

    private boolean isLarge(Waiting next, Batch batch) {
      ImageInput image = next.image().unlessLarge(task);
      if (image != null && column instanceof ImageColumn.Location) {
        batch.bytes += image.heldBytes();
      }
      return image == null;
    }

    private Result result(@Nullable ImageKey key, Map<ImageKey, Result> results) {
      if (key == null) {
        return missing;
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

    private Map<ImageKey, Result> embed(Batch batch) {
      Map<ImageKey, Result> results = new HashMap<>();
      if (batch.images.isEmpty()) {
        return results;
      }
      List<Embedding> embeddings = embeddings(embedder(), batch.images.values());
      metrics.runs().add(1);
      metrics.images().add(embeddings.size());
      if (counters != null) {
        counters.addBatch();
      }
      int i = 0;
      for (ImageKey key : batch.images.keySet()) {
        Embedding embedding = embeddings.get(i++);
        results.put(
            key, new Result(EmbeddingRow.of(embedding, options.images()), embedding.outcome()));
      }
      return results;
    }

    private List<Embedding> embeddings(TaskEmbedder with, Collection<PendingImage> images) {
      List<ImageInput> inputs = new ArrayList<>();
      for (PendingImage image : images) {
        ImageInput input = image.unlessLarge(task);
        if (input == null) { // it is alone
          return image.use(task, large -> with.embed(List.of(large)));
        }
        inputs.add(input);
      }
      return with.embed(inputs);
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

  /** Rows, and the different images in them that must be embedded. */
  private static final class Batch {
    private final List<Waiting> rows = new ArrayList<>();
    private final Map<ImageKey, PendingImage> images = new LinkedHashMap<>();
    private long bytes;
    private boolean isLarge;

    /** Adds a row, and its image if it is not there yet. */
    void add(Waiting next, boolean isNew) {
      rows.add(next);
      bytes += next.bytes();
      if (isNew) {
        images.put(requireNonNull(next.key()), next.image());
      }
    }

    /** Adds the only image of this batch, a large file. */
    void addLarge(Waiting next) {
      add(next, true);
      isLarge = true;
    }
  }

  private record Result(InternalRow columns, ImageOutcome outcome) {}

  private record Ready(InternalRow row, Result result, InputFile file) {}

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
