package io.mobilenetspark.jobs.verify;

import io.mobilenetspark.common.Quantity;
import io.mobilenetspark.jobs.common.ModelSource;
import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.jobs.input.ImageTable;
import io.mobilenetspark.jobs.table.IdColumns;
import io.mobilenetspark.jobs.table.StoredOptions;
import io.mobilenetspark.jobs.table.StoredVectors;
import io.mobilenetspark.model.FrozenModel;
import io.mobilenetspark.runtime.InstructionSet;
import io.mobilenetspark.runtime.Precision;
import io.mobilenetspark.spark.EmbedOptions;
import io.mobilenetspark.spark.FeatureTable;
import io.mobilenetspark.spark.sql.EmbeddedTable;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import scala.collection.Seq;

/** Some of a table's vectors, computed again: the same bits, or as near as another CPU gives. */
final class SampleCheck {

  /** What the rounding of other instructions moves a float32 vector by, at most. */
  static final float TOLERANCE = 1e-4f;

  private static final int NAMED = 3;

  /** More than executors, so that each is asked. */
  private static final int ASKED_PER_CORE = 4;

  private final SparkSession spark;
  private final StoredVectors table;
  private final ImageTable input;
  private final int count;
  private final long seed;

  /**
   * @param count how many vectors
   * @param seed which ones
   */
  SampleCheck(SparkSession spark, StoredVectors table, ImageTable input, int count, long seed) {
    this.spark = spark;
    this.table = table;
    this.input = input;
    this.count = count;
    this.seed = seed;
  }

  /**
   * Computes them.
   *
   * @throws UserException if the model is not the one that the vectors are of
   */
  Finding run(ModelSource source) {
    EmbedOptions options = StoredOptions.of(table.facts());
    FrozenModel model = table.model(source, options, spark.sparkContext().hadoopConfiguration());
    Dataset<Row> ids =
        table
            .rows()
            .where(functions.col(FeatureTable.FEATURES).isNotNull())
            .select(table.ids().value().as("sampled"))
            .orderBy(functions.xxhash64(functions.col("sampled"), functions.lit(seed)))
            .limit(count)
            .localCheckpoint(); // read twice
    Dataset<Row> again =
        EmbeddedTable.select(
            sampled(input.namesOnly(), ids).repartition(tasks()),
            input.imageColumn(),
            table.ids().names(),
            model,
            options,
            Optional.empty());
    return compare(sampled(table.rows(), ids), again, options);
  }

  /** The sample is small, and where its rows are in the input is chance. */
  private int tasks() {
    return table.rows().sparkSession().sparkContext().defaultParallelism();
  }

  private Dataset<Row> sampled(Dataset<Row> rows, Dataset<Row> ids) {
    return rows.join(
        functions.broadcast(ids),
        table.ids().valueIn(rows).equalTo(ids.col("sampled")),
        "left_semi");
  }

  private Finding compare(Dataset<Row> stored, Dataset<Row> again, EmbedOptions options) {
    Column id = table.ids().value();
    Map<Object, float[]> expected = new HashMap<>();
    for (Row row : stored.select(id, functions.col(FeatureTable.FEATURES)).collectAsList()) {
      expected.put(IdColumns.keyOf(row.get(0)), floats(row.getSeq(1)));
    }
    Set<String> here = instructionSetsHere();
    boolean isSame = here.size() == 1 && here.equals(table.instructionSets());
    boolean isComparable = isSame || options.precision() == Precision.FLOAT32;
    Set<String> wrong = new TreeSet<>();
    int computed = 0;
    int equal = 0;
    float furthest = 0;
    List<Row> computedAgain =
        again
            .select(id, functions.col(FeatureTable.FEATURES), functions.col(FeatureTable.STATUS))
            .collectAsList();
    for (Row row : computedAgain) {
      computed++;
      String name = table.ids().nameOf(row.get(0));
      float[] was = expected.get(IdColumns.keyOf(row.get(0)));
      Seq<Float> values = row.getAs(FeatureTable.FEATURES);
      if (was == null || values == null) {
        wrong.add(
            String.format(Locale.ROOT, "%s can't be read now (%s)", name, row.getAs("status")));
        continue;
      }
      float distance = distance(was, floats(values));
      equal += distance == 0 ? 1 : 0;
      furthest = Math.max(furthest, distance);
      if (isComparable && !(distance <= (isSame ? 0 : TOLERANCE))) {
        wrong.add(String.format(Locale.ROOT, "%s by %.1e", name, distance));
      }
    }
    String on =
        String.format(
            Locale.ROOT,
            "computed on %s, again on %s",
            String.join(", ", table.instructionSets()),
            String.join(", ", here));
    if (!wrong.isEmpty()) {
      return Finding.fault(
          String.format(
              Locale.ROOT,
              "%,d of %s unlike those of their images (%s): %s. The images, the table"
                  + " or the code has changed since",
              wrong.size(),
              Quantity.of(computed, "vector"),
              on,
              String.join(", ", wrong.stream().limit(NAMED).toList())));
    }
    String text =
        String.format(
            Locale.ROOT,
            "%,d of %s computed again with the same bits, others within %.1e (%s)",
            equal,
            Quantity.of(computed, "vector"),
            furthest,
            on);
    return isComparable ? Finding.ok(text) : Finding.note(text);
  }

  /** Of the executors that are asked, which are all where tasks go to each. */
  private Set<String> instructionSetsHere() {
    int tasks = ASKED_PER_CORE * spark.sparkContext().defaultParallelism();
    List<Integer> places = java.util.Collections.nCopies(tasks, 0);
    return new TreeSet<>(
        new JavaSparkContext(spark.sparkContext())
            .parallelize(places, tasks)
            .map(ignored -> InstructionSet.ofThisProcess(TaskContext.get().cpus()))
            .distinct()
            .collect());
  }

  /** The greatest difference of two values; infinite where there is none to compare. */
  private static float distance(float[] some, float[] others) {
    if (some.length != others.length) {
      return Float.POSITIVE_INFINITY;
    }
    float furthest = 0;
    for (int i = 0; i < some.length; i++) {
      if (Float.floatToRawIntBits(some[i]) != Float.floatToRawIntBits(others[i])) {
        float difference = Math.abs(some[i] - others[i]);
        furthest = difference > furthest || Float.isNaN(difference) ? difference : furthest;
        if (Float.isNaN(furthest)) {
          return Float.POSITIVE_INFINITY;
        }
      }
    }
    return furthest;
  }

  private static float[] floats(Seq<Float> values) {
    float[] floats = new float[values.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = values.apply(i);
    }
    return floats;
  }
}
