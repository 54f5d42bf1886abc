package io.mobilenetspark.jobs;

import io.mobilenetspark.spark.sql.MobileNetExtensions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.internal.config.ConfigEntry;
import picocli.CommandLine;

/** Options and settings that the docs mention, in prose, tables or code: do they exist? */
final class DocNames {

  private static final Pattern OPTION = Pattern.compile("(?<![\\w-])--[a-z][a-z0-9]*(-[a-z0-9]+)*");
  private static final Pattern OURS = Pattern.compile("(?<![\\w.])spark\\.mobilenet\\.\\w+");

  /** Spark's own settings, where they are set: {@code --conf}, or a line of a file of settings. */
  private static final Pattern SET =
      Pattern.compile("(?:--conf |^#? ?)(spark\\.[\\w.]+)(?==|\\s+\\S)", Pattern.MULTILINE);

  /** Of programs that are not ours or Spark's: TensorBoard's, and nvidia-smi's. */
  private static final Set<String> OTHERS = Set.of("--logdir", "--query-gpu", "--format");

  /** Settings of which each name is one of the user's. */
  private static final String ENVIRONMENT = "spark.executorEnv.";

  /** The same of catalogs, with what each catalog takes. */
  private static final String CATALOG = "spark.sql.catalog.";

  /** Those of a module of Spark's that the build does not have. */
  private static final String KUBERNETES = "spark.kubernetes.";

  /** Those that name a resource; {@code GpuAssignmentTest} sets them. */
  private static final Pattern GPU =
      Pattern.compile(
          "spark\\.(task\\.resource\\.gpu\\.amount"
              + "|(executor|worker)\\.resource\\.gpu\\.(amount|discoveryScript))");

  private DocNames() {}

  /** What a text names that does not exist. */
  static List<String> faults(String text) throws IOException {
    List<String> faults = new ArrayList<>();
    Set<String> options = options();
    for (Matcher option = OPTION.matcher(text); option.find(); ) {
      if (!options.contains(option.group())) {
        faults.add("no such option: " + option.group());
      }
    }
    for (Matcher setting = OURS.matcher(text); setting.find(); ) {
      addUnlessSetting(faults, setting.group());
    }
    for (Matcher setting = SET.matcher(text); setting.find(); ) {
      addUnlessSetting(faults, setting.group(1));
    }
    return faults.stream().distinct().toList();
  }

  private static void addUnlessSetting(List<String> faults, String name) {
    MobileNetExtensions.register(Commands.session()); // settings are known when they are loaded
    if (!name.startsWith(ENVIRONMENT)
        && !name.startsWith(CATALOG)
        && !name.startsWith(KUBERNETES)
        && !GPU.matcher(name).matches()
        && ConfigEntry.findEntry(name) == null) {
      faults.add("no such setting: " + name);
    }
  }

  private static Set<String> options() throws IOException {
    Set<String> options = new LinkedHashSet<>(OTHERS);
    options.addAll(DocCommands.sparkFlags());
    for (CommandLine command : Main.commandLine().getSubcommands().values()) {
      command.getCommandSpec().options().forEach(option -> options.addAll(List.of(option.names())));
    }
    return options;
  }
}
