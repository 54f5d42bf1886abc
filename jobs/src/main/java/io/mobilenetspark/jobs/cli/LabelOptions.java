package io.mobilenetspark.jobs.cli;

import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.model.ClassLabels;
import io.mobilenetspark.model.FrozenModel;
import io.mobilenetspark.model.ModelRequest;
import io.mobilenetspark.spark.ClassicSpark;
import io.mobilenetspark.spark.FeatureTable;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import scala.collection.Seq;

/** The most probable classes of a classification module, by name. */
public final class LabelOptions {

  /** The column that is added: the classes, the most probable one first. */
  public static final String COLUMN = "labels";

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description = {
        "The classes' names, one a line, on any Hadoop file system; adds a column 'labels' with the"
            + " most probable ones. One line a class; of ImageNet's 1,001 the first is 'background'."
            + " Needs --output-key logits."
      })
  private @Nullable String file;

  @Option(
      names = "--top-k",
      paramLabel = "N",
      defaultValue = "5",
      description = "How many classes --labels gives. Default: ${DEFAULT-VALUE}")
  private int topK = 5;

  /** Checks what can be checked without the model. */
  public void check(ModelRequest request, List<String> carried) {
    if (file == null) {
      return;
    }
    if (!request.output().equals(ModelRequest.LOGITS)) {
      throw UserException.usage("--labels needs --output-key logits: only they belong to classes");
    }
    if (topK < 1) {
      throw UserException.usage("--top-k must be at least 1, not " + topK);
    }
    if (carried.stream().anyMatch(name -> ClassicSpark.isSameName(name, COLUMN))) {
      throw UserException.input(
          String.format(
              Locale.ROOT,
              "Column '%s' can't be kept: --labels adds one of that name. Rename it first.",
              COLUMN));
    }
  }

  /** The table with the column, if it was asked for; NULL where there are no logits. */
  public Dataset<Row> addTo(Dataset<Row> vectors, FrozenModel model, Configuration hadoop) {
    if (file == null) {
      return vectors;
    }
    ClassLabels labels = ClassLabels.read(file, hadoop);
    Optional<String> mismatch = labels.mismatch(model.dimension());
    if (mismatch.isPresent()) {
      throw UserException.input(String.format(Locale.ROOT, "%s has %s", file, mismatch.get()));
    }
    return vectors.withColumn(
        COLUMN,
        functions
            .udf(top(labels, topK), DataTypes.createArrayType(rowType(), false))
            .apply(functions.col(FeatureTable.FEATURES)));
  }

  private static StructType rowType() {
    return new StructType()
        .add("index", DataTypes.IntegerType, false)
        .add("label", DataTypes.StringType, false)
        .add("probability", DataTypes.DoubleType, false);
  }

  private static UDF1<Seq<Float>, @Nullable List<Row>> top(ClassLabels labels, int count) {
    return logits -> {
      if (logits == null) {
        return null;
      }
      float[] values = new float[logits.length()];
      for (int i = 0; i < values.length; i++) {
        values[i] = logits.apply(i);
      }
      return labels.top(values, count).stream()
          .map(rank -> RowFactory.create(rank.index(), rank.label(), rank.probability()))
          .toList();
    };
  }
}
