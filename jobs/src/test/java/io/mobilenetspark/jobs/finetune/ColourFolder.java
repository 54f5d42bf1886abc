package io.mobilenetspark.jobs.finetune;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.testing.Colours;
import io.mobilenetspark.testing.Installed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Small pictures, a directory per colour, and a quick network that is trained on them. */
abstract class ColourFolder {

  /** The classes in their order; their names are what file systems and HTML find hard. */
  static final List<String> CLASSES = List.of("blue sky", "green", "red <&> \"50%25\"");

  static final int PER_CLASS = 12;

  @TempDir Path directory;

  final SparkSession spark = Commands.session();
  Path colours;
  Path output;

  @BeforeEach
  void prepareColours() throws IOException {
    colours = directory.resolve("colours");
    output = Files.createDirectories(directory.resolve("runs")).resolve("run");
    writeColours(colours, 0);
  }

  /** A directory per class; other seeds give other pictures. */
  static void writeColours(Path folder, int firstSeed) throws IOException {
    for (int label = 0; label < CLASSES.size(); label++) {
      Path ofClass = Files.createDirectories(folder.resolve(CLASSES.get(label)));
      for (int i = 0; i < PER_CLASS; i++) {
        int seed = firstSeed + label * PER_CLASS + i;
        Files.write(
            ofClass.resolve(String.format(Locale.ROOT, "picture %d.png", seed)),
            Colours.png(label, seed));
      }
    }
  }

  /** The command without an input and a label column. */
  List<String> args(String... options) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "finetune",
                "--model=builtin",
                "--image-size=64",
                "--batch-size=12",
                "--num-workers=2",
                "--epochs=2",
                "--validation-fraction=0",
                "--learning-rate=0.001",
                "--head-reg-param=0.1", // a smaller one takes three times the jobs
                "--output=" + output));
    // The last one of two values would be an error, not the one that counts.
    for (String option : options) {
      String name = option.substring(0, option.indexOf('=') + 1);
      args.removeIf(arg -> !name.isEmpty() && arg.startsWith(name));
      args.add(option);
    }
    return args;
  }

  Installed.Outcome finetune(String... options) {
    return Commands.run(args(options).toArray(String[]::new));
  }

  JsonNode report() throws IOException {
    return new ObjectMapper().readTree(output.resolve("_finetune.json").toFile());
  }

  /** Nothing is left beside the output, and without one nothing at all. */
  void assertNothingIsLeft() throws IOException {
    try (Stream<Path> left = Files.list(output.getParent())) {
      assertThat(left.filter(path -> !path.equals(output))).isEmpty();
    }
  }
}
