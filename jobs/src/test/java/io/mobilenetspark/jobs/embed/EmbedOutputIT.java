package io.mobilenetspark.jobs.embed;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.jobs.PhotoFolder;
import io.mobilenetspark.testing.Floats;
import io.mobilenetspark.testing.Installed;
import io.mobilenetspark.testing.TestProfiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What comes out: Parquet files, their metadata, the report, the output's modes. */
class EmbedOutputIT extends PhotoFolder {

  @Test
  void outputModesAreSparks() {
    embed("--input=" + photos).assertExitCode(0);
    embed("--input=" + photos, "--output-mode=append").assertExitCode(0);
    assertThat(table().count()).isEqualTo(10);
    embed("--input=" + photos, "--output-mode=overwrite").assertExitCode(0);
    assertThat(table().count()).isEqualTo(5);
    Installed.Outcome ignored = embed("--input=" + photos, "--output-mode=ignore");
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
  void colorProfileIsAppliedOnRequest() throws IOException {
    int[][] ramp = new int[64][64];
    for (int y = 0; y < 64; y++) {
      for (int x = 0; x < 64; x++) {
        ramp[y][x] = 0xff000000 | (4 * x) << 16 | (4 * y) << 8;
      }
    }
    Files.write(photos.resolve("profile.png"), TestProfiles.png(ramp, TestProfiles.adobeRgb()));
    embed("--input=" + photos).assertExitCode(0);
    float[] ignored = vectorOf("profile.png");
    float[] photograph = vectorOf("good.jpg");
    embed("--input=" + photos, "--color-profile=srgb", "--output-mode=overwrite").assertExitCode(0);
    assertThat(vectorOf("profile.png")).isNotEqualTo(ignored);
    assertThat(vectorOf("good.jpg")).isEqualTo(photograph); // it has no profile
    assertThat(footer(Commands.parquetFiles(output).get(0)).getFileMetaData().getKeyValueMetaData())
        .containsEntry("mobilenet.color.profile", "srgb");
  }

  @Test
  @Tag("slow")
  void bfloat16IsCloseOrRefusedByName() throws IOException {
    embed("--input=" + photos).assertExitCode(0);
    float[] exact = vectorOf("good.jpg");
    Installed.Outcome outcome =
        embed("--input=" + photos, "--precision=bfloat16", "--output-mode=overwrite");
    String cpu = Files.readString(Path.of("/proc/cpuinfo"));
    if (cpu.contains("avx512_bf16") || cpu.contains("amx_bf16")) {
      outcome.assertExitCode(0);
      assertThat(Floats.cosine(vectorOf("good.jpg"), exact)).isBetween(0.95, 0.9999999);
    } else {
      outcome.assertExitCode(5).assertOneMessage("bfloat16", "AVX512_BF16", "float32");
    }
  }

  @Test
  void tooManyErrorsEndWithFiveAndStillWriteTheTable() {
    embed("--input=" + photos, "--max-error-rate=0.5")
        .assertExitCode(5)
        .assertOneMessage("3 of 5 images can't be read", "0.6000", "--max-error-rate allows 0.5");
    assertThat(table().count()).isEqualTo(5);
  }

  @Test
  void dropMalformedLeavesThemOutAndCountsThem() throws IOException {
    embed("--input=" + photos, "--mode=dropmalformed").assertExitCode(0);

    assertThat(statuses()).extracting(row -> row.toList().get(1)).containsExactly("OK", "OK");
    assertThat(Commands.report(output).at("/status/TRUNCATED").asInt()).isEqualTo(1);
    assertThat(Commands.report(output).at("/images").asInt()).isEqualTo(5);
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
