package io.mobilenetspark.jobs.finetune;

import io.mobilenetspark.model.handle.Redacted;
import io.mobilenetspark.spark.train.EpochMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The command that gives the same weights again, bit for bit, as it can be pasted into a shell: the
 * one that was given, and what it left to the cluster. Of Spark's flags it has those alone that the
 * bits depend on. A web address is without its secrets, which are to be put in again.
 */
final class Reproduction {

  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@%+=:,./-]+");
  private static final String WORKERS = "--num-workers";

  private Reproduction() {}

  /**
   * The command.
   *
   * @param arguments those that it was given, the command's name among them
   * @param history the run's epochs
   * @param taskCpus threads of a gradient
   */
  static String command(List<String> arguments, List<EpochMetrics> history, int taskCpus) {
    List<String> words = new ArrayList<>(List.of("mobilenet-spark"));
    arguments.forEach(argument -> words.add(withoutSecrets(argument)));
    Set<Integer> workers =
        history.stream()
            .filter(epoch -> epoch.step() > 0)
            .map(EpochMetrics::workers)
            .collect(Collectors.toSet());
    boolean isGiven =
        arguments.stream().anyMatch(word -> word.equals(WORKERS) || word.startsWith(WORKERS + "="));
    if (!isGiven && workers.size() == 1) { // of several numbers none gives the same again
      words.add(WORKERS + "=" + workers.iterator().next());
    }
    if (taskCpus > 1) {
      words.add("--conf");
      words.add("spark.task.cpus=" + taskCpus);
    }
    return words.stream().map(Reproduction::quoted).collect(Collectors.joining(" "));
  }

  private static String withoutSecrets(String argument) {
    int value = argument.startsWith("--") ? argument.indexOf('=') + 1 : 0;
    return argument.substring(0, value) + Redacted.handle(argument.substring(value));
  }

  /** In single quotes nothing has a meaning but the next one. */
  private static String quoted(String word) {
    return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
