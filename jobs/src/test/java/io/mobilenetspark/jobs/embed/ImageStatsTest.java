package io.mobilenetspark.jobs.embed;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.jobs.table.VectorWriter;
import io.mobilenetspark.spark.FeatureMetadata;
import io.mobilenetspark.testing.Cases;
import io.mobilenetspark.testing.Installed;
import io.mobilenetspark.testing.OneIn;
import io.mobilenetspark.testing.Pictures;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code --image-stats}: what {@code audit} finds by it is what it finds by reading the images. */
@Tag("slow")
class ImageStatsTest extends IncrementalFixture {

  private final Random random = new Random(Cases.seed(getClass()));

  private static BufferedImage picture(int width, int height) {
    return new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
  }

  /** Shapes of all colours. */
  private BufferedImage drawn(int width, int height) {
    BufferedImage image = picture(width, height);
    Graphics2D graphics = image.createGraphics();
    for (int i = 0; i < 60; i++) {
      graphics.setColor(new Color(random.nextInt(1 << 24)));
      graphics.fillOval(
          random.nextInt(width) - 20,
          random.nextInt(height) - 20,
          10 + random.nextInt(90),
          10 + random.nextInt(90));
    }
    graphics.dispose();
    return image;
  }

  /** Between white or black and itself. */
  private static BufferedImage towards(Color colour, BufferedImage image) {
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(new Color(colour.getRed(), colour.getGreen(), colour.getBlue(), 235));
    graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
    graphics.dispose();
    return image;
  }

  private static BufferedImage scaled(BufferedImage image, int width, int height) {
    BufferedImage scaled = picture(width, height);
    Graphics2D graphics = scaled.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
    graphics.drawImage(image, 0, 0, width, height, null);
    graphics.dispose();
    return scaled;
  }

  private void put(String name, BufferedImage image) throws IOException {
    ImageIO.write(image, name.endsWith(".jpg") ? "jpg" : "png", photos.resolve(name).toFile());
  }

  private void plant() throws IOException {
    for (int i = 0; i < 3; i++) {
      String end = i + (i == 1 ? ".png" : ".jpg");
      int width = 300 + random.nextInt(300);
      int height = 280 + random.nextInt(200);
      put("usual" + end, drawn(width, height));
      put("dark" + end, towards(Color.BLACK, drawn(width, height)));
      put("bright" + end, towards(Color.WHITE, drawn(width, height)));
      put("blurred" + end, scaled(scaled(drawn(width, height), 12, 9), width, height));
      put("tiny" + end, drawn(50, 45));
      put("odd_aspect" + end, drawn(900, 200));
    }
    Files.writeString(photos.resolve("broken.jpg"), "<html>", StandardCharsets.UTF_8);
  }

  private Installed.Outcome audit(Path vectors, Path findings, String... options) {
    List<String> all =
        new ArrayList<>(List.of("audit", "--vectors=" + vectors, "--output=" + findings));
    all.addAll(List.of(options));
    return Commands.run(all.toArray(String[]::new)).assertExitCode(0);
  }

  private List<String> findings(Path at) {
    return spark
        .read()
        .parquet(at.toString())
        .select("finding", "id", "score", "detail")
        .collectAsList()
        .stream()
        .map(Row::toString)
        .sorted()
        .toList();
  }

