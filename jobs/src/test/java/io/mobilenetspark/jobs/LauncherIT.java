package io.mobilenetspark.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mobilenetspark.testing.Installed;
import io.mobilenetspark.testing.Pictures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The launcher and plain spark-submit, each in processes of their own, as users start them. */
@Tag("slow")
class LauncherIT {

  /** Scala's reflection on their types takes more than a second. */
  private static final String MLLIBS_FUNCTIONS =
      "org.apache.spark.sql.ml.InternalFunctionRegistration";

  @TempDir private Path directory;

  /** The first start after a build makes the archive, and says so. */
  @BeforeAll
  static void makeArchive() throws Exception {
    Commands.launch(Map.of(), "--version").assertExitCode(0);
  }

  @Test
  void demoIsOneCommand() throws Exception {
    Path output = directory.resolve("demo");
    Path log = directory.resolve("classes");
    Installed.Outcome outcome =
        Commands.launch(
            Map.of(
                "MOBILENET_SPARK_DEMO_OUTPUT",
                output.toString(),
                "TFHUB_CACHE_DIR",
                directory.resolve("cache").toString(),
                "MOBILENET_MODEL_MIRROR",
                "http://localhost:9/{path}"),
            "demo",
            "--driver-java-options=-Xlog:class+load:file=" + log);

    outcome.assertExitCode(0);
    assertThat(outcome.out())
        .contains("images in", "Vectors: file:" + output, "nearest other image (cosine)")
        .contains(" OK ", "TRUNCATED", "CORRUPT", "$ mobilenet-spark audit --vectors " + output)
        .as("pixels were looked at when they were embedded")
        .doesNotContain("--images");
    assertThat(outcome.out().strip())
        .endsWith("Open " + output + "-report.html in a browser to see all of it.");
    assertThat(Path.of(output + "-report.html")).isNotEmptyFile();
    assertThat(outcome.err().lines())
        .as("nothing but the model and progress")
        .allMatch(
            line ->
                line.startsWith("Model: builtin (UNTRAINED")
                    || line.startsWith("Looking for the trained network of TF Hub")
                    || line.startsWith("The demo uses an untrained network")
                    || line.contains("images/s"));
    assertThat(Commands.parquetFiles(output)).isNotEmpty();
    assertThat(log).content().contains("MobileNetExtensions").doesNotContain(MLLIBS_FUNCTIONS);
  }

  /** Jars are shipped, though only the settings name a master. */
  @Tag("cluster")
  @Test
  void sparksFlagsPassThroughWhereverTheyStand() throws Exception {
    Path output = directory.resolve("vectors");
    Path properties =
        Files.writeString(
            directory.resolve("spark.properties"), "spark.master = local-cluster[1,4,2048]\n");
    Path extraJar = Files.copy(Commands.nativeJar(), directory.resolve("extra.jar"));

    Commands.launch(
            Map.of(),
            "--executor-memory=2g",
            "embed",
            "--input=" + Commands.demoImages(),
            "--conf",
            "spark.executor.heartbeatInterval=1s",
            "--conf=spark.serializer=org.apache.spark.serializer.KryoSerializer",
            "--model=builtin",
            "--image-size=64",
            "--partitions=40",
            "--properties-file=" + properties,
            "--output=" + output,
            "--jars",
            extraJar.toString(),
            "--",
            "--driver-memory",
            "700m",
            "--name",
            "flags")
        .assertExitCode(0);

    JsonNode report = Commands.report(output);
    assertThat(report.at("/sessions").asInt())
        .as("TensorFlow sessions of one executor JVM with 4 concurrent tasks, 40 partitions")
        .isEqualTo(1);
    assertThat(report.at("/batches").asInt()).isGreaterThanOrEqualTo(40);
    assertThat(report.at("/spark/master").asText()).isEqualTo("local-cluster[1,4,2048]");
    assertThat(report.at("/spark/app_name").asText()).isEqualTo("flags");
    assertThat(report.at("/spark/driver_memory").asText()).isEqualTo("700m");
    assertThat(report.at("/spark/executors").asInt()).isEqualTo(1);
  }

  /** Not from the jars, when the driver is the only executor. */
  @Test
  void startsFromTheClassesOfTheLastBuild() throws Exception {
    Path log = directory.resolve("classes");
    Commands.launch(Map.of(), "--help", "--driver-java-options=-Xlog:class+load:file=" + log)
        .assertExitCode(0);
    List<String> classes = Files.readAllLines(log);
    assertThat(classes)
        .anyMatch(
            line ->
                line.contains(" io.mobilenetspark.jobs.Main source: shared objects file (top)"));
    assertThat(classes.stream().filter(line -> line.contains(" source: file:")).count())
        .as("classes out of jars")
        .isLessThan(classes.size() / 10);
  }

