package io.mobilenetspark.jobs.cli;

import io.mobilenetspark.jobs.cli.OutputOptions.OutputMode;
import io.mobilenetspark.jobs.common.UserException;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;
import org.apache.spark.network.util.JavaUtils;
import picocli.CommandLine.Option;

/** Whether the input is watched, and how often it is looked at. */
public final class ContinuousOptions {

  private static final String USUAL_INTERVAL = "30s";

  /** Spark takes it for milliseconds or seconds, depending on whom one asks. */
  private static final Pattern WITHOUT_UNIT = Pattern.compile("\\s*-?[0-9]*\\s*");

  @Option(
      names = "--continuous",
      description =
          "Watch the input: --output-mode incremental again and again, in one session, until it is"
              + " stopped.")
  private boolean continuous;

  @Option(
      names = "--trigger-interval",
      paramLabel = "TIME",
      defaultValue = USUAL_INTERVAL,
      description =
          "With --continuous, the time from the start of a round to that of the next, such as 500ms,"
              + " 30s, 5min or 1h; a round that takes longer is followed at once. Default:"
              + " ${DEFAULT-VALUE}")
  private String triggerInterval = USUAL_INTERVAL;

  /** Whether the input is watched. */
  public boolean isAsked() {
    return continuous;
  }

  /**
   * From the start of a round to that of the next.
   *
   * @throws UserException if it is none
   */
  public Duration interval() {
    try {
      if (!WITHOUT_UNIT.matcher(triggerInterval).matches()) {
        Duration interval = Duration.ofMillis(JavaUtils.timeStringAsMs(triggerInterval));
        if (!interval.isNegative()) {
          return interval;
        }
      }
    } catch (IllegalArgumentException e) {
      // Spark's text is one about its own settings.
    }
    throw UserException.usage(
        String.format(
            Locale.ROOT,
            "--trigger-interval is a number with a unit, such as 500ms, 30s, 5min or 1h, not '%s'",
            triggerInterval));
  }

  /**
   * Checks what can be checked without the input.
   *
   * @throws UserException if an option has no effect, or no meaning
   */
  public void check(OutputOptions output) {
    if (!continuous && !triggerInterval.equals(USUAL_INTERVAL)) {
      throw UserException.usage("--trigger-interval has no effect without --continuous");
    }
    if (continuous && output.mode() != OutputMode.INCREMENTAL) {
      throw UserException.usage(
          String.format(
              Locale.ROOT,
              "--continuous keeps a table up to date, which --output-mode %s does not. Leave"
                  + " --output-mode out, or pass incremental.",
              output.mode().optionName()));
    }
    var unused = interval();
  }
}
