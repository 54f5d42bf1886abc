package io.mobilenetspark.jobs.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.jobs.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each file is read once, whatever it is called. */
class LiteralPathsTest {

  /** Spark lists more than 32 paths by tasks. */
  private static final int MANY = 34;

  @TempDir private java.nio.file.Path directory;

  private final SparkSession spark = Commands.session();

  private List<Path> files(java.nio.file.Path table) throws IOException {
    try (Stream<java.nio.file.Path> files = Files.walk(table)) {
      return files
          .filter(file -> file.toString().endsWith(".parquet"))
          .map(file -> new Path(file.toUri()))
          .toList();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "of 100 %41",
        "{1}",
        "[a]",
        "a}b",
        "what?*",
        "back\\slash",
        "10:30 plain",
        "10:30 {1,2} [a-b]"
      })
  void everyRowIsThereOnce(String name) throws IOException {
    java.nio.file.Path table = directory.resolve(name).resolve("kind=a}b");
    int count = name.equals("{1}") ? MANY : 3;
    Dataset<Row> written = spark.range(0, 2L * count, 1, count).toDF();
    written.write().parquet(table.toString());
    List<Path> files = files(table);
    assertThat(files).hasSize(count);

    Dataset<Row> inferred = LiteralPaths.parquet(spark.read(), files);
    assertThat(inferred.select("id").orderBy("id").collectAsList())
        .isEqualTo(written.orderBy("id").collectAsList());
    Dataset<Row> some =
        VectorFiles.dataset(
            spark,
            written.schema().add("kind", "string"),
            new Path(directory.resolve(name).toUri()),
            files.subList(0, 2));
    assertThat(some.where("kind = 'a}b'").count()).isEqualTo(4);
    assertThat(some.select("id").distinct().count()).isEqualTo(4);
  }
}
