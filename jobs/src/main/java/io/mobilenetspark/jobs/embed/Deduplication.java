package io.mobilenetspark.jobs.embed;

import io.mobilenetspark.image.ImageStatus;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/** Computes each image once, and gives its vector to all rows that have it. */
final class Deduplication {

  private Deduplication() {}

  /** Computes rows, and keeps the vectors. */
  interface Work {

    /**
     * Computes.
     *
     * @param rows with their images
     * @param count how many there are
     * @return the vectors, read from where they are kept
     */
    Dataset<Row> compute(Dataset<Row> rows, long count) throws IOException;
  }

  /**
   * What came of it.
   *
   * @param parts the rows of the table, together
   * @param copied rows that got the vector of another one, by status
   * @param hasKnown whether known vectors are among them
   */
  record Outcome(List<Dataset<Row>> parts, Map<ImageStatus, Long> copied, boolean hasKnown) {

    /** How many rows were not computed. */
    long duplicates() {
      return copied.values().stream().mapToLong(Long::longValue).sum();
    }
  }

  /**
   * Does it.
   *
   * @param input the rows
   * @param known rows whose vectors need not be computed again
   * @param columns of the table: what the input carries, and what is added to it
   * @param place a directory that is not there
   */
  static Outcome run(
      HashedRows input, Optional<Dataset<Row>> known, StructType columns, Path place, Work work)
      throws IOException {
    Duplicates duplicates = Duplicates.find(input, known, place);
    List<Dataset<Row>> parts = new ArrayList<>();
    Optional<Dataset<Row>> computed = Optional.empty();
    if (duplicates.toCompute() > 0 || duplicates.copied() == 0) {
      Dataset<Row> vectors = work.compute(duplicates.computed(), duplicates.toCompute());
      computed = Optional.of(vectors);
      parts.add(duplicates.alone(vectors));
      Optional<Dataset<Row>> missed = duplicates.missed(vectors);
      if (missed.isPresent()) {
        Dataset<Row> others = work.compute(missed.get(), missed.get().count());
        parts.set(0, duplicates.alone(vectors));
        parts.add(others);
      }
    }
    if (duplicates.copied() > 0) {
      parts.add(duplicates.fannedOut(computed, known, columns));
    }
    return new Outcome(parts, duplicates.copied(computed, known), duplicates.hasKnown());
  }
}
