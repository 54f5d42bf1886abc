package io.mobilenetspark.jobs.cli;

import io.mobilenetspark.options.Choice;
import io.mobilenetspark.options.Choices;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a command's output goes, and what to do if there is something. */
public abstract sealed class OutputOptions permits OutputDirectoryOptions, OutputTableOptions {

  @Option(
      names = "--output-mode",
      paramLabel = "MODE",
      description = {
        "What to do if the output exists: append, overwrite, errorifexists, ignore, or incremental:"
            + " compute what is new or has changed. Default: `errorifexists`"
      })
  private @Nullable OutputMode mode;

  /** What to do if the output exists; the names are those of Spark's save modes, and one more. */
  public enum OutputMode implements Choice {
    APPEND,
    OVERWRITE,
    ERRORIFEXISTS,
    IGNORE,
    INCREMENTAL;

    public static final Choices<OutputMode> CHOICES = Choices.of("output mode", OutputMode.class);
  }

  OutputOptions() {}

  OutputOptions(OutputMode mode) {
    this.mode = mode;
  }

  /** The directory; empty if none is named. */
  public abstract String path();

  public OutputMode mode() {
    return mode == null ? OutputMode.ERRORIFEXISTS : mode;
  }

  /** Whether a mode was named. */
  final boolean hasMode() {
    return mode != null;
  }
}
