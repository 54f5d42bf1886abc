package io.mobilenetspark.jobs;

import io.mobilenetspark.jobs.cli.Mistakes;
import io.mobilenetspark.jobs.common.Version;
import io.mobilenetspark.testing.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.util.Utils;
import picocli.CommandLine;
import scala.jdk.javaapi.CollectionConverters;

/** Command lines of the docs: are they what the launcher, Spark and the build take? */
final class DocCommands {

  private static final String LAUNCHER = "jobs/bin/mobilenet-spark";

  /** Files of the project, and what the build makes. */
  private static final Pattern FILE =
      Pattern.compile("@?((?:jobs|udf|bench|conf|docs|python)/[\\w./*-]*[\\w*])");

  private static final Pattern CONTINUED = Pattern.compile("\\\\\\R\\s*");

  private DocCommands() {}

  /** The commands of a block: of a console's only what is typed, continued lines as one. */
  static List<String> of(DocPage.Block block) {
    String text = CONTINUED.matcher(block.text()).replaceAll("");
    boolean isConsole = block.language().equals("console");
    return text.lines()
        .filter(line -> !line.isBlank() && !line.startsWith("#"))
        .filter(line -> !isConsole || line.startsWith("$ "))
        .map(line -> isConsole ? line.substring(2) : line)
        .toList();
  }

  /** What is wrong with a command line. */
  static List<String> faults(String command) throws IOException {
    List<String> faults = new ArrayList<>();
    List<String> words = CollectionConverters.asJava(Utils.splitCommandString(command));
    List<String> rest = words.subList(1, words.size());
    String program = words.get(0);
    switch (program.endsWith("/bin/mobilenet-spark") ? LAUNCHER : program) {
      case LAUNCHER, "mobilenet-spark" -> faults.addAll(ofLauncher(rest));
      case "spark-submit" -> faults.addAll(ofSparkSubmit(rest));
      case "spark-sql", "pyspark" -> faults.addAll(left(withoutSparkFlags(rest)));
      case "bench/run" -> faults.addAll(ofBenchmark(rest));
      case "bench/publish", "curl", "java", "mvn", "python", "pip", "tar", "docker" -> {}
      default -> faults.add("not a command that is known here: " + program);
    }
    faults.addAll(files(command));
    return faults;
  }

  private static List<String> ofLauncher(List<String> words) throws IOException {
    List<String> arguments = withoutSparkFlags(words);
    return Mistakes.of(Main.commandLine().parseArgs(arguments.toArray(String[]::new)));
  }

  private static List<String> ofSparkSubmit(List<String> words) throws IOException {
    List<String> rest = withoutSparkFlags(words);
    if (!words.contains(Main.class.getName())) {
      return List.of("spark-submit of another class than " + Main.class.getName());
    }
    return ofLauncher(rest.subList(1, rest.size())); // behind the jar
  }

  private static List<String> left(List<String> words) {
    return words.isEmpty() ? List.of() : List.of("not a flag of Spark's: " + words);
  }

  /** Of a class that is there; without one, the comparison with peers runs. */
  private static List<String> ofBenchmark(List<String> words) {
    if (words.get(0).startsWith("DIRECTORY")) {
      return List.of();
    }
    Path source =
        SharedData.projectRoot()
            .resolve("bench/src/main/java/io/mobilenetspark/bench")
            .resolve(words.get(0) + ".java");
    return Files.exists(source) ? List.of() : List.of("no benchmark: " + words.get(0));
  }

  private static List<String> withoutSparkFlags(List<String> words) throws IOException {
    Set<String> flags = sparkFlags();
    List<String> others = new ArrayList<>();
    for (int i = 0; i < words.size(); i++) {
      if (flags.contains(words.get(i))) {
        i++; // and its value
      } else {
        others.add(words.get(i));
      }
    }
    return others;
  }

  /**
   * Spark's flags with a value, as the launcher knows them; and the class, which it sets itself.
   */
  static Set<String> sparkFlags() throws IOException {
    String launcher = Files.readString(SharedData.projectRoot().resolve(LAUNCHER));
    int begin = launcher.indexOf("is_spark_flag_with_value() {");
    Matcher names =
        Pattern.compile("--?[a-z][a-z-]*")
            .matcher(launcher.substring(begin, launcher.indexOf("return 0", begin)));
    Set<String> flags = new LinkedHashSet<>(Set.of("--jars", "--class"));
    while (names.find()) {
      flags.add(names.group());
    }
    return flags;
  }

  /** Files that are named exist, or are what the build makes. */
  private static List<String> files(String command) {
    Set<String> built =
        Set.of(
            "jobs/target/mobilenet-spark-jobs-" + Version.ofProject() + ".jar",
            "jobs/target/native/tensorflow-core-native-1.1.0-linux-x86_64.jar",
            "jobs/target/mobilenet-spark-" + Version.ofProject() + ".tar.gz",
            "jobs/target",
            "jobs/target/native/*",
            "bench/target/classes",
            "bench/target/classpath.txt");
    return FILE.matcher(command)
        .results()
        .map(file -> file.group(1))
        .filter(file -> !built.contains(file))
        .filter(file -> !Files.exists(SharedData.projectRoot().resolve(file)))
        .map(file -> "no such file, and the build makes none: " + file)
        .toList();
  }

  /** The examples at the end of a command's help, continued lines as one. */
  static List<String> ofHelp(CommandLine command) {
    String footer =
        String.join(
            "\n",
            Arrays.stream(command.getCommandSpec().usageMessage().footer())
                .map(String::strip)
                .toList());
    return CONTINUED
        .matcher(footer)
        .replaceAll("")
        .lines()
        .filter(line -> line.startsWith("mobilenet-spark"))
        .toList();
  }
}
