package io.mobilenetspark.jobs.cli;

import io.mobilenetspark.image.ImageStatus;
import io.mobilenetspark.jobs.cli.OutputOptions.OutputMode;
import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.options.Choice;
import io.mobilenetspark.options.Choices;
import io.mobilenetspark.spark.MalformedMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.Option;

/** What {@code --output-mode incremental} computes again, and how often it commits. */
public final class IncrementalOptions {

  private static final int USUAL_SMALL_FILES = 100;

  @Option(
      names = "--changed-by",
      paramLabel = "WHAT",
      split = ",",
      description = {
        "With --output-mode incremental, how a changed image is detected: by mtime,length of the file,"
            + " sha256 of its bytes, none, or columns of the input that hold a version. With"
            + " overwrite: begin such a table anew.",
        "Default: mtime,length for files and paths, sha256 for tables of images."
      })
  private List<String> changedBy = new ArrayList<>();

  @Option(
      names = "--deleted",
      paramLabel = "WHAT",
      defaultValue = "keep",
      description = {
        "With --output-mode incremental, what to do with rows that are no longer in the input: keep"
            + " or remove. Default: ${DEFAULT-VALUE}"
      })
  private Deleted deleted = Deleted.KEEP;

  @Option(
      names = "--retry",
      paramLabel = "WHICH",
      defaultValue = "transient",
      description = {
        "With --output-mode incremental, which failed rows are tried again although their image has"
            + " not changed: none, transient (READ_ERROR, OUT_OF_MEMORY) or all but DECODER_CRASH."
            + " Default: ${DEFAULT-VALUE}"
      })
  private Retry retry = Retry.TRANSIENT;

  @Option(
      names = "--rows-per-commit",
      paramLabel = "N",
      defaultValue = "0",
      description = {
        "With --output-mode incremental, about how many rows a task computes before it commits them,"
            + " which is what a killed run loses of it; 0 for 1,000 files or paths. Default:"
            + " ${DEFAULT-VALUE}"
      })
  private long rowsPerCommit;

  @Option(
      names = "--max-small-files",
      paramLabel = "N",
      defaultValue = "100",
      description = {
        "With --output-mode incremental, a run that adds rows to a directory with at least this"
            + " many files under 64 MB merges them and the new rows into one; 0 for never. Default:"
            + " ${DEFAULT-VALUE}"
      })
  private int maxSmallFiles = USUAL_SMALL_FILES;

  @Option(
      names = "--dedup",
      description = {
        "Compute images that are the same, byte for byte, only once: all their rows get the vector."
            + " With --output-mode incremental, one that the table has is not computed again.",
        "Each image is read once more for it."
      })
  private boolean dedup;

  /** What is done with rows that the input has no more. */
  public enum Deleted implements Choice {
    KEEP,
    REMOVE;

    public static final Choices<Deleted> CHOICES =
        Choices.of("treatment of deleted rows", Deleted.class);
  }

  /** Which failed rows are tried again. */
  public enum Retry implements Choice {
    NONE,
    TRANSIENT,
    ALL;

    public static final Choices<Retry> CHOICES = Choices.of("kind of failures", Retry.class);

    /** The names of their statuses. */
    public List<String> statuses() {
      return Arrays.stream(ImageStatus.values())
          .filter(
              status ->
                  switch (this) {
                    case NONE -> false;
                    case TRANSIENT ->
                        status == ImageStatus.READ_ERROR || status == ImageStatus.OUT_OF_MEMORY;
                    case ALL ->
                        status != ImageStatus.OK
                            && status != ImageStatus.DECODER_CRASH; // it costs an executor
                  })
          .map(ImageStatus::name)
          .toList();
    }
  }

  public List<String> changedBy() {
    return changedBy;
  }

  public Deleted deleted() {
    return deleted;
  }

  public Retry retry() {
    return retry;
  }

  public boolean dedup() {
    return dedup;
  }

  public long rowsPerCommit() {
    return rowsPerCommit;
  }

  /** How many small files a directory may have before they are made one; 0 for any number. */
  public int maxSmallFiles() {
    return maxSmallFiles;
  }

  /**
   * Checks what can be checked without the input.
   *
   * @throws UserException if an option has no effect, or no meaning
   */
  public void check(OutputOptions output, MalformedMode mode) {
    boolean isIncremental = output.mode() == OutputMode.INCREMENTAL;
    boolean isAnew = output.mode() == OutputMode.OVERWRITE;
    requireUsed("--changed-by", changedBy.isEmpty(), isIncremental || isAnew);
    requireUsed("--deleted", deleted == Deleted.KEEP, isIncremental);
    requireUsed("--retry", retry == Retry.TRANSIENT, isIncremental);
    requireUsed("--rows-per-commit", rowsPerCommit == 0, isUsed(output));
    requireUsed("--max-small-files", maxSmallFiles == USUAL_SMALL_FILES, isIncremental);
    if (maxSmallFiles < 0) {
      throw UserException.usage("--max-small-files must not be negative: " + maxSmallFiles);
    }
    if (rowsPerCommit < 0) {
      throw UserException.usage("--rows-per-commit must not be negative: " + rowsPerCommit);
    }
    if (isUsed(output) && mode == MalformedMode.DROPMALFORMED) {
      throw UserException.usage(
          "--mode DROPMALFORMED leaves out rows, which --output-mode incremental would compute again"
              + " in each run. Pass PERMISSIVE, and leave out rows with a status when reading.");
    }
  }

  /** Whether the table is an incremental one: gone on with, or begun anew. */
  public boolean isUsed(OutputOptions output) {
    return output.mode() == OutputMode.INCREMENTAL
        || (output.mode() == OutputMode.OVERWRITE && !changedBy.isEmpty());
  }

  private static void requireUsed(String option, boolean isDefault, boolean hasEffect) {
    if (!isDefault && !hasEffect) {
      throw UserException.usage(option + " has no effect without --output-mode incremental");
    }
  }
}
