package io.mobilenetspark.jobs.finetune;

import io.mobilenetspark.common.Quantity;
import io.mobilenetspark.jobs.common.ClassFolders;
import io.mobilenetspark.jobs.input.ImageTable;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/** Image files beside the directories of classes, which are of no class. */
final class LooseFiles {

  private LooseFiles() {}

  /** The rows without them, with word of how many there are. */
  static Dataset<Row> leftOut(Dataset<Row> files, Consumer<String> notices) {
    Column folder = ClassFolders.folder(functions.col(ImageTable.PATH));
    List<String> loose = ClassFolders.above(files, folder);
    if (loose.isEmpty()) {
      return files;
    }
    Column isLoose = folder.isin(loose.toArray());
    notices.accept(
        String.format(
            Locale.ROOT,
            "Left out %s directly in %s: the classes are the directories there. Move a file into one to train on it.",
            Quantity.of(files.filter(isLoose).count(), "file"),
            String.join(", ", loose)));
    return files.filter(functions.not(isLoose));
  }
}
