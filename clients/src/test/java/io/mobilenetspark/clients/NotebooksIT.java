package io.mobilenetspark.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.testing.Installed;
import io.mobilenetspark.testing.Python;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The notebooks run as they are checked in, each in a kernel of Jupyter of its own. */
@Tag("slow")
@Tag("python")
class NotebooksIT {

  @TempDir private Path directory;

  @Test
  void tablesAreRead() throws Exception {
    String python = having("pandas, duckdb, pyarrow, PIL");
    String table = directory.resolve("vectors").toString();
    Installed.launch(
            Map.of(),
            "embed",
            "--input=" + Installed.demoImages(),
            "--model=builtin",
            "--image-size=64",
            "--output=" + table)
        .assertExitCode(0);

    assertThat(run(python, "first_steps", Map.of("VECTORS", table)))
        .contains("\"mobilenet.dimension\": \"768\"", "\"mobilenet.image.size\": \"64x64\"")
        .contains("UNTRAINED", "TRUNCATED")
        .contains("ran 7 cells, 25 pictures");
  }

  /** What the notebook spoils is found. */
  @Test
  void aLabelledDatasetIsAudited() throws Exception {
    String python = having("pandas, pyarrow, PIL");

    assertThat(run(python, "audit", Map.of()))
        .contains("74 files in meadow, sky, wall", "74 rows of vectors")
        .containsPattern("near_duplicate +4\n")
        .containsPattern("dark +[1-9]")
        .containsPattern("[34] of the 4 in a wrong folder are among the [4-9] suspects")
        .contains("TRUNCATED", "3 of 74 images to leave out: 2 duplicates, 1 unreadable")
        .containsPattern("ran 7 cells, [1-9][0-9]* pictures");
  }

  @Test
  void imagesAreClassifiedBySqlAndMllib() throws Exception {
    String python = having("pyspark, pandas, PIL");

    assertThat(run(python, "sql_and_mllib", Map.of()))
        .containsPattern("sky +OK +24 +768")
        .containsPattern("accuracy (1.00|0.[6-9][0-9]) on [0-9]+ images")
        .contains("ran 9 cells, 1 pictures");
  }

  /** With one epoch: it is a test of the notebook. */
  @Test
  void aNetworkIsTunedAndLoadedByTensorFlow() throws Exception {
    String python = having("pyspark, pandas, PIL, tensorflow, tensorflow_hub, tf_keras");

    assertThat(run(python, "fine_tuning", Map.of("EPOCHS", "1", "IMAGE_SIZE", "64")))
        .contains("validationAccuracy")
        .contains("(1, 768) of 81 trainable weights")
        .contains("ran 8 cells, 2 pictures");
  }

  private static String having(String modules) {
    return Python.having("nbclient", "the notebooks", "nbclient, ipykernel, " + modules);
  }

  private String run(String python, String name, Map<String, String> variables)
      throws IOException, InterruptedException {
    Map<String, String> environment = new HashMap<>(variables);
    for (String place : // not the user's kernels
        List.of("JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR", "IPYTHONDIR")) {
      environment.put(place, directory.resolve("jupyter").toString());
    }
    environment.put("PYTHONPATH", Installed.projectRoot().resolve("python/src").toString());
    environment.put("PYTHONDONTWRITEBYTECODE", "1");
    environment.put("MOBILENET_SPARK_HOME", Installed.projectRoot().toString());
    environment.put("PYSPARK_PYTHON", python);
    environment.put("JAVA_HOME", System.getProperty("java.home"));
    environment.put("TMPDIR", directory.toString());
    return Installed.execute(
            environment,
            List.of(
                python,
                Installed.projectRoot()
                    .resolve("clients/src/test/python/run_notebook.py")
                    .toString(),
                Installed.projectRoot().resolve("notebooks/" + name + ".ipynb").toString()))
        .assertExitCode(0)
        .out();
  }
}
