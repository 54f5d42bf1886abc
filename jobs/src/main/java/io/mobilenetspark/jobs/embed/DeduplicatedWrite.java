package io.mobilenetspark.jobs.embed;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.not;

import io.mobilenetspark.image.ImageStatus;
import io.mobilenetspark.jobs.cli.Console;
import io.mobilenetspark.jobs.cli.LabelOptions;
import io.mobilenetspark.jobs.input.CarriedColumns;
import io.mobilenetspark.jobs.input.FileTasks;
import io.mobilenetspark.jobs.input.ImageTable;
import io.mobilenetspark.jobs.output.StagedVectors;
import io.mobilenetspark.jobs.output.VectorParts;
import io.mobilenetspark.jobs.output.VectorTable;
import io.mobilenetspark.jobs.table.VectorKind;
import io.mobilenetspark.spark.ClassicSpark;
import io.mobilenetspark.spark.EmbedOptions;
import io.mobilenetspark.spark.FeatureTable;
import io.mobilenetspark.spark.MalformedMode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * Writes a whole table of which each image is computed once; the table is the one that would be
 * written otherwise. Vectors are kept in the run's folder until all are there.
 */
final class DeduplicatedWrite {

  private final ImageTable images;
  private final CarriedColumns carried;
  private final int partitions;
  private final VectorTable table;
  private final StagedVectors staged;

  /**
   * @param partitions how many tasks were asked for; 0 if none
   */
  DeduplicatedWrite(
      ImageTable images,
      CarriedColumns carried,
      int partitions,
      VectorTable table,
      Console console) {
    this.images = images;
    this.carried = carried;
    this.partitions = partitions;
    this.table = table;
    this.staged = new StagedVectors(table, console);
  }

  /**
   * What a run did.
   *
   * @param rows by status, those that were left out among them
   * @param duplicates rows that got the vector of another one
   */
  record Result(Map<ImageStatus, Long> rows, long duplicates) {}

  /** Computes and writes; all but {@link VectorTable#commit}. */
  Result run(Embedding asked) throws IOException {
    StructType columns = asked.of(images.rows(), carried.all()).schema();
    VectorKind kind =
        VectorKind.of(
            asked.facts(), columns, carried.ids().size(), table.partitionBy(), Optional.empty());
    table.requireComparable(kind);
    // Rows are left out at the end: the file of a row may be bad where that of another one is not.
    boolean areDropped = asked.options().mode() == MalformedMode.DROPMALFORMED;
    Embedding embedding = areDropped ? permissive(asked) : asked;
    List<String> withHash = new ArrayList<>(carried.all());
    String hash = freeName();
    withHash.add(hash);
    StructType hashed = embedding.of(withNoHash(hash), withHash).schema();
    Deduplication.Outcome outcome =
        Deduplication.run(
            new HashedRows(
                images.rows(),
                images.imageColumn(),
                carried.ids().size(),
                withHash,
                hash,
                embedding.options().images().limits().maxBytes()),
            Optional.empty(),
            hashed,
            table.scratch("duplicates"),
            (rows, count) -> compute(embedding, withHash, rows, count, kind));
    Map<ImageStatus, Long> rows = new EnumMap<>(embedding.counters().rows());
    outcome.copied().forEach((status, number) -> rows.merge(status, number, Long::sum));
    List<Dataset<Row>> parts = outcome.parts().stream().map(part -> part.drop(hash)).toList();
    if (areDropped) {
      parts = parts.stream().map(DeduplicatedWrite::withoutMalformed).toList();
    }
    long expected =
        rows.entrySet().stream()
            .filter(entry -> !areDropped || !entry.getKey().isMalformed())
            .mapToLong(Map.Entry::getValue)
            .sum();
    new VectorParts(parts, kind, staged.instructionSets(), expected).writeTo(table);
    return new Result(rows, outcome.duplicates());
  }

  private static Embedding permissive(Embedding asked) {
    EmbedOptions options = asked.options();
    return new Embedding(
        asked.imageColumn(),
        asked.model(),
        new EmbedOptions(
            options.images(), options.precision(), options.batchSize(), MalformedMode.PERMISSIVE),
        asked.labels(),
        asked.counters());
  }

  /** A name that no column has. */
  private String freeName() {
    List<String> taken = new ArrayList<>(List.of(images.rows().columns()));
    taken.addAll(FeatureTable.ADDED);
    taken.add(LabelOptions.COLUMN);
    String name = VectorKind.SHA256;
    while (hasName(taken, name)) {
      name += "_";
    }
    return name;
  }

  private static boolean hasName(List<String> taken, String name) {
    return taken.stream().anyMatch(other -> ClassicSpark.isSameName(other, name));
  }

  private Dataset<Row> withNoHash(String hash) {
    return images.rows().withColumn(hash, org.apache.spark.sql.functions.lit(null).cast("string"));
  }

  private Dataset<Row> compute(
      Embedding embedding, List<String> withHash, Dataset<Row> rows, long count, VectorKind kind)
      throws IOException {
    Dataset<Row> vectors =
        embedding.of(images.dealtOut(rows, FileTasks.number(images, count, partitions)), withHash);
    return staged.write(vectors, embedding.counters(), OptionalLong.of(count), kind);
  }

  private static Dataset<Row> withoutMalformed(Dataset<Row> vectors) {
    Column isMalformed =
        col(FeatureTable.STATUS)
            .isin(
                Arrays.stream(ImageStatus.values())
                    .filter(ImageStatus::isMalformed)
                    .map(ImageStatus::name)
                    .toArray());
    return vectors.where(not(isMalformed));
  }
}
