package io.mobilenetspark.jobs.finetune;

import io.mobilenetspark.jobs.common.ShellWords;
import io.mobilenetspark.jobs.report.Rerun;
import io.mobilenetspark.model.handle.Redacted;
import io.mobilenetspark.spark.train.EpochMetrics;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The command that repeats a run, as it can be pasted into a shell: the one that was given, with
 * what it left to the cluster, into another output and without checkpoints, which would be loaded
 * instead. Of Spark's flags it has those alone that the bits depend on. Secrets are masked.
 *
 * <p>It gives the same weights, bit for bit, as far as {@link
 * io.mobilenetspark.spark.ml.MobileNetFineTuner} repeats a fit, unless the number of workers
 * changed during the run: no option says so.
 */
final class Reproduction {

  /** Of a run whose steps were all shared by as many workers. */
  static final String SAME =
      "The same weights again, if the images, the working directory and the kind of CPU are the"
          + " same; but for the last bits, if the head was fitted on 16 MiB of features or more";

  /** Of another. */
  static final String NEAR =
      "As near to the same weights as can be: the number of workers changed during the run";

  /** The root of a file system: what stands beside it would be on another one. */
  private static final Pattern ROOT = Pattern.compile("([^/:]+://[^/]*)?/*");

  private static final String WORKERS = "--num-workers";
  private static final String OUTPUT = "--output";
  private static final String INPUT_OPTION = "--input-option";

  /** What the run was told that another one is not. */
  private static final Set<String> LEFT_OUT =
      Set.of("--output-mode", "--checkpoint-dir", "--checkpoint-interval", WORKERS);

  private Reproduction() {}

  /**
   * The command.
   *
   * @param arguments those that it was given, the command's name among them
   * @param history the run's epochs
   * @param taskCpus threads of a gradient
   */
  static Rerun of(List<String> arguments, List<EpochMetrics> history, int taskCpus) {
    List<String> words = new ArrayList<>(List.of("mobilenet-spark"));
    words.addAll(told(arguments));
    Set<Integer> workers =
        history.stream()
            .filter(epoch -> epoch.step() > 0) // a head alone is the same by any number
            .map(EpochMetrics::workers)
            .collect(Collectors.toSet());
    if (workers.size() == 1) {
      words.add(WORKERS + "=" + workers.iterator().next());
    }
    if (taskCpus > 1) {
      words.add("--conf");
      words.add("spark.task.cpus=" + taskCpus);
    }
    return new Rerun(ShellWords.of(words), workers.size() > 1 ? NEAR : SAME);
  }

  /** An option's value is behind an equals sign or the next word. */
  private static List<String> told(List<String> arguments) {
    List<String> told = new ArrayList<>();
    for (Iterator<String> words = arguments.iterator(); words.hasNext(); ) {
      String word = words.next();
      int equals = word.startsWith("--") ? word.indexOf('=') : -1;
      String name = equals < 0 ? word : word.substring(0, equals);
      boolean isNext = equals < 0 && isKnown(name) && words.hasNext();
      String value = isNext ? words.next() : word.substring(equals + 1);
      if (LEFT_OUT.contains(name)) {
        continue;
      }
      if (isNext) {
        told.add(name);
      }
      told.add((isNext ? "" : word.substring(0, equals + 1)) + told(name, value));
    }
    return told;
  }

  private static boolean isKnown(String name) {
    return LEFT_OUT.contains(name) || name.equals(OUTPUT) || name.equals(INPUT_OPTION);
  }

  private static String told(String name, String value) {
    return switch (name) {
      case OUTPUT -> another(Redacted.path(value));
      case INPUT_OPTION -> masked(value);
      default -> Redacted.path(value);
    };
  }

  private static String another(String output) {
    if (ROOT.matcher(output).matches()) {
      return output + (output.endsWith("/") ? "again" : "/again");
    }
    int end = output.length();
    while (output.charAt(end - 1) == '/') {
      end--;
    }
    return output.substring(0, end) + "-again";
  }

  /** Which of a data source's options are secret, only the source knows. */
  private static String masked(String option) {
    int equals = option.indexOf('=');
    return equals < 0 ? Redacted.MASK : option.substring(0, equals + 1) + Redacted.MASK;
  }
}