  /** Without the pictures of the fixture, which are what they are. */
  private Set<String> namesOf(String kind, Path at) {
    return spark
        .read()
        .parquet(at.toString())
        .where("finding = '" + kind + "'")
        .collectAsList()
        .stream()
        .map(row -> Path.of(row.<String>getAs("id")).getFileName().toString())
        .filter(name -> !name.startsWith("a"))
        .map(name -> name.replaceAll("\\d\\..*", ""))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @OneIn(value = 2, share = 2)
  @ParameterizedTest
  @ValueSource(strings = {"exact", "fast"})
  void auditFindsTheSameByItAsByTheImages(String scale) throws IOException {
    plant();
    String[] options = {"--output-mode=overwrite", "--decode-scale=" + scale};
    embed(options[0], options[1]).assertExitCode(0);
    Set<String> vectors = rows();
    Path byImages = directory.resolve("by images");
    audit(output, byImages, "--images=path");

    embed(options[0], options[1], "--image-stats").assertExitCode(0);
    assertThat(rows()).isEqualTo(vectors);
    assertThat(table().where("(status = 'OK') != (image_stats IS NOT NULL)").count()).isZero();
    Path byColumn = directory.resolve("by column");
    Installed.Outcome outcome = audit(output, byColumn, "--bright-threshold=210");
    assertThat(findings(byColumn)).isEqualTo(findings(byImages));
    assertThat(outcome.err()).doesNotContain("--images");
    if (scale.equals("exact")) { // the network of the test is so small that the others lose more
      for (String kind : List.of("dark", "bright", "blurred", "tiny", "odd_aspect")) {
        assertThat(namesOf(kind, byColumn)).containsExactly(kind);
      }
    }

    Files.delete(photos.resolve("usual0.jpg"));
    Path byBoth = directory.resolve("by both");
    assertThat(audit(output, byBoth, "--images=path").err())
        .contains("not read, since the table has image_stats");
    assertThat(findings(byBoth)).isEqualTo(findings(byImages));
  }

  /** Rows that others have added have none. */
  @Test
  void imagesOfRowsWithoutItAreRead() throws IOException {
    plant();
    embed("--output-mode=overwrite", "--image-stats").assertExitCode(0);
    Path expected = directory.resolve("expected");
    audit(output, expected);
    Dataset<Row> some =
        table()
            .selectExpr(
                "path",
                "features",
                "status",
                "error",
                "width",
                "height",
                "if(path LIKE '%1.png', NULL, image_stats) AS image_stats");
    Path others = directory.resolve("others");
    VectorWriter.of(some, FeatureMetadata.read(table().schema().apply(1).metadata()))
        .save(others.toString());

    Path without = directory.resolve("without");
    assertThat(audit(others, without).err()).contains("7 rows with an image without image_stats");
    assertThat(namesOf("dark", without)).isNotEmpty();
    Path with = directory.resolve("with");
    audit(others, with, "--images=path");
    assertThat(findings(with)).isEqualTo(findings(expected)).isNotEqualTo(findings(without));
  }

  private Set<String> statistics() {
    return new TreeSet<>(
        table().select("path", "image_stats").collectAsList().stream().map(Row::toString).toList());
  }

  @Test
  void eachRowHasThoseOfItsImageWhoseverVectorItGets() throws IOException {
    embed("--output-mode=overwrite", "--image-stats").assertExitCode(0);
    put("b1", 1);
    put("b2", 2);
    embed("--output-mode=overwrite", "--image-stats").assertExitCode(0);
    Set<String> expected = statistics();
    assertThat(expected).hasSize(6);

    embed("--output-mode=overwrite", "--image-stats", "--dedup").assertExitCode(0);
    assertThat(Commands.report(output).at("/duplicates").asInt()).isEqualTo(2);
    assertThat(statistics()).isEqualTo(expected);
  }

  @Test
  void itIsAMatterOfTheTable() throws IOException {
    found("--image-stats");
    embed()
        .assertExitCode(3)
        .assertOneMessage("was made with --image-stats", "its column image_stats");
    embed("--image-stats", "--dedup").assertExitCode(3);
    put("b", 7);
    assertThat(found("--image-stats")).containsEntry("computed", 1);
    assertThat(table().where("image_stats IS NULL").count()).isZero();

    embed("--output-mode=overwrite").assertExitCode(0);
    embed("--output-mode=append", "--image-stats")
        .assertExitCode(3)
        .assertOneMessage("was not made with --image-stats", "no column image_stats");
  }

  @Test
  void aKeptColumnOfItsNameIsTold() {
    String input =
        products(
            new StructType()
                .add("id", DataTypes.LongType)
                .add("Image_Stats", DataTypes.StringType)
                .add("image", DataTypes.BinaryType),
            RowFactory.create(1L, "x", Pictures.png(1)));
    String[] mode = {input, "--output-mode=overwrite", "--keep-columns=Image_Stats"};
    embed(mode[0], mode[1], mode[2], "--image-stats")
        .assertExitCode(3)
        .assertOneMessage("Column 'Image_Stats' can't be kept", "Rename it first");
    assertThat(output).doesNotExist();
    embed(mode).assertExitCode(0);
    assertThat(audit(output, directory.resolve("findings")).err())
        .contains("ones need --images"); // and it is not taken for ours
  }
}
