package io.mobilenetspark.jobs.embed;

import io.mobilenetspark.image.ImageStatus;
import io.mobilenetspark.jobs.cli.Console;
import io.mobilenetspark.jobs.input.CarriedColumns;
import io.mobilenetspark.jobs.input.ImageTable;
import io.mobilenetspark.jobs.output.StagedVectors;
import io.mobilenetspark.jobs.output.VectorParts;
import io.mobilenetspark.jobs.output.VectorTable;
import io.mobilenetspark.jobs.table.VectorKind;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Writes a whole table in directories of partitions. Vectors are computed in the tasks of the
 * input, and then gathered: written by those tasks, each partition would get a file from each.
 */
final class PartitionedWrite {

  private final ImageTable images;
  private final CarriedColumns carried;
  private final VectorTable table;
  private final StagedVectors staged;

  PartitionedWrite(ImageTable images, CarriedColumns carried, VectorTable table, Console console) {
    this.images = images;
    this.carried = carried;
    this.table = table;
    this.staged = new StagedVectors(table, console);
  }

  /**
   * Computes and writes; all but {@link VectorTable#commit}.
   *
   * @return rows by status
   */
  Map<ImageStatus, Long> run(Embedding embedding) throws IOException {
    Dataset<Row> vectors = embedding.of(images.rows(), carried.all());
    VectorKind kind =
        VectorKind.of(
            embedding.facts(),
            vectors.schema(),
            carried.ids().size(),
            table.partitionBy(),
            Optional.empty());
    table.requireComparable(kind);
    Dataset<Row> kept = staged.write(vectors, embedding.counters(), images.count(), kind);
    new VectorParts(List.of(kept), kind, staged.instructionSets(), staged.rows()).writeTo(table);
    return embedding.counters().rows();
  }
}
