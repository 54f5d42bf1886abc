package io.mobilenetspark.jobs.input;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.jobs.cli.InputOptions;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** How many tasks a table is read in. */
class ImageTableTest {

  private final SparkSession spark = Commands.session();

  private ImageTable open(String... options) {
    spark
        .range(0, 30_000, 1, 2)
        .selectExpr("id", "concat('/photos/', id) AS path")
        .createOrReplaceTempView("manifest");
    String[] all =
        Stream.concat(Stream.of("--table=manifest"), Stream.of(options)).toArray(String[]::new);
    return ImageTable.open(spark, CommandLine.populateCommand(new InputOptions(), all));
  }

  private static int tasks(Dataset<Row> rows) {
    return rows.javaRDD().getNumPartitions();
  }

  /**
   * A thousand files are a task's work; a thousand names are none, and are compared as they are.
   */
  @Test
  void pathsAreDealtOutToBeComputedAndNotToBeCompared() {
    ImageTable images = open();
    assertThat(tasks(images.rows())).isEqualTo(30);
    assertThat(tasks(images.namesOnly())).isEqualTo(2);
    images = open("--partitions=7");
    assertThat(tasks(images.rows())).isEqualTo(7);
    assertThat(tasks(images.namesOnly())).isEqualTo(2);
  }
}
