package io.mobilenetspark.jobs.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.jobs.table.VectorWriter;
import io.mobilenetspark.jobs.thumbnail.Thumbnail;
import io.mobilenetspark.spark.ClassicSpark;
import io.mobilenetspark.spark.FeatureMetadata;
import io.mobilenetspark.testing.FaultyFileSystem;
import io.mobilenetspark.testing.Installed;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.MetadataBuilder;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the page says is what the table and the audit say. */
class ReportTest {

  private static final int DIMENSION = 24;
  private static final String CAMERA = "SECRET CAMERA";

  private static final StructType COLUMNS =
      new StructType()
          .add("path", DataTypes.StringType)
          .add("features", DataTypes.createArrayType(DataTypes.FloatType))
          .add("status", DataTypes.StringType)
          .add("error", DataTypes.StringType)
          .add("width", DataTypes.IntegerType)
          .add("height", DataTypes.IntegerType)
          .add("kind", DataTypes.StringType);

  private final SparkSession spark = Commands.session();
  private final Random random = new Random(7);

  @TempDir private Path directory;
  private Path table;
  private Path findings;
  private Path page;

  @BeforeEach
  void places() {
    table = directory.resolve("vectors");
    findings = directory.resolve("findings");
    page = directory.resolve("report.html");
  }

  private Row row(@Nullable String path, boolean isRead, String kind) {
    List<Float> vector = new ArrayList<>();
    for (int i = 0; i < DIMENSION; i++) {
      vector.add((float) (random.nextGaussian() + (kind.hashCode() % 3 == i ? 4 : 0)));
    }
    return RowFactory.create(
        path,
        isRead ? vector : null,
        isRead ? "OK" : "CORRUPT",
        isRead ? null : "a broken file",
        isRead ? 90 : null,
        isRead ? 30 : null,
        kind);
  }

  private void write(List<Row> rows, int files) {
    write(rows, files, "made-up");
  }

  private void write(List<Row> rows, int files, String fingerprint) {
    Map<String, String> facts =
        Map.of(
            FeatureMetadata.PREFIX + "model.fingerprint",
            fingerprint,
            FeatureMetadata.PREFIX + "dimension",
            Integer.toString(DIMENSION));
    MetadataBuilder metadata = new MetadataBuilder();
    facts.forEach(metadata::putString);
    VectorWriter.of(
            spark
                .createDataFrame(rows, COLUMNS)
                .withColumn("features", functions.col("features").as("features", metadata.build()))
                .repartition(files),
            facts)
        .save(table.toString());
  }

