package io.mobilenetspark.jobs.input;

import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.catalyst.CatalystTypeConverters;
import org.apache.spark.sql.execution.datasources.PartitionPath;
import org.apache.spark.sql.execution.datasources.PartitioningAwareFileIndex;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import scala.Function1;
import scala.jdk.javaapi.CollectionConverters;

/**
 * What the names of folders say about the files in them, such as {@code label=rose}.
 *
 * @param columns the names' columns
 * @param values their values, by folder
 */
record Partitions(StructType columns, Map<Path, Row> values) {

  /** No folder says anything. */
  static final Partitions NONE = new Partitions(new StructType(), Map.of());

  /** As Spark finds them. */
  static Partitions of(PartitioningAwareFileIndex index) {
    StructType columns = index.partitionSpec().partitionColumns();
    Function1<Object, Object> toRow = CatalystTypeConverters.createToScalaConverter(columns);
    Map<Path, Row> values = new HashMap<>();
    for (PartitionPath folder : CollectionConverters.asJava(index.partitionSpec().partitions())) {
      values.put(folder.path(), (Row) toRow.apply(folder.values()));
    }
    return new Partitions(columns, values);
  }

  /** The schema with their columns behind its own. */
  StructType appendTo(StructType schema) {
    StructType all = schema;
    for (StructField column : columns.fields()) {
      all = all.add(column);
    }
    return all;
  }

  /** A row of a file with its folder's values behind its own. */
  Row append(Listed file, Object... own) {
    Object[] all = new Object[own.length + columns.length()];
    System.arraycopy(own, 0, all, 0, own.length);
    Row row = values.get(new Path(file.path()).getParent());
    for (int i = 0; row != null && i < columns.length(); i++) {
      all[own.length + i] = row.get(i);
    }
    return RowFactory.create(all);
  }
}
