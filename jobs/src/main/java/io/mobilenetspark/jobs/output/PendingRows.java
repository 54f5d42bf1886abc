package io.mobilenetspark.jobs.output;

import io.mobilenetspark.jobs.cli.Console;
import io.mobilenetspark.jobs.common.Location;
import io.mobilenetspark.jobs.table.OutputContent;
import io.mobilenetspark.jobs.table.VectorFiles;
import io.mobilenetspark.jobs.table.VectorKind;
import io.mobilenetspark.jobs.table.VectorWriter;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;

/**
 * Rows that are computed and not yet in the table: each task's file is here, whole, as soon as the
 * task ends. Of a run that does not finish, the next one takes them. A folder a run; they go when
 * the table has the rows.
 */
public final class PendingRows {

  /** Of {@link #rows}: the folder that a row is from. A later run has a greater name. */
  public static final String RUN = "__run";

  private static final String PREFIX = "run-";

  private final FileSystem fileSystem;
  private final Configuration hadoop;
  private final List<Path> folders;
  private final Set<String> instructionSets = new TreeSet<>();
  private final Path container;
  private int last; // number of the last run's folder

  private PendingRows(
      FileSystem fileSystem, Path container, Configuration hadoop, List<Path> folders) {
    this.fileSystem = fileSystem;
    this.hadoop = hadoop;
    this.folders = folders;
    this.container = container;
    this.last =
        folders.isEmpty()
            ? 0
            : Integer.parseInt(
                folders.get(folders.size() - 1).getName().substring(PREFIX.length()));
  }

  static Path inside(Path output) {
    return new Path(output, OutputContent.PENDING);
  }

  static Path beside(Path output) {
    Path parent = output.getParent();
    return Location.child(
        parent == null ? output : parent, "." + output.getName() + OutputContent.PENDING);
  }

  /**
   * Finds what runs left that did not finish, and removes what is of no use.
   *
   * @param kind what rows must be
   */
  static PendingRows open(
      FileSystem fileSystem, Path container, VectorKind kind, Configuration hadoop, Console console)
      throws IOException {
    List<Path> folders = new ArrayList<>();
    Set<String> sets = new TreeSet<>();
    for (FileStatus child : list(fileSystem, container)) {
      Path folder = child.getPath();
      if (!child.isDirectory() || !folder.getName().matches(PREFIX + "\\d{6,9}")) {
        continue; // not ours; it goes with the container
      }
      List<VectorFiles.Footer> footers = readable(fileSystem, folder, hadoop, console);
      Optional<String> mismatch =
          footers.stream().map(kind::mismatch).flatMap(Optional::stream).findFirst();
      if (mismatch.isPresent()) {
        console.note(
            String.format(
                Locale.ROOT,
                "Removing the rows of a run that did not finish, which this one can't use: %s",
                mismatch.get()));
      }
      if (mismatch.isPresent() || footers.isEmpty()) {
        fileSystem.delete(folder, true);
      } else {
        folders.add(folder);
        sets.addAll(VectorFiles.instructionSets(footers));
      }
    }
    folders.sort(Comparator.comparing(Path::getName));
    PendingRows pending = new PendingRows(fileSystem, container, hadoop, folders);
    pending.instructionSets.addAll(sets);
    return pending;
  }

  private static FileStatus[] list(FileSystem fileSystem, Path directory) throws IOException {
    try {
      return fileSystem.listStatus(directory);
    } catch (FileNotFoundException e) {
      return new FileStatus[0];
    }
  }

  /** Footers of a folder's files; one that is damaged is deleted. */
  private static List<VectorFiles.Footer> readable(
      FileSystem fileSystem, Path folder, Configuration hadoop, Console console)
      throws IOException {
    List<FileStatus> parts = OutputContent.of(fileSystem, folder).parts();
    List<Optional<VectorFiles.Footer>> footers = VectorFiles.read(parts, hadoop);
    List<VectorFiles.Footer> readable = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      if (footers.get(i).isPresent()) {
        readable.add(footers.get(i).get().requireKnownFormat(folder.toString()));
      } else {
        console.note(
            String.format(
                Locale.ROOT,
                "%s, of a run that did not finish, is damaged; its rows are computed again",
                parts.get(i).getPath()));
        fileSystem.delete(parts.get(i).getPath(), false);
      }
    }
    return readable;
  }

  /** Whether runs that did not finish left nothing. */
  public boolean isEmpty() {
    return folders.isEmpty();
  }

  /**
   * What runs left that did not finish: rows with the run's name in {@link #RUN}.
   *
   * @param columns of the table
   */
  public Dataset<Row> rows(SparkSession spark, StructType columns) {
    Dataset<Row> rows = read(spark, columns, folders.get(0));
    for (Path folder : folders.subList(1, folders.size())) {
      rows = rows.union(read(spark, columns, folder));
    }
    return rows;
  }

  private static Dataset<Row> read(SparkSession spark, StructType columns, Path folder) {
    return VectorFiles.dataset(spark, columns, folder)
        .withColumn(RUN, functions.lit(folder.getName()));
  }

  /**
   * Computes rows, in a folder of their own. Hadoop's second algorithm puts a task's file in its
   * place when the task is done, not when all are.
   *
   * @return the rows, as they are kept
   */
  public Dataset<Row> write(Dataset<Row> vectors, VectorKind kind) throws IOException {
    last++;
    Path folder = new Path(container, String.format(Locale.ROOT, "%s%06d", PREFIX, last));
    VectorWriter.of(vectors, kind.footer())
        .option("mapreduce.fileoutputcommitter.algorithm.version", "2")
        .save(folder.toString());
    instructionSets.addAll(
        VectorFiles.instructionSets(
            VectorFiles.read(OutputContent.of(fileSystem, folder).parts(), hadoop).stream()
                .flatMap(Optional::stream)
                .toList()));
    return VectorFiles.dataset(vectors.sparkSession(), vectors.schema(), folder);
  }

  /** What all of them were computed on. */
  public Set<String> instructionSets() {
    return instructionSets;
  }

  /** Removes everything, once the table has it. */
  static void remove(FileSystem fileSystem, Path container) {
    try {
      fileSystem.delete(container, true);
    } catch (IOException | RuntimeException e) {
      // The table has the rows, so that the next run needs none of them, and removes them.
    }
  }
}
