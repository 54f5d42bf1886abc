package io.mobilenetspark.jobs.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.jobs.cli.CommonOptions;
import io.mobilenetspark.jobs.cli.Console;
import io.mobilenetspark.jobs.cli.OutputDirectoryOptions;
import io.mobilenetspark.jobs.cli.TableOptions;
import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.testing.Pictures;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Two runs on one output, one of them between two steps of the other. */
class VectorTableTest {

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"APPEND", "IGNORE", "ERRORIFEXISTS"})
  void aTableThatAnotherRunHasJustWrittenStays(String mode) throws Exception {
    SparkSession spark = Commands.session();
    Path photos = Files.createDirectory(directory.resolve("photos"));
    Files.write(photos.resolve("a.png"), Pictures.png(1));
    Path output = directory.resolve("vectors");
    Console console =
        new Console(new CommandLine(CommandSpec.create()), CommonOptions.Verbosity.QUIET);
    try (VectorTable table =
        VectorTable.at(
            CommandLine.populateCommand(
                new OutputDirectoryOptions(), "--output=" + output, "--output-mode=" + mode),
            CommandLine.populateCommand(new TableOptions()),
            List.of(photos.toString()),
            new Configuration(),
            console)) {
      assertThat(table.leavesWhatExists()).isFalse();
      Commands.run(
              "embed",
              "--input=" + photos,
              "--model=builtin",
              "--image-size=32",
              "--output=" + output)
          .assertExitCode(0);

      assertThatThrownBy(() -> table.begin(spark.emptyDataFrame()))
          .isInstanceOf(UserException.class)
          .hasMessageContaining(output.toString());
    }
    assertThat(spark.read().parquet(output.toString()).count()).isEqualTo(1);
  }
}
