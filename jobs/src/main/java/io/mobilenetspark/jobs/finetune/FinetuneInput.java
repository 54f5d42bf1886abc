package io.mobilenetspark.jobs.finetune;

import io.mobilenetspark.jobs.cli.InputOptions;
import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.jobs.input.ImageTable;
import io.mobilenetspark.options.SettingException;
import io.mobilenetspark.options.Surface;
import io.mobilenetspark.spark.FeatureTable;
import io.mobilenetspark.spark.ml.MobileNetFineTuner;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Labelled images to train and to validate on.
 *
 * @param training where the images are
 * @param validation paths of those to validate on; empty if they are among the others, or if there
 *     are none
 */
record FinetuneInput(InputOptions training, List<String> validation) {

  /** The column with the name of the directory that an image file is in: its label. */
  static final String DIRECTORY = "directory";

  /** Tells the rows of {@code --validation-input} from the others. */
  private static final String IS_VALIDATION = "_isValidation";

  /** All paths that are read. */
  List<String> paths() {
    List<String> paths = new ArrayList<>(training.paths());
    paths.addAll(validation);
    return paths;
  }

  /**
   * Opens the table, of the columns that are needed alone, and tells the estimator about them.
   * Reads no image.
   *
   * @param notices is told what is left out
   * @throws UserException if there is no such input or its columns don't fit
   */
  Dataset<Row> open(SparkSession spark, MobileNetFineTuner tuner, Consumer<String> notices) {
    boolean isMarked = tuner.isDefined(tuner.validationIndicatorCol());
    boolean isShared = tuner.isDefined(tuner.validationFraction());
    if (!validation.isEmpty() && (isMarked || (isShared && tuner.getValidationFraction() > 0))) {
      throw UserException.usage(
          "Pass one of --validation-input, --validation-indicator-column and --validation-fraction");
    }
    if (!isShared && (isMarked || !validation.isEmpty())) {
      tuner.setValidationFraction(0); // as the report is to say
    }
    ImageTable images = ImageTable.open(spark, training);
    tuner.setInputCol(images.imageColumn());
    Dataset<Row> table = labelled(images, tuner, notices);
    if (!validation.isEmpty()) {
      ImageTable heldOut = ImageTable.open(spark, training.withPaths(validation));
      Dataset<Row> others = labelled(heldOut, tuner, notices);
      requireSameTypes(table.schema(), others.schema());
      tuner.setValidationIndicatorCol(IS_VALIDATION);
      table =
          table
              .withColumn(IS_VALIDATION, functions.lit(false))
              .unionByName(others.withColumn(IS_VALIDATION, functions.lit(true)));
    }
    try {
      tuner.transformSchema(table.schema());
    } catch (IllegalArgumentException e) {
      throw UserException.input(SettingException.message(e, Surface.COMMAND_LINE), e);
    }
    return table;
  }

  /** The needed columns; of image files with their directories' names as labels. */
  private static Dataset<Row> labelled(
      ImageTable images, MobileNetFineTuner tuner, Consumer<String> notices) {
    if (images.kind() == ImageTable.Kind.FILE && !tuner.isSet(tuner.labelCol())) {
      tuner.setLabelCol(DIRECTORY);
    }
    Dataset<Row> rows = rows(images, tuner, notices);
    Set<String> needed = new LinkedHashSet<>(List.of(tuner.getInputCol(), tuner.getLabelCol()));
    Stream.of(tuner.weightCol(), tuner.validationIndicatorCol())
        .filter(tuner::isDefined)
        .forEach(param -> needed.add(tuner.getOrDefault(param)));
    // If one is missing, the message lists those that there are.
    return needed.stream().allMatch(name -> FeatureTable.hasColumn(rows.schema(), name))
        ? rows.select(needed.stream().map(FinetuneInput::column).toArray(Column[]::new))
        : rows;
  }

  private static Dataset<Row> rows(
      ImageTable images, MobileNetFineTuner tuner, Consumer<String> notices) {
    if (images.kind() != ImageTable.Kind.FILE) {
      return images.rows();
    }
    Dataset<Row> rows =
        tuner.getLabelCol().equals(DIRECTORY)
            ? LooseFiles.leftOut(images.rows(), notices)
            : images.rows();
    return rows.withColumn(DIRECTORY, directory(functions.col(ImageTable.PATH)));
  }

  private static Column column(String name) {
    return functions.col("`" + name.replace("`", "``") + "`");
  }

  private static Column directory(Column path) {
    return functions
        .udf(
            (UDF1<String, String>) file -> new Path(file).getParent().getName(),
            DataTypes.StringType)
        .apply(path);
  }

  private void requireSameTypes(StructType training, StructType heldOut) {
    for (StructField field : training.fields()) {
      DataType other =
          Arrays.stream(heldOut.fields())
              .filter(candidate -> candidate.name().equals(field.name()))
              .findFirst()
              .map(StructField::dataType)
              .orElseThrow(
                  () ->
                      UserException.input(
                          String.format(
                              Locale.ROOT,
                              "There is no column '%s' in %s, which --validation-input names.",
                              field.name(),
                              String.join(", ", validation))));
      if (!other.equals(field.dataType())) {
        throw UserException.input(
            String.format(
                Locale.ROOT,
                "Column '%s' of --validation-input is of type %s, but that of the training images of type %s.",
                field.name(),
                other.simpleString(),
                field.dataType().simpleString()));
      }
    }
  }
}
