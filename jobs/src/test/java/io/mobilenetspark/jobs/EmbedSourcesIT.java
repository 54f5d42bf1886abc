package io.mobilenetspark.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import io.mobilenetspark.testing.Floats;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructType;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every kind of table in, and what comes out: rows, columns, statuses, Parquet files, report. */
class EmbedSourcesIT {

  /** A small input makes the network quick; what it computes is not the matter here. */
  private static final List<String> SMALL_MODEL = List.of("--model=builtin", "--image-size=64");

  @TempDir private Path directory;

  private final SparkSession spark = Commands.session();
  private Path photos;
  private Path output;

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

  @Test
  void directoryWithBrokenFilesKeepsEveryRow() throws IOException {
    Commands.Outcome outcome = embed("--input=" + directory.resolve("photos"));

    outcome.assertExitCode(0);
    assertThat(outcome.out())
        .contains("5 images in")
        .contains("2 OK, 1 EMPTY, 1 UNSUPPORTED_FORMAT, 1 TRUNCATED");
    assertThat(statuses())
        .containsExactly(
            tuple("empty.jpg", "EMPTY", "the image has 0 bytes"),
            tuple("good with wrong ending.png", "OK", null),
            tuple("good.jpg", "OK", null),
            tuple(
                "text.jpg",
                "UNSUPPORTED_FORMAT",
                "not an image: 22 bytes that begin with 3C 68 74 6D 6C 3E 6E 6F"),
            tuple("truncated.jpg", "TRUNCATED", truncatedReason()));
    for (Row row : table().collectAsList()) {
      boolean isOk = row.getAs("status").equals("OK");
      assertThat(row.isNullAt(row.fieldIndex("features"))).isEqualTo(!isOk);
      assertThat(row.<Integer>getAs("width")).isEqualTo(isOk ? 1200 : null);
      assertThat(row.<Integer>getAs("height")).isEqualTo(isOk ? 1800 : null);
    }
  }

  private String truncatedReason() throws IOException {
    long bytes = Files.size(demoImage("Portrait_1.jpg")) / 2;
    return "JPEG (1200 x 1800 pixels, %d bytes) that ends before the image does".formatted(bytes);
  }

  @Test
  void photographsWithATextBesideThemAreImageFiles() throws IOException {
    Files.writeString(photos.resolve("CREDITS.txt"), "who took them");

    embed("--input=" + photos).assertExitCode(0);

    assertThat(statuses()).hasSize(6);
    assertThat(statuses().get(0).toList()).startsWith("CREDITS.txt", "UNSUPPORTED_FORMAT");
  }

  @Test
  void failFastNamesTheFile() {
    embed("--input=" + photos, "--mode=FAILFAST", "--input-option=pathGlobFilter=t*.jpg")
        .assertExitCode(5)
        .assertOneMessage("some folder/t", ".jpg can't be read: ", "PERMISSIVE");
    assertThat(output.resolve("_SUCCESS")).doesNotExist();
  }

  @Test
  void dropMalformedLeavesThemOutAndCountsThem() throws IOException {
    embed("--input=" + photos, "--mode=dropmalformed").assertExitCode(0);

    assertThat(statuses()).extracting(row -> row.toList().get(1)).containsExactly("OK", "OK");
    assertThat(Commands.report(output).at("/status/TRUNCATED").asInt()).isEqualTo(1);
    assertThat(Commands.report(output).at("/images").asInt()).isEqualTo(5);
  }

  @Test
  void tooManyErrorsEndWithFiveAndStillWriteTheTable() {
    embed("--input=" + photos, "--max-error-rate=0.5")
        .assertExitCode(5)
        .assertOneMessage("3 of 5 images can't be read", "0.6000", "--max-error-rate allows 0.5");
    assertThat(table().count()).isEqualTo(5);
  }

