package io.mobilenetspark.jobs.output;

import io.mobilenetspark.jobs.cli.Console;
import io.mobilenetspark.jobs.cli.OutputOptions;
import io.mobilenetspark.jobs.cli.OutputOptions.OutputMode;
import io.mobilenetspark.jobs.cli.TableOptions;
import io.mobilenetspark.jobs.common.Uninterrupted;
import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.jobs.table.OutputContent;
import io.mobilenetspark.jobs.table.PartitionColumns;
import io.mobilenetspark.jobs.table.RunReport;
import io.mobilenetspark.jobs.table.StoredVectors;
import io.mobilenetspark.jobs.table.VectorFiles;
import io.mobilenetspark.jobs.table.VectorKind;
import io.mobilenetspark.jobs.table.VectorWriter;
import io.mobilenetspark.spark.ClassicSpark;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/**
 * The Parquet table that a command writes: there whole, or as it was. It is written where nobody
 * looks, and takes its place when it is complete. In this order: {@link #at}, {@link #begin},
 * {@link #requireComparable}, {@link #write}, {@link #commit}, {@link #close}. An incremental one
 * goes on from {@link #continued}, and takes one of {@link #leave}, {@link #extend} and {@link
 * #replace} before {@link #write}.
 */
public final class VectorTable implements OutputTable {
  private final OutputPlace place;
  private final TableOptions options;
  private final OutputState state;
  private OutputContent content;
  private final List<RunFolder> folders = new ArrayList<>(); // the first is that of the run
  private boolean isMoved;
  private @Nullable TableSwap swap;
  private boolean isWriting; // or has, here or in scratch
  private boolean isCommitted;
  private KeptFiles kept = KeptFiles.NONE;
  private List<String> written = List.of(); // names of files

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
  public static VectorTable at(
      OutputOptions output,
      TableOptions options,
      List<String> inputs,
      Configuration hadoop,
      Console console) {
    options.check();
    options.checkParquet();
    OutputPlace place = OutputPlace.of(output, inputs, hadoop);
    OutputState state = new OutputState(place, console);
    try {
      state.settle(List.of());
      return new VectorTable(place, options, state, state.look());
    } catch (IOException e) {
      throw place.unusable(e);
    }
  }

  public Path path() {
    return place.path();
  }

  @Override
  public String place() {
    return place.path().toString();
  }

  @Override
  public List<String> partitionBy() {
    return options.partitionBy();
  }

  /** The same without links. */
  public Path real() {
    return place.real();
  }

  /** The names of its files; no file is written under a name that was used. */
  public List<String> files() {
    return content.names();
  }

  @Override
  public boolean followsDeadRun() {
    return state.followsDeadRun();
  }

  @Override
  public boolean leavesWhatExists() {
    return place.mode() == OutputMode.IGNORE && content.kind() == OutputContent.Kind.COMPLETE;
  }

  @Override
  public synchronized void begin(Dataset<Row> input) {
    place.requireApartFromTables(ClassicSpark.readPaths(input));
    FileSystem fileSystem = place.fileSystem();
    Path output = place.real();
    try {
      boolean isAppended = content.kind() == OutputContent.Kind.COMPLETE && isAppending();
      isMoved = DirectoryMoves.arePossible(fileSystem, output);
      boolean isBeside = isMoved && !isAppended;
      RunFolder made = makeFolder(isBeside ? RunFolder.beside(output) : RunFolder.inside(output));
      state.settle(List.of(made.path())); // now that others can see this run
      content = state.look();
      requireNoNewTable(isAppended);
      if (place.mode() != OutputMode.INCREMENTAL) {
        swap =
            isBeside
                ? new RenameSwap(fileSystem, output, made.path())
                : new FileSwap(fileSystem, output, made.path(), isAppended ? List.of() : names());
      }
    } catch (IOException e) {
      throw place.unusable(e);
    }
  }

