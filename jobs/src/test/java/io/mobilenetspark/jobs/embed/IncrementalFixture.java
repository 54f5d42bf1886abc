package io.mobilenetspark.jobs.embed;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.testing.Installed;
import io.mobilenetspark.testing.Pictures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A folder of pictures, and a table of vectors that {@code embed} keeps up to date. */
abstract class IncrementalFixture {

  @TempDir Path directory;

  final SparkSession spark = Commands.session();
  Path photos = Path.of("");
  Path output = Path.of("");

  /** As many files as there are rows would be too many. */
  @BeforeEach
  void shuffleLittle() {
    spark.conf().set("spark.sql.shuffle.partitions", "2");
  }

  @AfterEach
  void shuffleAsBefore() {
    spark.conf().unset("spark.sql.shuffle.partitions");
  }

  @BeforeEach
  void preparePhotos() throws IOException {
    photos = Files.createDirectories(directory.resolve("photos"));
    output = directory.resolve("vectors");
    for (int i = 0; i < 4; i++) {
      put("a" + i, i);
    }
  }

  void put(String name, int picture) throws IOException {
    Files.write(photos.resolve(name + ".png"), Pictures.png(picture));
  }

  Installed.Outcome embed(String... options) {
    List<String> all = new ArrayList<>(List.of("embed", "--model=builtin", "--image-size=32"));
    if (Stream.of(options).noneMatch(option -> option.startsWith("--output="))) {
      all.add("--output=" + output);
    }
    if (Stream.of(options).noneMatch(option -> option.startsWith("--output-mode"))) {
      all.add("--output-mode=incremental");
    }
    if (Stream.of(options).noneMatch(option -> option.matches("--(input|table)=.*"))) {
      all.add("--input=" + photos);
    }
    all.addAll(List.of(options));
    return Commands.run(all.toArray(String[]::new));
  }

  /** What a run found, in the order of {@code _run.json}. */
  Map<String, Integer> found(String... options) throws IOException {
    embed(options).assertExitCode(0);
    assertThat(names(directory)).noneMatch(name -> name.startsWith(".vectors"));
    assertThat(names(output)).contains("_SUCCESS").noneMatch(name -> name.startsWith(".mobile"));
    Map<String, Integer> found = new LinkedHashMap<>();
    JsonNode report = Commands.report(output);
    report
        .at("/incremental")
        .properties()
        .forEach(
            field -> {
              if (field.getValue().asInt() > 0) {
                found.put(field.getKey(), field.getValue().asInt());
              }
            });
    return found;
  }

  static Set<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return new TreeSet<>(files.map(file -> file.getFileName().toString()).toList());
    }
  }

  Dataset<Row> table() {
    spark.catalog().refreshByPath(output.toString());
    return spark.read().parquet(output.toString());
  }

  Set<String> rows() {
    return rows(table());
  }

  static Set<String> rows(Dataset<Row> table) {
    List<Row> all = table.select(table.columns()[0], "status", "features").collectAsList();
    Set<String> rows = new TreeSet<>(all.stream().map(Row::toString).toList());
    assertThat(rows).as("no row twice").hasSameSizeAs(all);
    return rows;
  }

  void verify() {
    Commands.run("verify", "--output=" + output, "--input=" + photos, "--model=builtin")
        .assertExitCode(0);
  }

  Set<String> rowsOfOneFullRun(String... options) {
    Path kept = output;
    output = directory.resolve("full");
    List<String> all = new ArrayList<>(List.of(options));
    all.add("--output-mode=overwrite");
    embed(all.toArray(String[]::new)).assertExitCode(0);
    Set<String> rows = rows();
    output = kept;
    return rows;
  }

  static final StructType BYTES =
      new StructType()
          .add("id", DataTypes.LongType)
          .add("version", DataTypes.IntegerType)
          .add("image", DataTypes.BinaryType);

  String products(Row... rows) {
    return products(BYTES, rows);
  }

  String products(StructType schema, Row... rows) {
    Path place = directory.resolve("products");
    spark
        .createDataFrame(List.of(rows), schema)
        .write()
        .mode("overwrite")
        .parquet(place.toString());
    return "--input=" + place;
  }

  static Row product(@Nullable Object id, @Nullable Object version, int picture) {
    return RowFactory.create(id, version, Pictures.png(picture));
  }
}