  @Test
  void parquetWithBytesKeepsColumnsAndNulls() {
    List<Row> rows = new ArrayList<>();
    byte[] jpeg = bytes("good.jpg");
    rows.add(RowFactory.create(7L, jpeg, "a", 1.5, List.of("x", "y")));
    rows.add(RowFactory.create(8L, null, "b", null, null));
    rows.add(RowFactory.create(9L, new byte[] {1, 2, 3}, null, 2.5, List.of()));
    StructType schema =
        new StructType()
            .add("sku", DataTypes.LongType)
            .add("jpeg.bytes", DataTypes.BinaryType)
            .add("category", DataTypes.StringType)
            .add("price", DataTypes.DoubleType)
            .add("tags", DataTypes.createArrayType(DataTypes.StringType));
    Path input = directory.resolve("products");
    spark.createDataFrame(rows, schema).write().parquet(input.toString());

    embed(
            "--input=" + input,
            "--image-column=jpeg.bytes",
            "--id-column=sku",
            "--keep-columns=price,tags,category")
        .assertExitCode(0);

    assertThat(table().columns())
        .containsExactly(
            "sku", "price", "tags", "category", "features", "status", "error", "width", "height");
    assertThat(
            table().drop("features").orderBy("sku").collectAsList().stream()
                .map(row -> row.mkString("|")))
        .containsExactly(
            "7|1.5|ArraySeq(x, y)|a|OK|null|1200|1800",
            "8|null|null|b|NULL_INPUT|the image is NULL|null|null",
            "9|2.5|ArraySeq()|null|UNSUPPORTED_FORMAT|not an image: 3 bytes that begin with 01 02 03|null|null");
  }

  @Test
  void nullIsNotMalformed() {
    Path input = directory.resolve("nulls");
    spark
        .range(3)
        .withColumn("image", functions.lit(null).cast(DataTypes.BinaryType))
        .write()
        .orc(input.toString());

    embed("--input=" + input, "--mode=FAILFAST", "--max-error-rate=0").assertExitCode(0);

    assertThat(table().where("status = 'NULL_INPUT' AND features IS NULL").count()).isEqualTo(3);
  }

  @Test
  void csvOfPathsReadsThemAndKeepsThoseThatAreNotThere() throws IOException {
    Path list = directory.resolve("list.csv");
    Files.writeString(
        list,
        String.join(
            "\n",
            "name,file",
            "one," + photos.resolve("good.jpg"),
            "two," + photos.resolve("gone.jpg"),
            "three,nosuchscheme://bucket/x.jpg",
            "four," + photos,
            ""));

    embed(
            "--input=" + list,
            "--input-option=header=true",
            "--image-column=file",
            "--id-column=name")
        .assertExitCode(0);

    Map<String, String> errors = new TreeMap<>();
    table()
        .collectAsList()
        .forEach(
            row -> errors.put(row.getAs("name") + " " + row.getAs("status"), row.getAs("error")));
    assertThat(errors.keySet())
        .containsExactly("four READ_ERROR", "one OK", "three READ_ERROR", "two READ_ERROR");
    assertThat(errors.get("two READ_ERROR")).contains("FileNotFoundException", "gone.jpg");
    assertThat(errors.get("three READ_ERROR")).contains("nosuchscheme");
  }

  @Test
  void filesOverTheLimitAreNotReadWhole() throws IOException {
    embed("--input=" + photos, "--max-image-bytes=100").assertExitCode(0);

    long bytes = Files.size(photos.resolve("good.jpg"));
    assertThat(statuses())
        .contains(
            tuple("good.jpg", "TOO_LARGE", "the image has " + bytes + " bytes, the limit is 100"),
            tuple("empty.jpg", "EMPTY", "the image has 0 bytes"));
  }

  @Test
  void imagesOfTooManyPixelsAreNotDecoded() throws IOException {
    embed("--input=" + photos, "--max-pixels=2159999").assertExitCode(0);

    assertThat(statuses())
        .contains(
            tuple(
                "good.jpg",
                "TOO_MANY_PIXELS",
                "JPEG of 1200 x 1800 = 2160000 pixels, the limit is 2159999"));
  }

