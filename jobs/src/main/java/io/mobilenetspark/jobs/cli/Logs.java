package io.mobilenetspark.jobs.cli;

import io.mobilenetspark.jobs.cli.CommonOptions.Verbosity;
import java.util.List;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;

/** Spark's logs: errors only, unless asked for more. */
public final class Logs {

  /** They log as errors, with stack traces, what the command reports itself in one message. */
  private static final List<String> REPEATERS =
      List.of(
          "org.apache.spark.executor.Executor",
          "org.apache.spark.scheduler.TaskSetManager",
          "org.apache.spark.sql.execution.datasources.FileFormatWriter",
          "org.apache.spark.sql.execution.datasources.FileFormatDataWriter",
          "org.apache.spark.util.Utils");

  private Logs() {}

  public static void configure(Verbosity verbosity) {
    if (verbosity == Verbosity.VERBOSE) {
      Configurator.setRootLevel(Level.INFO);
      return;
    }
    Configurator.setRootLevel(Level.ERROR);
    REPEATERS.forEach(logger -> Configurator.setLevel(logger, Level.OFF));
  }
}