  /** One that another run has finished since this one first looked is not to be replaced. */
  private void requireNoNewTable(boolean isAppended) {
    boolean isThere = content.kind() == OutputContent.Kind.COMPLETE;
    if ((isAppending() && isThere != isAppended) || leavesWhatExists()) {
      throw UserException.input(
          String.format(
              Locale.ROOT,
              "Another run has just %s %s. Run again.",
              isThere ? "written" : "removed",
              place.path()));
    }
  }

  private RunFolder makeFolder(Path container) throws IOException {
    RunFolder made = RunFolder.make(place.fileSystem(), container);
    folders.add(made);
    return made;
  }

  /** A place for what this run alone needs, until it ends. */
  public synchronized Path scratch(String name) {
    isWriting = true;
    return new Path(folders.get(0).path(), name);
  }

  /** What is computed and not yet in the table. */
  public PendingRows pending(VectorKind kind, Console console) throws IOException {
    return PendingRows.open(place.fileSystem(), pendingContainer(), kind, place.hadoop(), console);
  }

  private Path pendingContainer() {
    return isMoved ? PendingRows.beside(place.real()) : PendingRows.inside(place.real());
  }

  /** The table stays as it is. */
  public synchronized void leave() {
    swap = null;
    isWriting = false; // what was is done
  }

  /** Whether it does. */
  public synchronized boolean isLeft() {
    return swap == null;
  }

  /**
   * What is written next is added.
   *
   * @param maxSmallFiles how many a directory may have; 0 for any number
   * @param bytesPerFile what {@link #write} makes of many rows
   * @return files that are to be written with it, for it stands for them
   */
  public synchronized SmallFiles extend(int maxSmallFiles, long bytesPerFile) throws IOException {
    RunFolder own = folders.get(0);
    if (isMoved) { // files are moved from within
      own = makeFolder(RunFolder.inside(place.real()));
      state.settle(folders.stream().map(RunFolder::path).toList());
    }
    // Who asks for files of few rows is not to have them made one.
    KeptFiles merged = kept.small(options.rowsPerFile() > 0 ? 0 : maxSmallFiles, bytesPerFile);
    kept = kept.without(merged);
    swap = new FileSwap(place.fileSystem(), place.real(), own.path(), merged.names());
    return merged.toBeMerged();
  }

  /** What is written next is the whole table. */
  public synchronized void replace() {
    kept = KeptFiles.NONE;
    Path own = folders.get(0).path();
    swap =
        isMoved
            ? new RenameSwap(place.fileSystem(), place.real(), own)
            : new FileSwap(place.fileSystem(), place.real(), own, names());
  }

  private boolean isAppending() {
    return place.mode() == OutputMode.APPEND;
  }

  private List<String> names() {
    List<String> names = new ArrayList<>(List.of("_metadata", "_common_metadata"));
    names.addAll(content.names());
    return names;
  }

  @Override
  public void requireComparable(VectorKind kind) {
    if (isAppending()) {
      kept = KeptFiles.of(content, kind, place);
    }
  }

  /**
   * The table that is there, whose rows go together with new ones.
   *
   * @param kind what the new ones are
   * @return what its vectors were computed on; empty if there is none
   * @throws UserException if they differ in what moves vectors, in their columns or in what tells
   *     changes
   */
  public Optional<Set<String>> continued(VectorKind kind) {
    if (content.kind() != OutputContent.Kind.COMPLETE || place.mode() == OutputMode.OVERWRITE) {
      return Optional.empty();
    }
    kept = KeptFiles.of(content, kind, place);
    return Optional.of(kept.computedOn());
  }

