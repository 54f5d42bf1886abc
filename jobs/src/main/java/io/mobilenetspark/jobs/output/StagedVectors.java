package io.mobilenetspark.jobs.output;

import io.mobilenetspark.jobs.cli.Console;
import io.mobilenetspark.jobs.cli.Progress;
import io.mobilenetspark.jobs.table.OutputContent;
import io.mobilenetspark.jobs.table.VectorFiles;
import io.mobilenetspark.jobs.table.VectorKind;
import io.mobilenetspark.jobs.table.VectorWriter;
import io.mobilenetspark.spark.EmbedCounters;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Vectors that are computed into the run's own folder, from where the table takes them. */
public final class StagedVectors {

  private final VectorTable table;
  private final Console console;
  private final Set<String> instructionSets = new TreeSet<>();
  private int folders;
  private long rows;

  public StagedVectors(VectorTable table, Console console) {
    this.table = table;
    this.console = console;
  }

  /**
   * Computes.
   *
   * @param vectors the query
   * @param counters that it counts with
   * @param count how many there are, if that is known
   * @return the same, read from where they are kept
   */
  public Dataset<Row> write(
      Dataset<Row> vectors, EmbedCounters counters, OptionalLong count, VectorKind kind)
      throws IOException {
    folders++;
    Path folder = table.scratch("vectors-" + folders);
    SparkSession spark = vectors.sparkSession();
    Progress progress = Progress.start(spark.sparkContext(), counters, count, console);
    try {
      VectorWriter.of(vectors, kind.footer()).save(folder.toString());
    } finally {
      progress.stop();
    }
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    var footers =
        VectorFiles.read(OutputContent.of(folder.getFileSystem(hadoop), folder).parts(), hadoop)
            .stream()
            .flatMap(Optional::stream)
            .toList();
    instructionSets.addAll(VectorFiles.instructionSets(footers));
    rows += footers.stream().mapToLong(VectorFiles.Footer::rows).sum();
    return VectorFiles.dataset(spark, vectors.schema(), folder);
  }

  /** What they were computed on. */
  public Set<String> instructionSets() {
    return instructionSets;
  }

  /** How many there are. */
  public long rows() {
    return rows;
  }
}
