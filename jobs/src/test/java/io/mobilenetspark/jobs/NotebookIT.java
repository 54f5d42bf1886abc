package io.mobilenetspark.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The notebooks run, as they are checked in, on what the jobs write. */
class NotebookIT {

  @TempDir private Path directory;

  @Test
  void readVectors() throws Exception {
    String python = pythonWithPyArrow();
    Path output = directory.resolve("vectors");
    Commands.run(
            "embed",
            "--input=" + Commands.demoImages(),
            "--model=builtin",
            "--image-size=64",
            "--output=" + output)
        .assertExitCode(0);

    Commands.Outcome outcome =
        Commands.execute(
            Map.of("VECTORS", output.toString()),
            List.of(
                python,
                Commands.projectRoot().resolve("jobs/src/test/python/run_notebook.py").toString(),
                Commands.projectRoot().resolve("notebooks/read_vectors.ipynb").toString()));

    outcome.assertExitCode(0);
    assertThat(outcome.out())
        .contains("\"mobilenet.dimension\": \"768\"", "\"mobilenet.image.size\": \"64x64\"")
        .contains("UNTRAINED")
        .contains("ran 5 cells");
  }

  private static String pythonWithPyArrow() throws IOException, InterruptedException {
    Path ofCi = Commands.projectRoot().resolve("udf/target/python/bin/python");
    for (String python : List.of(ofCi.toString(), "python3")) {
      if (!python.startsWith("/") || Files.isExecutable(Path.of(python))) {
        try {
          List<String> probe = List.of(python, "-c", "import pyarrow, numpy");
          if (Commands.execute(Map.of(), probe).exitCode() == 0) {
            return python;
          }
        } catch (IOException e) {
          // There is no such program.
        }
      }
    }
    Assumptions.abort("NOT TESTED: the notebook needs a python3 with pyarrow and numpy");
    throw new IllegalStateException("unreachable");
  }
}
