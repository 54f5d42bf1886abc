package io.mobilenetspark.jobs;

import io.mobilenetspark.spark.FeatureMetadata;
import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.execution.datasources.parquet.ParquetWriteSupport;

/** Spark's Parquet writer that adds {@link VectorParquetFormat}'s facts to the footer. */
public final class VectorWriteSupport extends ParquetWriteSupport {

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
    return new FinalizedWriteContext(facts);
  }
}
