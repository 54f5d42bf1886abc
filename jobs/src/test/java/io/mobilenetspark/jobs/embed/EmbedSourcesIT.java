package io.mobilenetspark.jobs.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.jobs.PhotoFolder;
import io.mobilenetspark.testing.Floats;
import io.mobilenetspark.testing.Installed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every kind of table in, and what comes out: rows, columns, statuses, Parquet files, report. */
@Tag("slow")
class EmbedSourcesIT extends PhotoFolder {

  @Test
  void directoryWithBrokenFilesKeepsEveryRow() throws IOException {
    Installed.Outcome outcome = embed("--input=" + directory.resolve("photos"));

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
                "HTML, perhaps an error page, which is not supported (fetch the image itself): 22 bytes that begin with 3C 68 74 6D 6C 3E 6E 6F"),
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
    return String.format(
        Locale.ROOT, "JPEG (1200 x 1800 pixels, %d bytes) that ends before the image does", bytes);
  }

  /** Each row with its folder's values, files of 0 bytes as well. */
  @ParameterizedTest
  @ValueSource(strings = {"binaryFile", "image"})
  void foldersWithValuesAreColumnsIfAsked(String format) throws IOException {
    Path flowers = directory.resolve("flowers");
    for (String folder : List.of("label=rose/year=2025", "label=tulip/year=2026")) {
      Path to = Files.createDirectories(flowers.resolve(folder));
      Files.copy(photos.resolve("good.jpg"), to.resolve("a photo.jpg"));
      Files.createFile(to.resolve("empty.jpg"));
    }

    embed(
            "--input=" + flowers,
            "--input-format=" + format,
            "--input-option=recursiveFileLookup=false",
            "--keep-columns=label,year")
        .assertExitCode(0);

    assertThat(table().select("label", "year", "status").collectAsList())
        .extracting(row -> row.getString(0) + row.getInt(1) + row.getString(2))
        .containsExactlyInAnyOrder("rose2025OK", "tulip2026OK", "rose2025EMPTY", "tulip2026EMPTY");
  }

  /** Spark lists them twice. */
  @Test
  void filesOfPlacesThatOverlapAreOneRow() {
    for (int run = 0; run < 2; run++) {
      embed(
              "--input=" + photos,
              "--input=" + photos.resolve("good.jpg"),
              "--input-option=recursiveFileLookup=false",
              "--output-mode=incremental")
          .assertExitCode(0);
      assertThat(table().where("path LIKE '%good.jpg'").count()).isEqualTo(1);
    }
  }

  @Test
  void photographsWithATextBesideThemAreImageFiles() throws IOException {
    Files.writeString(photos.resolve("CREDITS.txt"), "who took them");

    embed("--input=" + photos).assertExitCode(0);

    assertThat(statuses()).hasSize(6);
    assertThat(statuses().get(0).toList()).startsWith("CREDITS.txt", "UNSUPPORTED_FORMAT");
  }

  /** Through the shaded jar: the readers of these formats are plugins with relocated packages. */
  @Test
  void everyFormatIsRead() throws IOException {
    Path formats = Files.createDirectories(directory.resolve("formats"));
    for (String name :
        List.of(
            "data/images/webp/2/1.sm.webp",
            "data/images/tiff/1/Oregon Scientific DS6639 - DSC_0307 - small.tif",
            "jpeg-lossless/8_ls.jpg")) {
      Path file = Commands.demoImages().resolve(name);
      Files.copy(file, formats.resolve(String.valueOf(file.getFileName())));
    }

    embed("--input=" + formats).assertExitCode(0);

    assertThat(statuses())
        .extracting(row -> row.toList().get(0), row -> row.toList().get(1))
        .containsExactlyInAnyOrder(
            tuple("1.sm.webp", "OK"),
            tuple("Oregon Scientific DS6639 - DSC_0307 - small.tif", "OK"),
            tuple("8_ls.jpg", "OK"));
  }

  /** A bomb, broken files and good ones in one task: the good ones' bits don't change. */
  @Test
  void badNeighboursInAPartitionChangeNothing() throws IOException {
    Path alone = Files.createDirectories(directory.resolve("alone"));
    Files.copy(photos.resolve("good.jpg"), alone.resolve("good.jpg"));
    embed("--input=" + alone, "--partitions=1").assertExitCode(0);
    float[] expected = vectorOf("good.jpg");

    Files.write(photos.resolve("a bomb.png"), pngThatClaims(60_000, 60_000));
    Files.write(photos.resolve("h bomb.png"), pngThatClaims(60_000, 60_000));
    embed("--input=" + photos, "--partitions=1", "--batch-size=3", "--output-mode=overwrite")
        .assertExitCode(0);

    assertThat(statuses())
        .contains(
            tuple(
                "a bomb.png",
                "TOO_MANY_PIXELS",
                "PNG of 60000 x 60000 = 3600000000 pixels, the limit is 89478485"));
    Floats.assertSameBits(vectorOf("good.jpg"), expected);
    Floats.assertSameBits(vectorOf("good with wrong ending.png"), expected);
  }

  private static byte[] pngThatClaims(int width, int height) {
    ByteBuffer png = ByteBuffer.allocate(45);
    png.put(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
    png.putInt(13).put("IHDR".getBytes(StandardCharsets.US_ASCII)).putInt(width).putInt(height);
    png.put(new byte[] {8, 2, 0, 0, 0});
    CRC32 crc = new CRC32();
    crc.update(png.array(), 12, 17);
    png.putInt((int) crc.getValue());
    return png.array();
  }

  @Test
  void failFastNamesTheFile() {
    embed("--input=" + photos, "--mode=FAILFAST", "--input-option=pathGlobFilter=t*.jpg")
        .assertExitCode(5)
        .assertOneMessage("some folder/t", ".jpg can't be read: ", "PERMISSIVE");
    assertThat(output.resolve("_SUCCESS")).doesNotExist();
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
            "9|2.5|ArraySeq()|null|UNSUPPORTED_FORMAT|not a known image format: 3 bytes that begin with 01 02 03|null|null");
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
}
