package io.mobilenetspark.jobs.vectors;

import io.mobilenetspark.jobs.output.ResultDirectory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.util.SerializableConfiguration;

/**
 * A file of vectors and one of ids for each part of a table that has any, numbered without gaps;
 * one of no vectors if there are none at all.
 */
final class ArrayFiles {

  private static final String SUCCESS = "_SUCCESS";

  private final FileSystem fileSystem;
  private final ResultDirectory result;
  private final Path directory;
  private final ArrayFormat format;

  /**
   * @param result that is written into, and has nothing in it
   */
  ArrayFiles(FileSystem fileSystem, ResultDirectory result, ArrayFormat format) {
    this.fileSystem = fileSystem;
    this.result = result;
    this.directory = result.path();
    this.format = format;
  }

  /**
   * Writes the rows.
   *
   * @return the files, as JSON
   */
  List<Map<String, Object>> write(ExportedTable table, Configuration hadoop) throws IOException {
    long[] counts = table.counts();
    List<String> written =
        table
            .rows()
            .mapPartitionsWithIndex(
                new ArrayTask(
                    directory.toString(),
                    format,
                    counts,
                    table.idType(),
                    table.dimension(),
                    new SerializableConfiguration(hadoop)),
                /* preservesPartitioning= */ true)
            .collect(); // in the order of the parts
    List<Map<String, Object>> files = new ArrayList<>();
    for (long rows : counts) {
      if (rows > 0) {
        Path vectors = ArrayTask.vectors(directory.toString(), written.get(files.size()));
        Path ids = ArrayTask.ids(directory.toString(), written.get(files.size()));
        rename(vectors, vectorsName(files.size()));
        rename(ids, idsName(files.size()));
        files.add(json(files.size(), rows));
      }
    }
    if (files.isEmpty()) {
      ArrayFile.create(
              fileSystem,
              new Path(directory, vectorsName(0)),
              new Path(directory, idsName(0)),
              format,
              0,
              table.dimension())
          .close();
      files.add(json(0, 0));
    }
    result.awaitTasks();
    deleteAttempts();
    fileSystem.create(new Path(directory, SUCCESS)).close();
    return files;
  }

  private Map<String, Object> json(int number, long rows) {
    Map<String, Object> file = new LinkedHashMap<>();
    file.put("vectors", vectorsName(number));
    file.put("ids", idsName(number));
    file.put("rows", rows);
    return file;
  }

  private String vectorsName(int number) {
    return String.format(Locale.ROOT, "part-%05d.%s", number, format.extension());
  }

  private static String idsName(int number) {
    return String.format(Locale.ROOT, "ids-%05d.jsonl", number);
  }

  private void rename(Path file, String name) throws IOException {
    if (!fileSystem.rename(file, new Path(directory, name))) {
      throw new IOException(String.format(Locale.ROOT, "can't rename %s to %s", file, name));
    }
  }

  /** Of tasks that were run twice, or failed at first. */
  private void deleteAttempts() throws IOException {
    for (FileStatus file : fileSystem.listStatus(directory)) {
      if (file.getPath().getName().startsWith("attempt-")) {
        fileSystem.delete(file.getPath(), false);
      }
    }
  }
}