  @Test
  void sparksImageSourceGivesItsOwnPixels() throws IOException {
    embed("--input=" + photos, "--input-format=image").assertExitCode(0);

    assertThat(statuses())
        .extracting(row -> row.toList().get(0), row -> row.toList().get(1))
        .contains(
            tuple("good.jpg", "OK"),
            tuple("truncated.jpg", "OK"),
            tuple("text.jpg", "EMPTY"),
            tuple("empty.jpg", "EMPTY"));
  }

  @Test
  void catalogTableAndBinaryFileRowsGiveTheSameBits() throws IOException {
    embed("--input=" + photos).assertExitCode(0);
    float[] fromFiles = vectorOf("good.jpg");

    spark
        .read()
        .format("binaryFile")
        .load(photos.toString())
        .select(functions.col("path"), functions.struct("path", "content").as("image"))
        .createOrReplaceTempView("photo_rows");
    Path second = directory.resolve("second");
    Commands.run(args("--table=photo_rows", "--output=" + second)).assertExitCode(0);

    output = second;
    Floats.assertSameBits(vectorOf("good.jpg"), fromFiles);
  }

  @Test
  void globsAndSeveralInputs() throws IOException {
    Path other = Files.createDirectories(directory.resolve("other"));
    Files.copy(photos.resolve("good.jpg"), other.resolve("more.jpg"));

    embed("--input=" + photos + "/good*", "--input=" + other).assertExitCode(0);

    assertThat(statuses())
        .extracting(row -> row.toList().get(0))
        .containsExactly("good with wrong ending.png", "good.jpg", "more.jpg");
  }

  @Test
  void outputModesAreSparks() {
    embed("--input=" + photos).assertExitCode(0);
    embed("--input=" + photos, "--output-mode=append").assertExitCode(0);
    assertThat(table().count()).isEqualTo(10);
    embed("--input=" + photos, "--output-mode=overwrite").assertExitCode(0);
    assertThat(table().count()).isEqualTo(5);
    Commands.Outcome ignored = embed("--input=" + photos, "--output-mode=ignore");
    ignored.assertExitCode(0);
    assertThat(ignored.out()).contains("left as it is");
    assertThat(table().count()).isEqualTo(5);
  }

  @Test
  void parquetFilesSayWhatTheyHold() throws IOException {
    embed("--input=" + photos, "--rows-per-file=2", "--partitions=1", "--resize=area")
        .assertExitCode(0);

    List<Path> files = Commands.parquetFiles(output);
    assertThat(files).hasSize(3);
    for (Path file : files) {
      ParquetMetadata footer = footer(file);
      assertThat(footer.getFileMetaData().getKeyValueMetaData())
          .containsEntry(
              "mobilenet.model", "builtin (UNTRAINED MobileNet V1 0.75, seeded random weights)")
          .containsEntry("mobilenet.resize", "area")
          .containsEntry("mobilenet.precision", "float32")
          .containsEntry("mobilenet.dimension", "768")
          .containsEntry("mobilenet.image.size", "64x64")
          .hasEntrySatisfying(
              "mobilenet.model.fingerprint", value -> assertThat(value).matches("[0-9a-f]{64}"));
      ColumnChunkMetaData features =
          footer.getBlocks().get(0).getColumns().stream()
              .filter(column -> column.getPath().toDotString().equals("features.list.element"))
              .findFirst()
              .orElseThrow();
      assertThat(features.getCodec()).isEqualTo(CompressionCodecName.ZSTD);
      assertThat(features.getEncodings()).extracting(Encoding::usesDictionary).containsOnly(false);
    }
    Metadata column = table().schema().apply("features").metadata();
    assertThat(column.getString("mobilenet.resize")).isEqualTo("area");
    assertThat(column.getString("mobilenet.model.fingerprint")).hasSize(64);
    assertThat(((ArrayType) table().schema().apply("features").dataType()).elementType())
        .isEqualTo(DataTypes.FloatType);
    assertThat(footer(files.get(0)).getFileMetaData().getSchema().toString())
        .contains("required float element");
  }