  @ParameterizedTest
  @CsvSource({"-Dnothing=x, Using Parallel", "-XX:+UseSerialGC, Using Serial"})
  void whoeverChoosesACollectorHasIt(String flag, String collector) throws Exception {
    Path log = directory.resolve("collector");
    Commands.launch(Map.of(), "--help", "--driver-java-options=" + flag + " -Xlog:gc:file=" + log)
        .assertExitCode(0);
    assertThat(log).content().contains(collector);
  }

  @Test
  void anArchiveThatDoesNotFitIsPassedOver() throws Exception {
    Path log = directory.resolve("classes");
    Installed.Outcome outcome =
        Commands.launch(
            Map.of(),
            "--help",
            "--driver-class-path=" + directory,
            "--driver-java-options=-Xlog:class+load:file=" + log);
    outcome.assertExitCode(0);
    assertThat(outcome.out()).startsWith("Usage: mobilenet-spark").doesNotContain("[warning]");
    assertThat(outcome.err()).isEmpty();
    assertThat(log).content().doesNotContain("shared objects file (top)");
  }

  @Test
  void plainSparkSubmitDoesTheSame() throws Exception {
    Path output = directory.resolve("vectors");

    Installed.Outcome outcome =
        Commands.execute(
            Map.of("SPARK_HOME", Commands.bundledSpark().toString(), "TF_CPP_MIN_LOG_LEVEL", "2"),
            Commands.sparkSubmit(
                "--master",
                "local[2]",
                "--class",
                "io.mobilenetspark.jobs.Main",
                "--jars",
                Commands.nativeJar().toString(),
                Commands.jar().toString(),
                "embed",
                "--input=" + Commands.demoImages(),
                "--model=builtin",
                "--image-size=64",
                "--output=" + output));

    outcome.assertExitCode(0);
    assertThat(outcome.out()).contains("images in", "Vectors: file:" + output);
    assertThat(Commands.report(output).at("/spark/master").asText()).isEqualTo("local[2]");

    Commands.execute(
            Map.of("SPARK_HOME", Commands.bundledSpark().toString()),
            Commands.sparkSubmit(
                "--class",
                "io.mobilenetspark.jobs.Main",
                Commands.jar().toString(),
                "embed",
                "--input=" + directory + "/nowhere",
                "--output=" + output + "2"))
        .assertExitCode(3);
  }

  @Test
  void usesASparkOfTheRightVersionAndPassesOverOthers() throws Exception {
    Path right = fakeSpark("right", "4.1.7");
    Installed.Outcome used =
        Commands.launch(Map.of("SPARK_HOME", right.toString()), "embed", "--master", "yarn", "--x");
    used.assertExitCode(0);
    assertThat(used.out())
        .contains("spark-submit of right")
        .contains("--class io.mobilenetspark.jobs.Main --jars " + Commands.nativeJar())
        .contains("--master yarn " + Commands.jar() + " embed --x");

    Installed.Outcome onPath =
        Commands.launch(
            Map.of("PATH", right.resolve("bin") + ":" + System.getenv("PATH")), "embed", "--x");
    assertThat(onPath.out()).contains("spark-submit of right");

    Path old = fakeSpark("old", "3.5.1");
    Installed.Outcome passedOver =
        Commands.launch(Map.of("SPARK_HOME", old.toString()), "embed", "--help");
    passedOver.assertExitCode(0);
    assertThat(passedOver.err())
        .contains("Passing over Spark 3.5.1 in " + old, "for 4.0, 4.1, 4.2");
    assertThat(passedOver.out()).contains("Usage: mobilenet-spark embed");
  }

  @Test
  void nobodyNeedListen() throws Exception {
    Path right = fakeSpark("right", "4.1.7");
    String launcher = Commands.projectRoot().resolve("jobs/bin/mobilenet-spark").toString();
    for (String closed : List.of(">&- 2>&-", "<&- >&- 2>&-")) {
      String command = "timeout 20 \"$1\" embed " + closed;
      Commands.execute(
              Map.of("SPARK_HOME", right.toString()), List.of("sh", "-c", command, "-", launcher))
          .assertExitCode(0);
    }
  }

  @Test
  void saysThatJavaHomeIsNone() throws Exception {
    Commands.launch(Map.of("JAVA_HOME", "/no/such jdk"), "embed")
        .assertExitCode(2)
        .assertOneMessage("JAVA_HOME is /no/such jdk, which has no bin/java", "or unset it");
  }

  /** Not its own, which the other tests run on. */
  @ParameterizedTest
  @CsvSource({"Linux, aarch64, linux-arm64", "Darwin, arm64, macosx-arm64"})
  void buildsWithTheNativeLibraryOfItsPlatform(String system, String machine, String platform)
      throws Exception {
    Path bin = commands(system, machine);
    command(bin, "mvn", "echo mvn \"$@\"; exit 1");
    Installed.Outcome outcome = Commands.launch(withPath(bin), "embed");
    outcome.assertExitCode(5);
    assertThat(outcome.err()).contains("Building first", "-Dnative.platform=" + platform);
  }

