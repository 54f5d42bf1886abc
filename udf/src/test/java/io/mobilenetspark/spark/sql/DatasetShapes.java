package io.mobilenetspark.spark.sql;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.call_function;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.transform;
import static org.apache.spark.sql.functions.when;

import io.mobilenetspark.spark.sql.Differential.Query;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.function.CoGroupFunction;
import org.apache.spark.api.java.function.FilterFunction;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.api.java.function.MapGroupsFunction;
import org.apache.spark.api.java.function.ReduceFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/** Queries of the Dataset API. */
final class DatasetShapes {

  private DatasetShapes() {}

  private interface Body {
    Dataset<Row> of(CallsAsColumns api) throws Exception;
  }

  record Shape(String name, Query query) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static final List<Shape> SHAPES = new ArrayList<>();

  private static void shape(String name, Body body) {
    SHAPES.add(
        new Shape(
            name,
            (spark, features, embed, other) -> {
              try {
                return body.of(new CallsAsColumns(spark, features, embed));
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            }));
  }

  private static final MapFunction<Row, String> NAME_AND_LENGTH =
      row ->
          row.getAs("name")
              + " "
              + (row.isNullAt(row.fieldIndex("v")) ? -1 : row.getList(row.fieldIndex("v")).size());

  static {
    shape(
        "dropDuplicates, then withColumn",
        api ->
            api.photos()
                .orderBy("id")
                .coalesce(1)
                .dropDuplicates("name")
                .withColumn("f", api.f("content"))
                .select("name", "f"));
    shape(
        "dropDuplicates of the image",
        api -> api.photos().dropDuplicates("content").select(api.f("content"), api.e("content")));
    shape("distinct of vectors", api -> api.vectors().select("v").distinct());
    shape(
        "withColumn on withColumn",
        api ->
            api.vectors()
                .withColumn("x", col("v").getItem(0))
                .withColumn("y", col("x").plus(1))
                .withColumn("v", api.f("content"))
                .select("id", "v", "x", "y"));
    shape("filter of vectors", api -> api.vectors().filter(col("v").getItem(0).gt(0)).select("id"));
    shape(
        "typed filter",
        api ->
            api.vectors().select("id", "v").filter((FilterFunction<Row>) row -> !row.isNullAt(1)));
    shape("typed map", api -> api.vectors().map(NAME_AND_LENGTH, Encoders.STRING()).toDF());
    shape(
        "a call above a typed map",
        api ->
            api.photos()
                .select("content")
                .filter("content IS NOT NULL")
                .as(Encoders.BINARY())
                .map((MapFunction<byte[], byte[]>) bytes -> bytes.clone(), Encoders.BINARY())
                .select(api.f("value")));
    shape(
        "typed flatMap",
        api ->
            api.vectors()
                .select("v")
                .filter("v IS NOT NULL")
                .flatMap(
                    (FlatMapFunction<Row, Float>) row -> row.<Float>getList(0).iterator(),
                    Encoders.FLOAT())
                .toDF());
    shape(
        "groupByKey and mapGroups",
        api ->
            api.vectors()
                .groupByKey(NAME_AND_LENGTH, Encoders.STRING())
                .mapGroups(
                    (MapGroupsFunction<String, Row, String>)
                        (key, rows) -> {
                          int n = 0;
                          for (; rows.hasNext(); rows.next()) {
                            n++;
                          }
                          return key + n;
                        },
                    Encoders.STRING())
                .toDF());
    shape(
        "groupByKey and count",
        api -> api.vectors().groupByKey(NAME_AND_LENGTH, Encoders.STRING()).count().toDF("k", "n"));
    shape(
        "groupByKey and reduceGroups",
        api ->
            api.vectors()
                .filter("v IS NOT NULL")
                .select(col("v").getItem(0))
                .as(Encoders.FLOAT())
                .groupByKey((MapFunction<Float, Integer>) x -> (int) (x * 100), Encoders.INT())
                .reduceGroups((ReduceFunction<Float>) Math::max)
                .toDF("k", "x"));
    shape(
        "cogroup",
        api ->
            api.vectors()
                .groupByKey((MapFunction<Row, Integer>) row -> row.getInt(0), Encoders.INT())
                .cogroup(
                    api.shops()
                        .withColumn("v", api.f("content"))
                        .groupByKey(
                            (MapFunction<Row, Integer>) row -> row.getInt(0), Encoders.INT()),
                    (CoGroupFunction<Integer, Row, Row, String>)
                        (key, left, right) -> List.of(key + text(left) + text(right)).iterator(),
                    Encoders.STRING())
                .toDF());
    shape(
        "groupBy and agg",
        api ->
            api.photos()
                .groupBy("category")
                .agg(max(api.f("content").getItem(0)), count(api.e("content")), expr("count(1)")));
    shape(
        "agg, then a call",
        api ->
            api.photos()
                .groupBy("name")
                .agg(expr("max_by(content, id)").as("c"))
                .select(col("name"), api.f("c")));
    shape(
        "pivot",
        api ->
            api.vectors()
                .groupBy("name")
                .pivot("category", List.<Object>of("cat", "dog"))
                .agg(max(col("v").getItem(0))));
    shape(
        "rollup and cube",
        api ->
            api.vectors()
                .rollup(col("category"), col("v").getItem(0))
                .count()
                .union(api.vectors().cube(col("category"), col("v").getItem(0)).count()));
    shape(
        "unpivot",
        api ->
            api.photos()
                .select(
                    col("id"),
                    api.f("content").getItem(0).as("a"),
                    api.f("content").getItem(1).as("b"))
                .unpivot(new Column[] {col("id")}, "what", "x"));
    shape(
        "self join",
        api -> {
          Dataset<Row> v = api.vectors().select("id", "v");
          return v.as("a").join(v.as("b"), expr("a.id = b.id + 1")).select("a.id", "a.v", "b.v");
        });
    shape(
        "self join of the same columns",
        api -> {
          Dataset<Row> v = api.vectors().select("id", "v");
          return v.join(v, "id");
        });
    shape(
        "joinWith",
        api ->
            api.vectors()
                .select("id", "v")
                .joinWith(api.shops().select("photo"), expr("id = photo"), "left_outer")
                .toDF("l", "r"));
    shape(
        "join with a condition of calls",
        api ->
            api.photos()
                .as("p")
                .join(
                    api.shops().as("s"),
                    api.f("p.content").equalTo(api.f("s.content")).and(col("p.id").gt(col("s.k"))),
                    "left_semi")
                .select("id"));
    shape(
        "cross join",
        api ->
            api.vectors()
                .select("id", "v")
                .crossJoin(api.shops().select("k"))
                .filter("v[0] > 0 AND k < 2"));
    shape(
        "set operations",
        api ->
            api.vectors()
                .select("v")
                .intersect(api.shops().select(api.f("content").as("v")))
                .unionByName(
                    api.vectors()
                        .select("v")
                        .exceptAll(api.shops().select(api.f("content").as("v")))));
    shape("explode", api -> api.photos().select(col("id"), explode(api.f("content"))));
    shape(
        "higher-order functions",
        api ->
            api.photos()
                .select(
                    col("id"),
                    transform(col("images"), x -> call_function(api.features(), x)),
                    transform(
                        array(lit(1), lit(2)),
                        x -> when(x.gt(1), api.f("content").getItem(1)).otherwise(lit(-1f)))));
    shape(
        "when and coalesce",
        api ->
            api.photos()
                .select(
                    col("id"),
                    when(col("category").equalTo("cat"), api.f("content"))
                        .when(col("id").gt(5), coalesce(col("old"), api.f("content")))));
    shape(
        "windows",
        api ->
            api.vectors()
                .withColumn(
                    "r",
                    row_number()
                        .over(
                            Window.partitionBy("category").orderBy(col("v").getItem(0), col("id"))))
                .filter("r < 3")
                .select("id", "r"));
    shape(
        "the newest of each name",
        api ->
            api.photos()
                .withColumn(
                    "r", row_number().over(Window.partitionBy("name").orderBy(col("id").desc())))
                .filter("r = 1")
                .select(col("name"), api.f("content")));
    shape(
        "repartition and sort",
        api ->
            api.vectors()
                .repartition(3, col("v").getItem(0))
                .sortWithinPartitions(col("v").getItem(1))
                .select("id", "v"));
    shape(
        "repartition by range",
        api -> api.vectors().repartitionByRange(2, col("v").getItem(0)).select("id", "v"));
    shape(
        "limit and offset",
        api -> api.photos().orderBy("id").offset(1).limit(2).select(col("id"), api.f("content")));
    shape("sample", api -> api.vectors().sample(1.0).select("id", "v"));
    shape(
        "randomSplit",
        api -> {
          List<Dataset<Row>> parts =
              api.vectors().select("id", "v").randomSplitAsList(new double[] {0.5, 0.5}, 1);
          return parts.get(0).union(parts.get(1));
        });
    shape(
        "na",
        api ->
            api.vectors()
                .na()
                .drop(new String[] {"v"})
                .na()
                .fill("none", new String[] {"category"})
                .select("id", "category", "v"));
    shape(
        "cache",
        api -> {
          Dataset<Row> v = api.vectors().cache();
          return v.groupBy("category")
              .agg(max(col("v").getItem(0)))
              .union(v.select(col("name"), col("v").getItem(0)));
        });
    shape("localCheckpoint", api -> api.vectors().localCheckpoint().select("id", "v"));
    shape(
        "a frame of an RDD's rows",
        api ->
            api.spark()
                .createDataFrame(
                    api.vectors().select("id", "v").javaRDD(),
                    api.vectors().select("id", "v").schema()));
    shape(
        "a call on a frame of an RDD",
        api ->
            api.spark()
                .createDataFrame(
                    api.photos().select("id", "content").javaRDD(),
                    api.photos().select("id", "content").schema())
                .select(col("id"), api.f("content")));
    shape(
        "observe",
        api ->
            api.vectors()
                .observe("m", max(api.f("content").getItem(0)), count(lit(1)))
                .select("id", "v"));
    shape(
        "struct and its star",
        api ->
            api.photos().select(struct(api.f("content"), api.e("content")).as("s")).select("s.*"));
    shape(
        "scalar and exists subqueries",
        api ->
            api.photos()
                .where(
                    api.f("content")
                        .getItem(0)
                        .geq(api.photos().select(max(api.f("content").getItem(0))).scalar()))
                .select("id"));
    shape(
        "lateralJoin",
        api ->
            api.photos()
                .as("p")
                .lateralJoin(
                    api.shops()
                        .where(col("photo").equalTo(col("p.id").outer()))
                        .select(api.f("content").as("w")))
                .select("id", "w"));
    shape(
        "tables of literals",
        api ->
            api.spark()
                .sql("SELECT 1 AS id, X'00' AS c UNION ALL SELECT 2, NULL")
                .select(col("id"), api.e("c")));
    shape(
        "renamed columns and drop",
        api ->
            api.vectors()
                .withColumnRenamed("v", "w")
                .drop("content")
                .toDF("a", "b", "c", "d", "e", "g", "h")
                .select("a", "h"));
    shape(
        "transform of frames",
        api ->
            api.photos()
                .transform(frame -> frame.withColumn("v", api.f("content")))
                .select("id", "v"));
    shape(
        "isEmpty below",
        api ->
            api.vectors().filter("false").select("v").isEmpty()
                ? api.shops().select("k")
                : api.shops());
  }

  private static String text(java.util.Iterator<Row> rows) {
    List<String> texts = new ArrayList<>();
    rows.forEachRemaining(row -> texts.add(String.valueOf(row.<Object>getAs("v"))));
    return texts.toString();
  }

  static List<Shape> all() {
    return SHAPES;
  }
}
