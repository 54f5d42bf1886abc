package io.mobilenetspark.spark;

import io.mobilenetspark.image.ImageInput;
import java.util.Iterator;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;
import org.apache.spark.util.SerializableConfiguration;
import org.jspecify.annotations.Nullable;

/** What the files hold that rows name: a hash tells equal ones without a look at the pixels. */
public final class FileHashes {

  private FileHashes() {}

  /**
   * Adds a column with the SHA-256 of each row's file, in hexadecimal; NULL where there is no path,
   * or the file can't be read, or is larger than an image may be. Files are read ahead of their
   * turn, as when they are embedded. Starts no job, unless the table's own plan does.
   *
   * @param table the rows
   * @param location the column with the path
   * @param name of the new column, the last one
   * @param maxBytes files of more are not read
   */
  public static Dataset<Row> add(Dataset<Row> table, String location, String name, long maxBytes) {
    StructType schema = table.schema();
    int path = FeatureTable.columnIndex(schema, location);
    Column[] columns = new Column[schema.length() + 1];
    DataType[] types = new DataType[schema.length()];
    for (int i = 0; i < types.length; i++) {
      StructField field = schema.apply(i);
      columns[i] = functions.col("`" + field.name().replace("`", "``") + "`");
      types[i] = field.dataType();
    }
    columns[types.length] = columns[path];
    Broadcast<SerializableConfiguration> hadoop =
        new JavaSparkContext(table.sparkSession().sparkContext())
            .broadcast(
                new SerializableConfiguration(ClassicSpark.hadoopConf(table.sparkSession())));
    return ClassicSpark.mapRows(
        table.select(columns),
        new HashPartition(hadoop, types, maxBytes),
        schema.add(name, DataTypes.StringType));
  }

  private static final class HashPartition
      implements FlatMapFunction<Iterator<InternalRow>, InternalRow> {
    private static final long serialVersionUID = 1;

    private final Broadcast<SerializableConfiguration> hadoop;
    private final DataType[] types;
    private final long maxBytes;

    HashPartition(Broadcast<SerializableConfiguration> hadoop, DataType[] types, long maxBytes) {
      this.hadoop = hadoop;
      this.types = types;
      this.maxBytes = maxBytes;
    }

    @Override
    public Iterator<InternalRow> call(Iterator<InternalRow> rows) {
      ExecutorMemory.apply();
      TaskContext task = TaskContext.get();
      FileSource files = new FileSource(hadoop.value().value(), maxBytes);
      PendingRows pending = new PendingRows(rows, types, new ImageColumn.Location(), files, task);
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return pending.hasNext();
        }

        @Override
        public InternalRow next() {
          PendingRows.Pending row = pending.next();
          Object[] values = new Object[types.length + 1];
          for (int i = 0; i < types.length; i++) {
            values[i] = row.carried().get(i, types[i]);
          }
          values[types.length] = row.image().use(task, HashPartition::hash);
          return new GenericInternalRow(values);
        }
      };
    }

    private static @Nullable UTF8String hash(ImageInput file) {
      return file instanceof ImageInput.Encoded encoded
          ? UTF8String.fromString(encoded.sha256())
          : null;
    }
  }
}