  @ParameterizedTest
  @CsvSource({"Darwin, x86_64", "Linux, riscv64", "MINGW64_NT-10.0, x86_64", "Linux, i686"})
  void saysWhereThereIsNoNativeLibrary(String system, String machine) throws Exception {
    Commands.launch(withPath(commands(system, machine)), "embed", "--help")
        .assertExitCode(2)
        .assertOneMessage(
            "no native library for " + system + " on " + machine,
            "Linux on x86_64 and arm64",
            "macOS on arm64");
  }

  /** In the locale C of containers and cron, Java takes names for ASCII. */
  @Test
  void pathsAreReadInTheLocaleC() throws Exception {
    Path work = Files.createDirectory(directory.resolve("work"));
    Path picture = Files.write(directory.resolve("picture.png"), Pictures.png(1));
    String name = "\"$1\"/$(printf 'pictures/\\305\\237ekil.png')";
    Commands.execute(
            Map.of(),
            List.of(
                "sh",
                "-c",
                "mkdir \"$1\"/pictures && cp \"$2\" " + name,
                "-",
                work + "",
                picture + ""))
        .assertExitCode(0);

    Installed.Outcome outcome =
        Commands.launch(
            Map.of("LC_ALL", "C"),
            "embed",
            "--input=" + work.resolve("pictures"),
            "--model=builtin",
            "--image-size=64",
            "--output=" + work.resolve("vectors"));

    outcome.assertExitCode(0);
    Row row = Commands.session().read().parquet(work.resolve("vectors").toString()).head();
    assertThat(row.<String>getAs("path")).endsWith("/pictures/\u015fekil.png");
    assertThat(row.<String>getAs("status")).isEqualTo("OK");
  }

  /** A folder with a {@code uname} of another machine. */
  private Path commands(String system, String machine) throws IOException {
    Path bin = Files.createDirectory(directory.resolve("bin"));
    command(
        bin,
        "uname",
        "case $1 in -s) echo '" + system + "' ;; -m) echo '" + machine + "' ;; *) exit 1 ;; esac");
    return bin;
  }

  private static void command(Path bin, String name, String script) throws IOException {
    Path file = Files.writeString(bin.resolve(name), "#!/bin/sh\n" + script + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private static Map<String, String> withPath(Path bin) {
    return Map.of("PATH", bin + ":" + System.getenv("PATH"));
  }

  @Test
  void failuresHaveTheirCodesAndOneMessage() throws Exception {
    Commands.launch(Map.of(), "embed", "--input=/nowhere", "--output=" + directory + "/x")
        .assertExitCode(3)
        .assertOneMessage("There is no input /nowhere");

    Installed.Outcome failFast =
        Commands.launch(
            Map.of(),
            "embed",
            "--input=" + Commands.demoImages(),
            "--input-option=pathGlobFilter=broken-sos-before-sof.jpg",
            "--model=builtin",
            "--image-size=64",
            "--mode=FAILFAST",
            "--output=" + directory + "/x");
    failFast.assertExitCode(5).assertOneMessage("broken-sos-before-sof.jpg can't be read: CORRUPT");

    Installed.Outcome wrongMaster = Commands.launch(Map.of(), "embed", "--master=nonsense");
    assertThat(wrongMaster.exitCode()).isEqualTo(1);
    assertThat(wrongMaster.err()).contains("Master must", "All of the log is in");

    Commands.launch(Map.of(), "embed", "--master").assertExitCode(2);
  }

  @Test
  void helpHasExamplesAndExitCodes() throws Exception {
    Installed.Outcome embed = Commands.launch(Map.of(), "embed", "--help");
    embed.assertExitCode(0);
    assertThat(embed.out()).contains("Examples:", "--max-error-rate", "Default: PERMISSIVE");

    Installed.Outcome finetune = Commands.launch(Map.of(), "finetune", "--help");
    finetune.assertExitCode(0);
    assertThat(finetune.out())
        .contains(
            "Examples:", "--learning-rate=X", "Learning rate after the warm-up. Default: 1.0E-4");

    Installed.Outcome all = Commands.launch(Map.of(), "--help");
    all.assertExitCode(0);
    assertThat(all.out()).contains("embed", "finetune", "demo", "Exit codes:", "--master");
  }

  /** An installation of which only the version and the script's arguments matter. */
  private Path fakeSpark(String name, String version) throws IOException {
    Path spark = directory.resolve(name);
    Files.createDirectories(spark.resolve("bin"));
    Files.createDirectories(spark.resolve("jars"));
    Files.createFile(spark.resolve("jars/spark-core_2.13-" + version + ".jar"));
    Path script = spark.resolve("bin/spark-submit");
    Files.writeString(script, "#!/bin/sh\necho spark-submit of " + name + ": \"$@\"\n");
    assertThat(script.toFile().setExecutable(true)).isTrue();
    return spark;
  }
}
