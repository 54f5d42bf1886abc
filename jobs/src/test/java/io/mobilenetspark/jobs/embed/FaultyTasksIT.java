package io.mobilenetspark.jobs.embed;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.testing.EndlessFileSystem;
import io.mobilenetspark.testing.Pictures;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Tasks that fail, and copies of tasks that hang: what is counted is what was committed. */
@Tag("slow")
@Tag("cluster")
class FaultyTasksIT {

  private static final int FILES = 40;

  @TempDir private Path directory;

  @EnabledIfSystemProperty(
      named = "cases",
      matches = "all",
      disabledReason = "of the exhaustive tier: executors of their own")
  @Test
  void attemptsThatFailAndHangCountNothing() throws Exception {
    Path content = Files.write(directory.resolve("content.png"), Pictures.png(0));
    Path stumbles = Files.createDirectory(directory.resolve("stumbles"));
    Path output = directory.resolve("vectors");
    Path testing =
        Path.of(
            EndlessFileSystem.class.getProtectionDomain().getCodeSource().getLocation().toURI());

    Commands.launch(
            Map.of(),
            "embed",
            "--master=local-cluster[2,1,1024]",
            "--conf=spark.speculation=true",
            "--conf=spark.speculation.interval=100ms",
            "--conf=spark.speculation.quantile=0.5",
            "--driver-class-path=" + testing,
            "--conf=spark.executor.extraClassPath=" + testing,
            "--conf=spark.hadoop.fs.many.impl=" + EndlessFileSystem.class.getName(),
            "--conf=spark.hadoop." + EndlessFileSystem.CONTENT + "=" + content,
            "--conf=spark.hadoop." + EndlessFileSystem.STUMBLES + "=" + stumbles,
            "--input=many://1-" + FILES + "/",
            "--model=builtin",
            "--image-size=32",
            "--partitions=8",
            "--output=" + output)
        .assertExitCode(0);

    for (String mark : EndlessFileSystem.STUMBLE_MARKS) {
      assertThat(stumbles.resolve(mark)).exists();
    }
    Dataset<Row> rows = Commands.session().read().parquet(output.toString());
    assertThat(rows.filter("status = 'OK' AND size(features) = 768").count()).isEqualTo(FILES);
    assertThat(rows.select("path").distinct().count()).isEqualTo(FILES);
    JsonNode report = Commands.report(output);
    assertThat(report.at("/images").asInt()).isEqualTo(FILES);
    assertThat(report.at("/status/OK").asInt()).isEqualTo(FILES);
  }
}