  /** Unseen, until {@link #commit}. */
  @Override
  public void write(Dataset<Row> vectors, Map<String, String> footer) {
    Path fresh = beginWriting();
    Dataset<Row> spelled = kept.spelled(vectors);
    VectorWriter.of(spelled, footer)
        .option("maxRecordsPerFile", options.rowsPerFile())
        .options(options.outputOptions())
        .partitionBy(PartitionColumns.of(spelled.schema(), partitionBy()).fieldNames())
        .save(fresh.toString());
    try {
      written = OutputContent.of(place.fileSystem(), fresh).names();
      requireFolders();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** At once, or {@link #end} in another thread takes it for not begun. */
  private synchronized Path beginWriting() {
    Path fresh = begun().fresh();
    isWriting = true;
    return fresh;
  }

  private TableSwap begun() {
    if (swap == null) {
      throw new IllegalStateException("not begun, or ended");
    }
    return swap;
  }

  /** How many rows {@link #write} has written. */
  long written() throws IOException {
    List<FileStatus> files = OutputContent.of(place.fileSystem(), begun().fresh()).parts();
    return VectorFiles.rows(files, place.hadoop());
  }

  @Override
  public synchronized void commit(RunReport report, SparkSession spark) {
    try {
      Uninterrupted.run(() -> commit(report));
      isCommitted = true;
    } catch (IOException e) {
      throw UserException.job(
          String.format(
              Locale.ROOT,
              "The vectors could not be moved into place, %s: %s. Run again; the table of before is"
                  + " there, or the next run restores it.",
              place.path(),
              e.getMessage()),
          e);
    }
    if (!isAppending()) {
      removePending();
    }
    try {
      spark.catalog().refreshByPath(place.path().toString());
    } catch (RuntimeException e) {
      // Of use to this session alone, and the table is written.
    }
  }

  private void commit(RunReport report) throws IOException {
    FileSystem fileSystem = place.fileSystem();
    requireOurPlace();
    if (swap == null) {
      report.write(fileSystem, place.real(), totals(List.of()));
      return;
    }
    Path fresh = swap.fresh();
    OutputContent staged = OutputContent.of(fileSystem, fresh);
    requireOnlyParts(staged);
    report.write(fileSystem, fresh, totals(staged.parts()));
    Path success = new Path(fresh, OutputContent.SUCCESS);
    if (!fileSystem.exists(success)) { // Spark may be told not to write it
      fileSystem.create(success, false).close();
    }
    swap.commit(written);
  }

  /** What was computed is of no more use. */
  public void removePending() {
    PendingRows.remove(place.fileSystem(), pendingContainer());
  }

  /** Rows in other files would not come into the table. */
  private static void requireOnlyParts(OutputContent written) throws IOException {
    if (!written.foreign().isEmpty()) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "Spark has written '%s', which is no name of a table's file. Look at the settings"
                  + " that name files, such as mapreduce.output.basename",
              written.foreign().get(0)));
    }
  }

  /** Others that do not know of runs may have been here in the meantime. */
  private void requireOurPlace() throws IOException {
    requireFolders();
    state.awaitOtherJob();
    content = state.look();
  }

  private void requireFolders() throws IOException {
    for (RunFolder folder : folders) {
      if (!folder.isThere()) {
        throw RunFolder.lost();
      }
    }
  }

  /** What the table has, once the new files are in it. */
  private Map<String, Object> totals(List<FileStatus> written) throws IOException {
    Map<String, Object> totals = new LinkedHashMap<>(); // in this order in every run's report
    long added = VectorFiles.rows(written, place.hadoop());
    totals.put("rows", kept.rows() + added);
    totals.put("files", kept.count() + written.size());
    return totals;
  }

  @Override
  public synchronized boolean end() {
    swap = null;
    List<RunFolder> ended = List.copyOf(folders);
    folders.clear();
    for (RunFolder folder : ended) {
      folder.end();
    }
    boolean mayBeMade = isWriting && !isCommitted;
    Uninterrupted.run(() -> ended.forEach(folder -> state.clear(folder.path(), mayBeMade)));
    return isCommitted;
  }

  @Override
  public StoredVectors stored(SparkSession spark) {
    return StoredVectors.open(spark, place(), List.of());
  }
}
