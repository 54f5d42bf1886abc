package io.mobilenetspark.jobs.output;

import io.mobilenetspark.jobs.table.PartitionColumns;
import io.mobilenetspark.jobs.table.VectorKind;
import io.mobilenetspark.jobs.table.VectorWriteSupport;
import io.mobilenetspark.spark.FeatureMetadata;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.spark.network.util.JavaUtils;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Computed rows that make up a table, or what is added to it.
 *
 * @param parts the rows
 * @param kind what they are
 * @param computedOn instruction sets
 * @param rows how many there are
 */
public record VectorParts(
    List<Dataset<Row>> parts, VectorKind kind, Set<String> computedOn, long rows) {

  /** Files of a good size for readers; vectors hardly compress. */
  static final long BYTES_PER_FILE = 128L << 20;

  /**
   * What is written has files of about so many bytes. Rows of partitions are gathered by Spark, in
   * shares of the size that it is told.
   *
   * @param partitionBy of the table
   */
  public static long bytesPerFile(SparkSession spark, List<String> partitionBy) {
    return partitionBy.isEmpty()
        ? BYTES_PER_FILE
        : JavaUtils.byteStringAsBytes(
            spark.conf().get("spark.sql.adaptive.advisoryPartitionSizeInBytes"));
  }

  /** Copies them to where the table takes them from, in files of a good size. */
  public void writeTo(VectorTable table) throws IOException {
    Dataset<Row> all = parts.stream().reduce(Dataset::union).orElseThrow();
    long dimension = Long.parseLong(kind.facts().get(FeatureMetadata.PREFIX + "dimension"));
    long files = 1 + rows * dimension * Float.BYTES / BYTES_PER_FILE;
    Map<String, String> footer = new LinkedHashMap<>(kind.footer());
    if (!computedOn.isEmpty()) {
      footer.put(VectorWriteSupport.INSTRUCTION_SET, String.join(", ", computedOn));
    }
    table.write(
        table.partitionBy().isEmpty()
            ? all.coalesce(Math.toIntExact(files))
            : PartitionColumns.gathered(all, table.partitionBy()),
        footer);
    long written = table.written();
    if (written != rows) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "%,d rows were written where there should be %,d: the input changed while it was read",
              written,
              rows));
    }
  }
}
