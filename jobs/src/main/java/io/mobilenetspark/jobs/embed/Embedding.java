package io.mobilenetspark.jobs.embed;

import io.mobilenetspark.jobs.cli.LabelOptions;
import io.mobilenetspark.model.FrozenModel;
import io.mobilenetspark.spark.EmbedCounters;
import io.mobilenetspark.spark.EmbedOptions;
import io.mobilenetspark.spark.FeatureMetadata;
import io.mobilenetspark.spark.sql.EmbeddedTable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What a job makes of rows with images.
 *
 * @param imageColumn the column with the images
 * @param model the model
 * @param options how images are read and run
 * @param labels the classes that are added
 * @param counters told of every row
 */
record Embedding(
    String imageColumn,
    FrozenModel model,
    EmbedOptions options,
    LabelOptions labels,
    EmbedCounters counters) {

  /** The rows' vectors; starts no job. */
  Dataset<Row> of(Dataset<Row> rows, List<String> carried) {
    return labels.addTo(
        EmbeddedTable.select(rows, imageColumn, carried, model, options, Optional.of(counters)),
        model,
        rows.sparkSession().sparkContext().hadoopConfiguration());
  }

  /** What the vectors are. */
  Map<String, String> facts() {
    return FeatureMetadata.of(model, options);
  }
}
