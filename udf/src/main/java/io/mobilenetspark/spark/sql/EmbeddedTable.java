package io.mobilenetspark.spark.sql;

import io.mobilenetspark.image.ImageStatus;
import io.mobilenetspark.model.FrozenModel;
import io.mobilenetspark.spark.EmbedCounters;
import io.mobilenetspark.spark.EmbedOptions;
import io.mobilenetspark.spark.EmbeddingRow;
import io.mobilenetspark.spark.FeatureTable;
import io.mobilenetspark.spark.ImageColumn;
import io.mobilenetspark.spark.MalformedMode;
import io.mobilenetspark.spark.sql.MobileNetFunction.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.GetStructField;
import org.apache.spark.sql.catalyst.expressions.objects.StaticInvoke;
import org.apache.spark.sql.classic.ExpressionUtils;
import org.apache.spark.sql.classic.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import scala.Option;

/**
 * A table with what a model makes of the image in each row: the query of a job or a stage, which is
 * {@code mobilenet_embed} with their own model and settings. Lazy: Spark prunes it, pushes filters
 * and limits below it, and streams it, as any query. Needs no {@code spark.sql.extensions}.
 */
public final class EmbeddedTable {

  private final Dataset<Row> rows;
  private final List<Attribute> columns;
  private final MobileNetFunction call; // the same in every column, and so made once

  private EmbeddedTable(Dataset<Row> rows, List<Attribute> columns, MobileNetFunction call) {
    this.rows = rows;
    this.columns = columns;
    this.call = call;
  }

  /**
   * Embeds a table. Starts no job.
   *
   * @param table the images; a stream, too
   * @param image the position of the column with the images
   * @param model the model; broadcast to the executors
   * @param options how images are read and run, their size the model's; DROPMALFORMED leaves out
   *     the rows whose image can't be read
   * @param counters told of every row that the query reads, those that are left out among them.
   *     Exact where each task's work is counted once, see {@link EmbedCounters}
   */
  public static EmbeddedTable of(
      Dataset<Row> table,
      int image,
      FrozenModel model,
      EmbedOptions options,
      Optional<EmbedCounters> counters) {
    SparkSession spark = (SparkSession) table.sparkSession();
    MobileNetExtensions.plan(spark);
    List<Attribute> input = output(table);
    JavaSparkContext context = new JavaSparkContext(spark.sparkContext());
    boolean isPath = ImageColumn.of(input.get(image).dataType()) instanceof ImageColumn.Location;
    CallExtras extras =
        new CallExtras(
            isPath
                ? context.broadcast(
                    new SerializableConfiguration(spark.sessionState().newHadoopConf()))
                : null,
            counters.orElse(null));
    MobileNetFunction call =
        new MobileNetFunction(
            Kind.EMBED,
            SqlModel.of(spark.sparkContext(), model),
            options,
            extras,
            input.get(image),
            "");
    EmbeddedTable embedded = new EmbeddedTable(table, input, call);
    return options.mode() == MalformedMode.DROPMALFORMED ? embedded.withoutMalformed() : embedded;
  }

  /**
   * Some of a table's columns, and those of {@link EmbeddingRow#schema}.
   *
   * @param table the images
   * @param imageColumn the column with the images
   * @param carried columns to keep, unchanged and first
   * @param model the model
   * @param options see {@link #of}
   * @param counters see {@link #of}
   * @throws IllegalArgumentException as {@link FeatureTable#check}
   */
  public static Dataset<Row> select(
      Dataset<Row> table,
      String imageColumn,
      List<String> carried,
      FrozenModel model,
      EmbedOptions options,
      Optional<EmbedCounters> counters) {
    StructType schema = table.schema();
    List<String> added = List.of(EmbeddingRow.schema(options.images()).fieldNames());
    FeatureTable.check(schema, imageColumn, carried, added);
    EmbeddedTable embedded =
        of(table, FeatureTable.columnIndex(schema, imageColumn), model, options, counters);
    List<Column> columns = new ArrayList<>();
    for (String name : carried) {
      columns.add(embedded.column(FeatureTable.columnIndex(schema, name)));
    }
    for (String name : added) {
      columns.add(embedded.result(name).as(name));
    }
    return embedded.rows.select(columns.toArray(Column[]::new));
  }

  /** These columns of it. */
  public Dataset<Row> select(List<Column> selected) {
    return rows.select(selected.toArray(Column[]::new));
  }

  /** The table's column at a position. */
  public Column column(int position) {
    return ExpressionUtils.column(columns.get(position));
  }

  /** What is known of the image, by the name of a column that is added. */
  public Column result(String name) {
    return ExpressionUtils.column(field(name));
  }

  /** {@link FeatureTable#FEATURES} as MLlib's dense Vector; NULL where there is none. */
  public Column vector() {
    Expression features = field(FeatureTable.FEATURES);
    return ExpressionUtils.column(
        new StaticInvoke(
            DenseVectors.class,
            SQLDataTypes.VectorType(),
            "of",
            Scala.seq(List.of(features)),
            Scala.seq(List.of(features.dataType())),
            true,
            true,
            true,
            Option.empty()));
  }

  /** Why there is no vector, in the words of status and error; NULL where there is one. */
  public Column problem() {
    return functions.concat(
        result(FeatureTable.STATUS), functions.lit(": "), result(FeatureTable.ERROR));
  }

  private Expression field(String name) {
    return new GetStructField(call, call.schema().fieldIndex(name), Option.apply(name));
  }

  private EmbeddedTable withoutMalformed() {
    Object[] kept =
        Arrays.stream(ImageStatus.values())
            .filter(status -> !status.isMalformed())
            .map(ImageStatus::name)
            .toArray();
    return new EmbeddedTable(rows.filter(result(FeatureTable.STATUS).isin(kept)), columns, call);
  }

  private static List<Attribute> output(Dataset<Row> table) {
    return Scala.list(
        ((org.apache.spark.sql.classic.Dataset<Row>) table).queryExecution().analyzed().output());
  }
}
