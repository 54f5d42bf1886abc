package io.mobilenetspark.jobs.table;

import io.mobilenetspark.runtime.InstructionSet;
import io.mobilenetspark.spark.FeatureMetadata;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.execution.datasources.parquet.ParquetWriteSupport;

/**
 * Spark's Parquet writer that adds {@link VectorParquetFormat}'s facts to the footer, and on which
 * instructions the executor has computed: the vectors' last bits depend on them.
 */
public final class VectorWriteSupport extends ParquetWriteSupport {

  /** What the keys begin with that are none of the facts. */
  static final String PREFIX = "mobilenet-spark.";

  /**
   * Need not be the same in a table: clusters have machines of kinds. Told of vectors that are
   * copied, where they were computed.
   */
  public static final String INSTRUCTION_SET = PREFIX + "instruction-set";

  /** What tells that an image is another one, in an incremental table. */
  static final String CHANGED_BY = PREFIX + "changed-by";

  /**
   * Of a catalog's table: what its run did with what can't be read; elsewhere its report says it.
   */
  static final String MODE = PREFIX + "mode";

  /** Of the table: raised when columns or metadata change their meaning or go. */
  public static final String FORMAT = PREFIX + "format";

  /** How many columns, the table's first, name a row together; 1 if that is not said. */
  static final String ID_COLUMNS = PREFIX + "id-columns";

  /** The columns that directories are named by, with their types. */
  static final String PARTITIONED_BY = PREFIX + "partitioned-by";

  private final Map<String, String> facts = new HashMap<>();

  @Override
  public WriteContext init(Configuration configuration) {
    for (String prefix : List.of(FeatureMetadata.PREFIX, PREFIX)) {
      configuration
          .getPropsWithPrefix(prefix)
          .forEach((key, value) -> facts.put(prefix + key, value));
    }
    return super.init(configuration);
  }

  @Override
  public FinalizedWriteContext finalizeWrite() {
    Map<String, String> texts = new HashMap<>(facts);
    texts.computeIfAbsent(INSTRUCTION_SET, key -> InstructionSet.ofThisProcess(threads()));
    return new FinalizedWriteContext(texts);
  }

  private static int threads() {
    TaskContext task = TaskContext.get();
    return task == null ? 1 : task.cpus();
  }
}
