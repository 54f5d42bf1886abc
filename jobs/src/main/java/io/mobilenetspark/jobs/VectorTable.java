package io.mobilenetspark.jobs;

import io.mobilenetspark.jobs.OutputOptions.OutputMode;
import io.mobilenetspark.spark.ClassicSpark;
import io.mobilenetspark.spark.FeatureMetadata;
import io.mobilenetspark.spark.FeatureTable;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * The Parquet table that a command writes: there whole, or as it was. It is written where nobody
 * looks, and takes its place when it is complete. In this order: {@link #at}, {@link #begin},
 * {@link #requireComparable}, {@link #write}, {@link #commit}, {@link #close}.
 */
final class VectorTable implements Closeable {
  private static final int LOOKS = 5;
  private static final int MOST_LOOKS = 20;
  private static final long LOOK_MILLIS = 100;

  private final OutputPlace place;
  private final TableOptions options;
  private final OutputState state;
  private OutputContent content;
  private @Nullable RunFolder folder;
  private @Nullable TableSwap swap;
  private volatile boolean isWriting; // the JVM may be stopping in another thread
  private boolean isCommitted;
  private List<VectorFiles.Footer> kept = List.of();

  private VectorTable(
      OutputPlace place, TableOptions options, OutputState state, OutputContent content) {
    this.place = place;
    this.options = options;
    this.state = state;
    this.content = content;
  }

  /**
   * Checks the place and the options.
   *
   * @param inputs paths and globs of what is read; the output must be apart
   * @throws UserException if it can't be written
   */
  static VectorTable at(
      OutputOptions output,
      TableOptions options,
      List<String> inputs,
      Configuration hadoop,
      Console console) {
    options.check();
    OutputPlace place = OutputPlace.of(output, inputs, hadoop);
    OutputState state = new OutputState(place, console);
    try {
      state.settle(List.of());
      return new VectorTable(place, options, state, state.look());
    } catch (IOException e) {
      throw unusable(place, e);
    }
  }

  private static UserException unusable(OutputPlace place, IOException e) {
    return UserException.input(
        String.format(Locale.ROOT, "Can't write to %s: %s", place.path(), e.getMessage()), e);
  }

  Path path() {
    return place.path();
  }

  /** Whether there is nothing to do: a table is there and the mode is to leave it. */
  boolean leavesWhatExists() {
    return place.mode() == OutputMode.IGNORE && content.kind() == OutputContent.Kind.COMPLETE;
  }

  /**
   * Takes the place, before any work.
   *
   * @param input what is read, under whatever name; the output must be apart from its files
   * @throws UserException if nothing can be written there, or another run is at it
   */
  synchronized void begin(Dataset<Row> input) {
    place.requireApartFrom(ClassicSpark.readPaths(input));
    FileSystem fileSystem = place.fileSystem();
    Path output = place.real();
    try {
      boolean isAppended = content.kind() == OutputContent.Kind.COMPLETE && isAppending();
      boolean isMoved = !isAppended && DirectoryMoves.arePossible(fileSystem, output);
      RunFolder made =
          RunFolder.make(fileSystem, isMoved ? RunFolder.beside(output) : RunFolder.inside(output));
      folder = made;
      state.settle(List.of(made.path())); // now that others can see this run
      content = state.look();
      swap =
          isMoved
              ? new RenameSwap(fileSystem, output, made.path())
              : new FileSwap(fileSystem, output, made.path(), isAppended ? List.of() : names());
    } catch (IOException e) {
      throw unusable(place, e);
    }
  }

  private boolean isAppending() {
    return place.mode() == OutputMode.APPEND;
  }

  private List<String> names() {
    List<String> names = new ArrayList<>(List.of("_metadata", "_common_metadata"));
    content.parts().forEach(part -> names.add(part.getPath().getName()));
    return names;
  }

  /**
   * Fails unless the vectors go together with those that stay.
   *
   * @param facts what the new ones are
   * @param columns of the new table
   * @throws UserException if they differ in what moves vectors, or in their columns
   */
  void requireComparable(Map<String, String> facts, StructType columns) {
    if (!isAppending()) {
      return;
    }
    List<Optional<VectorFiles.Footer>> footers;
    try {
      footers = VectorFiles.read(content.parts(), place.hadoop());
    } catch (IOException e) {
      throw unusable(place, e);
    }
    List<VectorFiles.Footer> found = new ArrayList<>();
    for (int i = 0; i < footers.size(); i++) {
      String name = content.parts().get(i).getPath().getName();
      VectorFiles.Footer footer =
          footers.get(i).orElseThrow(() -> refused(name + " is damaged, or no Parquet file"));
      List<String> differing = FeatureMetadata.differing(footer.facts(), facts);
      if (!differing.isEmpty()) {
        throw refused(
            differing.stream()
                .map(key -> differs(key, footer.facts().get(key), facts.get(key)))
                .collect(Collectors.joining("; ")));
      }
      List<String> names = VectorFiles.names(columns);
      if (!footer.columns().isEmpty() && !footer.columns().equals(names)) {
        throw refused(
            String.format(
                Locale.ROOT,
                "its columns are %s, these are %s",
                String.join(", ", footer.columns()),
                String.join(", ", names)));
      }
      found.add(footer);
    }
    kept = found;
  }

  private static String differs(String key, @Nullable String there, @Nullable String here) {
    return String.format(
        Locale.ROOT,
        "%s is %s there and %s here",
        key,
        there == null ? "not told" : there,
        here == null ? "not told" : here);
  }

  private UserException refused(String why) {
    return UserException.input(
        String.format(
            Locale.ROOT,
            "Can't append to %s, whose vectors could not be compared with these: %s. Pass the options"
                + " that it was made with, --output-mode overwrite, or another --output.",
            place.path(),
            why));
  }

  /**
   * Computes and writes the table, unseen. Each value of a vector occurs once, more or less: a
   * dictionary of them would only be built to be thrown away.
   *
   * @param facts what the vectors are; for the files' footers
   */
  void write(Dataset<Row> vectors, Map<String, String> facts) {
    Path fresh = begun().fresh();
    isWriting = true;
    vectors
        .write()
        .format(VectorParquetFormat.class.getName())
        .options(facts)
        .option("compression", "zstd")
        .option("parquet.enable.dictionary#" + FeatureTable.FEATURES + ".list.element", "false")
        .option("maxRecordsPerFile", options.rowsPerFile())
        .mode(SaveMode.ErrorIfExists)
        .save(fresh.toString());
  }

  private TableSwap begun() {
    if (swap == null) {
      throw new IllegalStateException("not begun, or ended");
    }
    return swap;
  }

  /**
   * Puts the table in its place, with its report.
   *
   * @throws UserException if it could not be done
   */
  synchronized void commit(RunReport report, SparkSession spark) {
    FileSystem fileSystem = place.fileSystem();
    TableSwap ready = begun();
    try {
      requireOurPlace();
      report.write(fileSystem, ready.fresh(), totals(ready.fresh()));
      Path success = new Path(ready.fresh(), OutputContent.SUCCESS);
      if (!fileSystem.exists(success)) { // Spark may be told not to write it
        fileSystem.create(success, false).close();
      }
      ready.commit();
      isCommitted = true;
    } catch (IOException e) {
      throw UserException.job(
          String.format(
              Locale.ROOT,
              "The vectors could not be put in their place, %s: %s. Run again; what is there is the"
                  + " table of before, or the next run sees to that.",
              place.path(),
              e.getMessage()),
          e);
    }
    try {
      spark.catalog().refreshByPath(place.path().toString());
    } catch (RuntimeException e) {
      // Of use to this session alone, and the table is written.
    }
  }

  /** Others that do not know of runs may have been here in the meantime. */
  private void requireOurPlace() throws IOException {
    if (folder == null || !folder.isThere()) {
      throw new IOException(
          "something else has replaced it in the meantime, and the new table is lost");
    }
    content = state.look();
  }

  /** What the table has, once the new files are in it. */
  private Map<String, Object> totals(Path fresh) throws IOException {
    List<FileStatus> written = OutputContent.of(place.fileSystem(), fresh).parts();
    long rows = kept.stream().mapToLong(VectorFiles.Footer::rows).sum();
    for (Optional<VectorFiles.Footer> footer : VectorFiles.read(written, place.hadoop())) {
      rows += footer.orElseThrow(() -> new IOException("a file just written is damaged")).rows();
    }
    Map<String, Object> totals = new LinkedHashMap<>(); // in this order in every run's report
    totals.put("rows", rows);
    totals.put("files", kept.size() + written.size());
    return totals;
  }

  /** Ends the run; leaves nothing of it but what was committed. */
  @Override
  public void close() {
    var unused = end();
  }

  /**
   * The same.
   *
   * @return whether the table has been put in its place
   */
  synchronized boolean end() {
    swap = null;
    RunFolder ended = folder;
    folder = null;
    if (ended != null) {
      ended.end();
      clear(ended.path());
    }
    return isCommitted;
  }

  /** Tasks of a write that failed or is stopped may go on a moment, and make the folder again. */
  private void clear(Path ended) {
    boolean mayBeMade = isWriting && !isCommitted;
    int gone = 0;
    for (int looks = 0; looks < MOST_LOOKS && gone < LOOKS; looks++) {
      try {
        state.clear(ended);
        if (!mayBeMade) {
          return;
        }
        TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        gone = place.fileSystem().exists(ended) ? 0 : gone + 1;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (IOException | RuntimeException e) {
        // The next look, or the next run, does.
      }
    }
  }
}
