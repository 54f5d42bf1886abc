package io.mobilenetspark.jobs.finetune;

import io.mobilenetspark.jobs.cli.OutputOptions;
import io.mobilenetspark.jobs.cli.OutputOptions.OutputMode;
import io.mobilenetspark.jobs.common.JsonFile;
import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.jobs.output.OutputPlace;
import io.mobilenetspark.jobs.output.ResultDirectory;
import io.mobilenetspark.jobs.report.FinetuneReport;
import io.mobilenetspark.jobs.report.ReportPage;
import io.mobilenetspark.jobs.report.TensorBoardLog;
import io.mobilenetspark.model.export.ExportFormat;
import io.mobilenetspark.model.export.ExportHead;
import io.mobilenetspark.spark.SavedClassifier;
import io.mobilenetspark.spark.ml.MobileNetClassificationModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/**
 * What is left of a run, in one directory that is there whole or not at all.
 *
 * @param options where
 * @param formats what the module is written as
 * @param head whether the classification head goes with it
 */
record FinetuneOutput(OutputOptions options, List<ExportFormat> formats, ExportHead head) {

  /** The classes' names, one a line. */
  static final String LABELS = "labels.txt";

  static final String HISTORY = "history.parquet";
  static final String MLLIB = SavedClassifier.FOLDER_OF_RUN;

  /** What the run did, for programs. */
  static final String REPORT = "_finetune.json";

  /** The same for people, with the curves. */
  static final String PAGE = "report.html";

  static final String TENSORBOARD = "tensorboard";

  /** What a run leaves besides the module. */
  private static final Set<String> OTHERS_OF_RUN =
      Set.of(LABELS, HISTORY, MLLIB, REPORT, PAGE, TENSORBOARD);

  /**
   * Checks the place.
   *
   * @param inputs what is read
   * @throws UserException if it can't be written to
   */
  OutputPlace place(List<String> inputs, Configuration hadoop) {
    OutputPlace place =
        OutputPlace.whole(
            options, inputs, "is for tables; a run's output is written whole", hadoop);
    if (place.mode() == OutputMode.OVERWRITE) {
      place.requireOwn(REPORT, FinetuneOutput::isOurs);
    }
    return place;
  }

  private static boolean isOurs(String name) {
    return OTHERS_OF_RUN.contains(name)
        || Arrays.stream(ExportFormat.values()).anyMatch(one -> one.optionName().equals(name));
  }

  /** The formats as the option takes them. */
  String formatNames() {
    return formats.stream().map(ExportFormat::optionName).collect(Collectors.joining(","));
  }

  /** How the head goes, as the option takes it. */
  String headName() {
    return head.optionName();
  }

  /**
   * Writes everything.
   *
   * @throws IOException if it can't be written; the place is then as it was before
   */
  void write(OutputPlace place, FinetuneReport report, SparkSession spark) throws IOException {
    MobileNetClassificationModel model = report.model();
    FileSystem fileSystem = place.fileSystem();
    try (ResultDirectory directory = new ResultDirectory(spark, place)) {
      Path path = directory.path();
      for (ExportFormat format : formats) {
        model.export(format, head, new Path(path, format.optionName()).toString());
      }
      writeText(fileSystem, new Path(path, LABELS), lines(model.labels()));
      report
          .summary()
          .historyTable(spark)
          .coalesce(1)
          .write()
          .parquet(new Path(path, HISTORY).toString());
      model.write().save(new Path(path, MLLIB).toString());
      new TensorBoardLog(report).write(fileSystem, new Path(path, TENSORBOARD));
      writeText(fileSystem, new Path(path, PAGE), new ReportPage(report).html());
      JsonFile.write(fileSystem, path, REPORT, report.toJson());
      directory.commit();
    }
  }

  /** A label is one line, whatever is in it. */
  private static String lines(List<String> labels) {
    return labels.stream()
        .map(label -> label.replaceAll("\\R", " ") + "\n")
        .collect(Collectors.joining());
  }

  private static void writeText(FileSystem fileSystem, Path file, String text) throws IOException {
    try (FSDataOutputStream out = fileSystem.create(file, false)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }
}