  /** Image files with names that close a script and with EXIF, and rows of them. */
  private List<Row> pictured(int count) throws IOException {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Path file = directory.resolve("images <").resolve("script><b onload='x'>&\" " + i + ".jpg");
      Files.createDirectories(file.getParent());
      Files.write(file, jpegWithExif(i));
      Row row = row(file.toString(), true, "kind " + i % 3);
      rows.add(i % 10 == 9 ? withVectorOf(rows.get(i - 1), row) : row);
    }
    rows.add(row(directory.resolve("broken.jpg").toString(), false, "kind 0"));
    return rows;
  }

  private static Row withVectorOf(Row like, Row row) {
    return RowFactory.create(row.getString(0), like.get(1), "OK", null, 90, 30, row.getString(6));
  }

  private static byte[] jpegWithExif(int seed) throws IOException {
    BufferedImage image = new BufferedImage(90, 30, BufferedImage.TYPE_INT_RGB);
    for (int x = 0; x < 90; x++) {
      for (int y = 0; y < 30; y++) {
        image.setRGB(x, y, seed * 7919 * (x / 10 + 1) + 0x808080);
      }
    }
    ByteArrayOutputStream plain = new ByteArrayOutputStream();
    ImageIO.write(image, "jpg", plain);
    byte[] exif =
        ("Exif\0\0MM\0*\0\0\0\10\0\0\0\0\0\0" + CAMERA).getBytes(StandardCharsets.ISO_8859_1);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(
        new byte[] {
          (byte) 0xff, (byte) 0xd8, (byte) 0xff, (byte) 0xe1, 0, (byte) (exif.length + 2)
        });
    out.writeBytes(exif);
    out.write(plain.toByteArray(), 2, plain.size() - 2);
    return out.toByteArray();
  }

  private Installed.Outcome report(String... options) {
    List<String> all = new ArrayList<>(List.of("report", "--vectors=" + table, "--output=" + page));
    all.addAll(List.of(options));
    return Commands.run(all.toArray(String[]::new));
  }

  private ReadPage read() throws IOException {
    return new ReadPage(Files.readAllBytes(page));
  }

  @Test
  void thePageSaysWhatTheAuditSays() throws IOException {
    List<Row> rows = pictured(30);
    write(rows, 3);
    Commands.run(
            "audit",
            "--vectors=" + table,
            "--labels=kind",
            "--images=path",
            "--duplicate-threshold=0.8",
            "--outlier-threshold=1",
            "--output=" + findings)
        .assertExitCode(0);

    Installed.Outcome outcome = report("--audit=" + findings).assertExitCode(0);

    ReadPage read = read();
    Map<String, Integer> counts = new HashMap<>();
    Map<String, String> details = new HashMap<>();
    for (Row finding : spark.read().parquet(findings.toString()).collectAsList()) {
      counts.merge(finding.getAs("finding"), 1, Integer::sum);
      details.put(finding.getAs("finding") + " " + finding.getAs("id"), finding.getAs("detail"));
    }
    assertThat(counts).containsKeys("near_duplicate", "odd_aspect", "tiny", "unreadable");
    JsonNode told = read.summary().path("audited").path("findings");
    List<String> kinds = new ArrayList<>();
    read.summary().path("kinds").forEach(kind -> kinds.add(kind.asText()));
    assertThat(kinds).hasSize(10);
    assertThat(read.summary().at("/audited/image_stats").isBoolean()).isTrue();
    kinds.forEach(
        kind -> assertThat(told.path(kind).asInt()).isEqualTo(counts.getOrDefault(kind, 0)));
    counts.forEach(
        (kind, count) ->
            assertThat(outcome.out()).containsPattern("(?m)^ +" + count + "  " + kind + "$"));
    List<String> ids = read.texts("ids");
    Map<String, String> shown = new HashMap<>();
    read.json("entries")
        .forEach(
            entry ->
                shown.put(
                    kinds.get(entry.path("kind").asInt())
                        + " "
                        + ids.get(entry.path("row").asInt()),
                    entry.path("detail").asText()));
    assertThat(shown).isEqualTo(details);
    assertThat(ids)
        .hasSize(31)
        .containsExactlyInAnyOrderElementsOf(rows.stream().map(row -> row.getString(0)).toList());
    int[] bits = read.numbers("findings");
    for (int i = 0; i < bits.length; i++) {
      for (int kind = 0; kind < kinds.size(); kind++) {
        assertThat((bits[i] >>> kind & 1) == 1)
            .isEqualTo(details.containsKey(kinds.get(kind) + " " + ids.get(i)));
      }
    }
    assertThat(read.summary().path("rows").asInt()).isEqualTo(31);
    assertThat(read.summary().path("vectors").asInt()).isEqualTo(30);
    assertThat(read.numbers("x")).hasSize(30);
    assertThat(read.scriptIds()).hasSize(5);
    assertThat(read.numbers("components")).hasSize(30 * DIMENSION); // which are all there are
    assertThat(read.summary().path("explainedByAll").asDouble()).isCloseTo(1, within(1e-6));
    assertThat(outcome.out()).contains("31 rows, of which 30 have vectors; 30 are on the map");
    thumbnailsAreOfThePixelsAlone(read);
    theSameOnceMore();
    imagesThatAreGoneAreToldOf(rows);
  }

  private static void thumbnailsAreOfThePixelsAlone(ReadPage read) throws IOException {
    assertThat(read.pictures()).hasSize(30);
    for (byte[] jpeg : read.pictures()) {
      assertThat(new String(jpeg, StandardCharsets.ISO_8859_1)).doesNotContain("Exif", CAMERA);
      BufferedImage image = ImageIO.read(new ByteArrayInputStream(jpeg));
      assertThat(List.of(image.getWidth(), image.getHeight())).containsExactly(128, 42);
      for (int corner : new int[] {0, 127}) { // no part of the bars: each picture is far from black
        assertThat(image.getRGB(corner, 0) & 0xffffff).isNotZero();
      }
    }
    assertThat(Arrays.stream(read.numbers("picture")).filter(picture -> picture >= 0).sorted())
        .hasSize(30)
        .doesNotHaveDuplicates();
  }

  private void theSameOnceMore() throws IOException {
    byte[] first = Files.readAllBytes(page);
    assertThat(report("--audit=" + findings).assertExitCode(3).err()).contains("exists");
    assertThat(report("--audit=" + findings, "--output-mode=ignore").assertExitCode(0).out())
        .contains("left as it is");

    report("--audit=" + findings, "--output-mode=overwrite").assertExitCode(0);

    assertThat(Files.readAllBytes(page)).isEqualTo(first);
    try (var files = Files.list(directory)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .noneMatch(name -> name.startsWith("."));
    }
  }

  private void imagesThatAreGoneAreToldOf(List<Row> rows) throws IOException {
    for (Row row : rows.subList(0, 30)) {
      Files.delete(Path.of(row.getString(0)));
    }

    Installed.Outcome outcome =
        report("--audit=" + findings, "--output-mode=overwrite").assertExitCode(0);

    assertThat(outcome.err()).contains("30 images could not be read");
    ReadPage read = read();
    assertThat(read.pictures()).isEmpty();
    assertThat(read.summary().path("unreadable").asInt()).isEqualTo(30);
    assertThat(read.json("problems")).hasSize(30);
  }

  @Test
  void ofManyRowsASampleThatDoesNotDependOnTheFiles() throws IOException {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      rows.add(row("/none/" + i + ".jpg", true, "kind " + i % 3));
    }
    write(rows, 1);
    report("--max-points=50", "--labels=KIND", "--id-column=path").assertExitCode(0);
    List<String> first = read().texts("ids");
    assertThat(new HashSet<>(first)).hasSize(50);
    assertThat(read().summary().path("vectors").asInt()).isEqualTo(300);
    assertThat(read().texts("labels")).containsExactlyInAnyOrder("kind 0", "kind 1", "kind 2");

    spark.catalog().refreshByPath(table.toString());
    table = directory.resolve("again");
    Collections.reverse(rows);
    write(rows, 4);
    report("--max-points=50", "--output-mode=overwrite").assertExitCode(0);

    assertThat(read().texts("ids")).containsExactlyElementsOf(first);

    report("--max-points=50", "--seed=1", "--output-mode=overwrite").assertExitCode(0);
    assertThat(read().texts("ids")).isNotEqualTo(first);
  }

  @Test
  void whatDoesNotFitIsRefused() throws IOException {
    write(List.of(row("a", true, "x"), row("b", true, "x")), 1);
    Commands.run("audit", "--vectors=" + table, "--output=" + findings).assertExitCode(0);
    Files.writeString(page, "<!DOCTYPE html><p>mine</p>");

    assertThat(report("--output-mode=overwrite").assertExitCode(3).err())
        .contains("a file that report did not write");
    assertThat(Files.readString(page)).contains("mine");
    Files.delete(page);
    assertThat(report("--audit=" + table).assertExitCode(3).err()).contains("There is no audit at");
    assertThat(report("--images=nothing").assertExitCode(3).err()).contains("nothing");
    assertThat(report("--max-points=0").assertExitCode(2).err())
        .contains("--max-points must be between 1 and 1,000,000, not 0");
    assertThat(report("--output-mode=append").assertExitCode(2).err()).contains("append");
    table = directory.resolve("other");
    write(List.of(row("a", true, "x")), 1);
    assertThat(report("--audit=" + findings).assertExitCode(3).err())
        .contains("is of 2 rows, and the table", "has 1");
    table = directory.resolve("of another model");
    write(List.of(row("a", true, "x"), row("b", true, "x")), 1, "another");
    assertThat(report("--audit=" + findings).assertExitCode(3).err())
        .contains("model.fingerprint is another, not made-up. Run audit again");
    table = directory.resolve("of other images");
    write(List.of(row("a", true, "x"), row("b", true, "x")), 1);
    assertThat(report("--audit=" + findings).assertExitCode(3).err())
        .contains("of the 1 file that it looked at the table now has 0 as they were. Run audit");
    table = directory.resolve("vectors");
    assertThat(report("--audit=" + findings, "--id-column=kind").assertExitCode(3).err())
        .contains("names rows by column path, not kind. Leave out --id-column, or run audit again");
    assertThat(page).doesNotExist();
  }

  /** As many as rows that can't be on the map leave room for. */
  @Test
  void axesAreAsManyAsTheRowsWithVectorsHaveRoomFor() {
    write(List.of(row("a", true, "x"), row("b", false, "x"), row("c", true, "x")), 1);
    List<Long> asked = new ArrayList<>();

    Projection.of(
        ClassicSpark.rows(spark.read().parquet(table.toString()).select("features")),
        DIMENSION,
        rows -> {
          asked.add(rows);
          return 2;
        });

    assertThat(asked).containsExactly(2L);
  }

  /** No vectors, one, and equal ones: there is nothing to find axes by, and a page all the same. */
  @Test
  void tablesWithoutAMap() throws IOException {
    write(List.of(row("a", false, "x")), 1);
    report().assertExitCode(0);
    assertThat(read().numbers("x")).isEmpty();

    table = directory.resolve("other");
    write(List.of(row(null, true, "x")), 1);
    report("--output-mode=overwrite", "--id-column=path").assertExitCode(0);
    assertThat(read().numbers("x")).hasSize(1);
    assertThat(read().texts("ids")).containsOnlyNulls();

    table = directory.resolve("equal");
    Row row = row("a", true, "x");
    write(List.of(row, row, row), 2);
    report("--output-mode=overwrite").assertExitCode(0);
    assertThat(read().numbers("x")).hasSize(3).containsOnly(0x8000);
  }

  /** Ids that name more rows than one, as of a table that was appended twice: none has gone. */
  @Test
  void eachIdOnACardIsInTheSampleHoweverManyRowsHaveIt() throws IOException {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      rows.add(row("id " + i % 4, i % 8 != 1, "x"));
    }
    rows.add(row("alone", false, "x"));
    write(rows, 2);
    Commands.run("audit", "--vectors=" + table, "--output=" + findings).assertExitCode(0);

    Installed.Outcome outcome = report("--audit=" + findings, "--max-points=3").assertExitCode(0);

    assertThat(outcome.err()).doesNotContain("no longer has");
    ReadPage read = read();
    assertThat(read.summary().path("missing").asInt()).isZero();
    assertThat(read.texts("ids"))
        .containsExactlyInAnyOrder("id 0", "id 1", "id 2", "id 3", "alone");
    assertThat(read.numbers("x")).hasSize(4);
  }

  /** In places, in reasons, and in what the audit's file may have. */
  @Test
  void noSecretIsInThePage() throws IOException {
    String secret = "s3a://KEY:SECRET@bucket";
    write(List.of(row("a", true, secret + "/gone.jpg"), row("b", true, "/gone.jpg")), 1);
    Commands.run("audit", "--vectors=" + table, "--output=" + findings).assertExitCode(0);
    Path told = findings.resolve("_audit.json");
    ObjectNode json = (ObjectNode) new ObjectMapper().readTree(told.toFile());
    json.put("vectors", secret + table).put("command", secret);
    Files.deleteIfExists(findings.resolve("._audit.json.crc"));
    Files.writeString(told, json.toString());
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    hadoop.set("fs.s3a.impl", FaultyFileSystem.class.getName());
    FaultyFileSystem.failFrom(Long.MAX_VALUE);
    try {
      Commands.run(
              "report",
              "--vectors=" + secret + table,
              "--audit=" + secret + findings,
              "--images=kind",
              "--output=" + page)
          .assertExitCode(0);
    } finally {
      hadoop.unset("fs.s3a.impl");
    }

    ReadPage read = read();
    assertThat(read.summary().path("table").asText()).isEqualTo("s3a://bucket" + table);
    assertThat(read.summary().path("audit").asText()).isEqualTo("s3a://bucket" + findings);
    assertThat(read.summary().path("unreadable").asInt()).isEqualTo(2);
    assertThat(read.json("problems").toString()).doesNotContain("SECRET");
    assertThat(Thumbnail.unreadable(null, "no " + secret + "/x").problem())
        .isEqualTo("no s3a://bucket/x");
    assertThat(read.json("entries").toString()).doesNotContain("SECRET");
    assertThat(read.html()).doesNotContain("SECRET");
  }
}
