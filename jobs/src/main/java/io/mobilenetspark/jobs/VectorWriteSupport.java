package io.mobilenetspark.jobs;

import io.mobilenetspark.runtime.InstructionSet;
import io.mobilenetspark.spark.FeatureMetadata;
import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.execution.datasources.parquet.ParquetWriteSupport;

/**
 * Spark's Parquet writer that adds {@link VectorParquetFormat}'s facts to the footer, and on which
 * instructions the executor has computed: the vectors' last bits depend on them.
 */
public final class VectorWriteSupport extends ParquetWriteSupport {

  /** Not one of the facts, which must be the same in a table: clusters have machines of kinds. */
  static final String INSTRUCTION_SET = "mobilenet-spark.instruction-set";

  private final Map<String, String> facts = new HashMap<>();

  @Override
  public WriteContext init(Configuration configuration) {
    configuration
        .getPropsWithPrefix(FeatureMetadata.PREFIX)
        .forEach((key, value) -> facts.put(FeatureMetadata.PREFIX + key, value));
    return super.init(configuration);
  }

  @Override
  public FinalizedWriteContext finalizeWrite() {
    Map<String, String> texts = new HashMap<>(facts);
    texts.put(INSTRUCTION_SET, InstructionSet.ofThisProcess());
    return new FinalizedWriteContext(texts);
  }
}
