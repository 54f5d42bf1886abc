package io.mobilenetspark.jobs.finetune;

import io.mobilenetspark.jobs.input.ImageTable;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;

/**
 * Image files beside the directories of classes: a logo, a contact sheet. They are of no class, and
 * the directory that they are in is none.
 */
final class LooseFiles {

  private LooseFiles() {}

  /** The rows without them, with word of how many there are. */
  static Dataset<Row> leftOut(Dataset<Row> files, Consumer<String> notices) {
    Column folder =
        functions
            .udf(
                (UDF1<String, String>) file -> String.valueOf(new Path(file).getParent()),
                DataTypes.StringType)
            .apply(functions.col(ImageTable.PATH));
    List<String> loose =
        above(files.select(folder).distinct().as(Encoders.STRING()).collectAsList());
    if (loose.isEmpty()) {
      return files;
    }
    Column isLoose = folder.isin(loose.toArray());
    notices.accept(
        String.format(
            Locale.ROOT,
            "%,d files directly in %s are left out: they are of no class, since the classes are the directories there. Move them into one to train on them.",
            files.filter(isLoose).count(),
            String.join(", ", loose)));
    return files.filter(functions.not(isLoose));
  }

  /** The folders with others below them and none above. */
  static List<String> above(List<String> folders) {
    Set<String> all = new TreeSet<>(folders);
    Set<String> tops = new TreeSet<>();
    for (String folder : all) {
      String top = folder;
      for (Path up = new Path(folder).getParent(); up != null; up = up.getParent()) {
        top = all.contains(up.toString()) ? up.toString() : top;
      }
      if (!top.equals(folder)) {
        tops.add(top);
      }
    }
    return List.copyOf(tops);
  }
}
