package io.mobilenetspark.jobs.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.jobs.PhotoFolder;
import io.mobilenetspark.testing.Installed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Photographs are searched with the model and the options that their table was made with. */
@Tag("slow")
class SimilarIT extends PhotoFolder {

  private static final String STRANGE = "50% [a]{b} \u00fc'#?.jpg";

  @BeforeEach
  void embedPhotos() throws IOException {
    Files.copy(demoImage("Portrait_2.jpg"), photos.resolve("other.jpg"));
    Files.copy(demoImage("Landscape_1.jpg"), photos.resolve(STRANGE));
    embed("--input=" + photos, "--resize=area").assertExitCode(0);
  }

  private Installed.Outcome similar(String... options) {
    List<String> all = new ArrayList<>(List.of("similar", "--vectors=" + output));
    all.addAll(List.of(options));
    return Commands.run(all.toArray(String[]::new));
  }

  private static List<String> found(Installed.Outcome outcome) {
    return outcome.assertExitCode(0).out().lines().skip(1).toList();
  }

  /** Model, size and resize are the table's: the same bits, and a cosine of 1. */
  @Test
  void anImageOfTheTableIsFound() {
    Installed.Outcome outcome = similar("--query=" + photos.resolve(STRANGE), "--k=2");
    assertThat(found(outcome)).hasSize(2);
    assertThat(found(outcome).get(0)).startsWith("   1    1.000000  ").endsWith("/" + STRANGE);
    assertThat(outcome.err()).contains("Not searched: 3 rows that have no vector");
  }

  @Test
  void aRowsNeighboursDoNotIncludeItself() {
    String id = table().where("path LIKE '%/good.jpg'").select("path").head().getString(0);
    assertThat(found(similar("--query=" + id)))
        .hasSize(3)
        .noneMatch(line -> line.endsWith("/good.jpg"))
        .first()
        .asString()
        .startsWith("   1    1.000000  ")
        .endsWith("/good with wrong ending.png");
    assertThat(found(similar("--query-id=" + id))).isEqualTo(found(similar("--query=" + id)));
    assertThat(found(similar("--query-image=" + id)))
        .hasSize(4)
        .anyMatch(line -> line.endsWith("/good.jpg"));
  }

  /** It can't write everything that Java can. */
  @Test
  void kryoMayBeSparksSerializer() throws Exception {
    Path neighbours = directory.resolve("neighbours");
    Commands.launch(
            Map.of(),
            "similar",
            "--conf=spark.serializer=org.apache.spark.serializer.KryoSerializer",
            "--vectors=" + output,
            "--queries=" + output,
            "--index=build",
            "--output=" + neighbours)
        .assertExitCode(0);
    assertThat(spark.read().parquet(neighbours.toString()).filter("rank = 1").count()).isEqualTo(4);
  }

  @Test
  void anotherModelOrNoImageIsRefused() throws IOException {
    similar("--query-image=" + photos.resolve("text.jpg"))
        .assertExitCode(3)
        .assertOneMessage("Can't embed ", "text.jpg", "UNSUPPORTED_FORMAT");
    similar("--query-image=" + photos.resolve("nothing.jpg"))
        .assertExitCode(3)
        .assertOneMessage("Can't embed ", "nothing.jpg");
    similar("--query=" + photos.resolve("good.jpg"), "--output-key=MobilenetV1/Conv2d_12_pointwise")
        .assertExitCode(3)
        .assertOneMessage("come from another model", "mobilenet.model.output is features");
    similar("--query=" + photos.resolve("good.jpg"), "--model=" + directory.resolve("no-model"))
        .assertExitCode(4);
    similar("--query-id=" + photos.resolve("good.jpg"))
        .assertExitCode(3)
        .assertOneMessage("No row of");
  }

  @Test
  void manyImagesAreQueries() throws IOException {
    Path fresh = directory.resolve("fresh");
    Path neighbours = directory.resolve("neighbours");
    Commands.run(args("--input=" + photos, "--resize=area", "--output=" + fresh)).assertExitCode(0);
    similar("--queries=" + fresh, "--k=1", "--output=" + neighbours).assertExitCode(0);
    assertThat(
            spark
                .read()
                .parquet(neighbours.toString())
                .selectExpr(
                    "count_if(rank = 1 AND similarity = 1)", "count_if(rank IS NULL)", "count(*)")
                .head()
                .mkString(" "))
        .isEqualTo("4 3 7");

    for (Path precious : List.of(fresh, photos)) { // embed's, and somebody's
      similar("--queries=" + fresh, "--output=" + precious, "--output-mode=overwrite")
          .assertExitCode(3);
      assertThat(precious).isNotEmptyDirectory();
    }
    similar("--queries=" + fresh, "--output=" + neighbours, "--output-mode=overwrite")
        .assertExitCode(0);
    Path plain = directory.resolve("plain");
    spark.range(3).write().parquet(plain.toString());
    similar("--queries=" + fresh, "--output=" + plain, "--output-mode=overwrite")
        .assertExitCode(3)
        .assertOneMessage("files that this command did not write: ");

    Path other = directory.resolve("other");
    Commands.run(args("--input=" + photos, "--output=" + other)).assertExitCode(0);
    similar("--queries=" + other, "--output=" + directory.resolve("none"))
        .assertExitCode(3)
        .assertOneMessage("can't be compared", "mobilenet.resize is area, not bilinear");
  }
}
