package io.mobilenetspark.jobs;

import static org.assertj.core.api.Assertions.tuple;

import io.mobilenetspark.testing.Installed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A folder of photographs, good and broken, and what a quick model makes of it. */
public abstract class PhotoFolder {

  /** A small input makes the network quick; what it computes is not the matter here. */
  private static final List<String> SMALL_MODEL = List.of("--model=builtin", "--image-size=64");

  @TempDir protected Path directory;

  protected final SparkSession spark = Commands.session();
  protected Path photos;
  protected Path output;

  @BeforeEach
  void preparePhotos() throws IOException {
    photos = Files.createDirectories(directory.resolve("photos/some folder"));
    output = directory.resolve("vectors");
    Path jpeg = demoImage("Portrait_1.jpg");
    Files.copy(jpeg, photos.resolve("good.jpg"));
    Files.copy(jpeg, photos.resolve("good with wrong ending.png"));
    Files.write(photos.resolve("empty.jpg"), new byte[0]);
    byte[] bytes = Files.readAllBytes(jpeg);
    Files.write(photos.resolve("truncated.jpg"), Arrays.copyOf(bytes, bytes.length / 2));
    Files.writeString(photos.resolve("text.jpg"), "<html>not found</html>", StandardCharsets.UTF_8);
  }

  protected Installed.Outcome embed(String... options) {
    List<String> all = new ArrayList<>(List.of(options));
    all.add("--output=" + output);
    return Commands.run(args(all.toArray(String[]::new)));
  }

  protected static String[] args(String... options) {
    List<String> all = new ArrayList<>();
    all.add("embed");
    all.addAll(SMALL_MODEL);
    all.addAll(List.of(options));
    return all.toArray(String[]::new);
  }

  protected Dataset<Row> table() {
    spark.catalog().refreshByPath(output.toString());
    return spark.read().parquet(output.toString());
  }

  protected List<Tuple> statuses() {
    return table().collectAsList().stream()
        .map(
            row -> {
              String path = row.getAs("path");
              return tuple(
                  path.substring(path.lastIndexOf('/') + 1),
                  row.<String>getAs("status"),
                  row.<String>getAs("error"));
            })
        .sorted((a, b) -> a.toList().get(0).toString().compareTo(b.toList().get(0).toString()))
        .toList();
  }

  protected float[] vectorOf(String file) {
    return Commands.vector(
        table().where(functions.col("path").endsWith("/" + file)).head(), "features");
  }

  protected byte[] bytes(String file) {
    try {
      return Files.readAllBytes(photos.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  protected static Path demoImage(String name) throws IOException {
    try (var files = Files.walk(Commands.demoImages())) {
      return files.filter(file -> file.endsWith(name)).findFirst().orElseThrow();
    }
  }
}