  @Test
  void reportSaysWhatWasDone() throws IOException {
    embed("--input=" + photos, "--batch-size=2", "--partitions=1").assertExitCode(0);

    JsonNode report = Commands.report(output);
    assertThat(report.at("/images").asInt()).isEqualTo(5);
    assertThat(report.at("/status/OK").asInt()).isEqualTo(2);
    assertThat(report.at("/status/EMPTY").asInt()).isEqualTo(1);
    assertThat(report.at("/batches").asInt()).isEqualTo(3);
    assertThat(report.at("/images_per_second").asDouble()).isPositive();
    assertThat(report.at("/elapsed_seconds").asDouble()).isPositive();
    assertThat(report.at("/model/mobilenet.model").asText()).contains("UNTRAINED");
    assertThat(report.at("/options/batch_size").asInt()).isEqualTo(2);
    assertThat(report.at("/versions/spark").asText()).isEqualTo("4.1.0");
    assertThat(report.at("/versions/mobilenet-spark").asText())
        .isEqualTo(System.getProperty("project.version"));
  }

  @Test
  void bfloat16IsCloseOrRefusedByName() throws IOException {
    embed("--input=" + photos).assertExitCode(0);
    float[] exact = vectorOf("good.jpg");
    Commands.Outcome outcome =
        embed("--input=" + photos, "--precision=bfloat16", "--output-mode=overwrite");
    String cpu = Files.readString(Path.of("/proc/cpuinfo"));
    if (cpu.contains("avx512_bf16") || cpu.contains("amx_bf16")) {
      outcome.assertExitCode(0);
      assertThat(cosine(vectorOf("good.jpg"), exact)).isBetween(0.95, 0.9999999);
    } else {
      outcome.assertExitCode(5).assertOneMessage("bfloat16", "AVX512_BF16", "float32");
    }
  }

  private Commands.Outcome embed(String... options) {
    List<String> all = new ArrayList<>(List.of(options));
    all.add("--output=" + output);
    return Commands.run(args(all.toArray(String[]::new)));
  }

  private static String[] args(String... options) {
    List<String> all = new ArrayList<>();
    all.add("embed");
    all.addAll(SMALL_MODEL);
    all.addAll(List.of(options));
    return all.toArray(String[]::new);
  }

  private Dataset<Row> table() {
    spark.catalog().refreshByPath(output.toString());
    return spark.read().parquet(output.toString());
  }

  private List<Tuple> statuses() {
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

  private float[] vectorOf(String file) {
    return Commands.vector(
        table().where(functions.col("path").endsWith("/" + file)).head(), "features");
  }

  private static double cosine(float[] a, float[] b) {
    double dot = 0;
    double normA = 0;
    double normB = 0;
    for (int i = 0; i < a.length; i++) {
      dot += (double) a[i] * b[i];
      normA += (double) a[i] * a[i];
      normB += (double) b[i] * b[i];
    }
    return dot / Math.sqrt(normA * normB);
  }

  private byte[] bytes(String file) {
    try {
      return Files.readAllBytes(photos.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path demoImage(String name) throws IOException {
    try (var files = Files.walk(Commands.demoImages())) {
      return files.filter(file -> file.endsWith(name)).findFirst().orElseThrow();
    }
  }

  private static ParquetMetadata footer(Path file) throws IOException {
    try (ParquetFileReader reader =
        ParquetFileReader.open(
            HadoopInputFile.fromPath(
                new org.apache.hadoop.fs.Path(file.toUri()), new Configuration()))) {
      return reader.getFooter();
    }
  }
}
