package io.mobilenetspark.jobs.embed;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.testing.Floats;
import io.mobilenetspark.testing.SharedData;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Through the whole job and out of the Parquet files: the features of TensorFlow's Python. */
class EmbedGoldenIT {

  private static final double TOLERANCE = 2e-4;

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"bilinear", "bilinear_tf1", "bilinear_antialias", "area", "bicubic"})
  void equalsTensorFlowsPython(String resize) throws IOException {
    Path input = listOfGoldenImages();
    Path output = directory.resolve("vectors");

    Commands.run(
            "embed",
            "--input=" + input,
            "--image-column=path",
            "--id-column=id",
            "--model=" + SharedData.slimCheckpoint(),
            "--resize=" + resize,
            "--output=" + output)
        .assertExitCode(0);

    assertThat(Floats.maxDifference(features(output), SharedData.goldenFeatures(resize)))
        .isLessThanOrEqualTo(TOLERANCE);
  }

  /** Pixel structs with red and blue swapped must not pass for the right ones. */
  @Test
  void pixelStructsPassAndSwappedChannelsFail() throws IOException {
    float[] expected = firstPngs(SharedData.goldenFeatures("bilinear"));

    float[] right = features(embedPixels(ChannelOrder.BGR));
    assertThat(Floats.maxDifference(right, expected)).isLessThanOrEqualTo(TOLERANCE);

    float[] swapped = features(embedPixels(ChannelOrder.RGB));
    assertThat(Floats.maxDifference(swapped, expected)).isGreaterThan(1000 * TOLERANCE);
  }

  private enum ChannelOrder {
    BGR,
    RGB
  }

  /** Of PngSuite: every decoder gives the same pixels of these, unlike of JPEGs. */
  private static List<Integer> colourPngs() throws IOException {
    List<Integer> indices = new ArrayList<>();
    List<Path> images = SharedData.goldenImages();
    for (int i = 0; i < images.size(); i++) {
      String name = String.valueOf(images.get(i).getFileName());
      if (name.equals("f03n2c08.png") || name.equals("basi3p08.png")) {
        indices.add(i);
      }
    }
    assertThat(indices).isNotEmpty();
    return indices;
  }

  private static float[] firstPngs(float[] features) throws IOException {
    List<Integer> indices = colourPngs();
    float[] chosen = new float[indices.size() * 768];
    for (int i = 0; i < indices.size(); i++) {
      System.arraycopy(features, indices.get(i) * 768, chosen, i * 768, 768);
    }
    return chosen;
  }

  private Path embedPixels(ChannelOrder order) throws IOException {
    StructType image =
        new StructType()
            .add("origin", DataTypes.StringType)
            .add("height", DataTypes.IntegerType)
            .add("width", DataTypes.IntegerType)
            .add("nChannels", DataTypes.IntegerType)
            .add("mode", DataTypes.IntegerType)
            .add("data", DataTypes.BinaryType);
    StructType schema = new StructType().add("id", DataTypes.IntegerType).add("image", image);
    List<Row> rows = new ArrayList<>();
    for (int index : colourPngs()) {
      BufferedImage png = ImageIO.read(SharedData.goldenImages().get(index).toFile());
      byte[] data = new byte[png.getWidth() * png.getHeight() * 3];
      int at = 0;
      for (int y = 0; y < png.getHeight(); y++) {
        for (int x = 0; x < png.getWidth(); x++) {
          int rgb = png.getRGB(x, y);
          byte red = (byte) (rgb >> 16);
          byte blue = (byte) rgb;
          data[at++] = order == ChannelOrder.BGR ? blue : red;
          data[at++] = (byte) (rgb >> 8);
          data[at++] = order == ChannelOrder.BGR ? red : blue;
        }
      }
      rows.add(
          RowFactory.create(
              rows.size(), RowFactory.create("", png.getHeight(), png.getWidth(), 3, 16, data)));
    }
    Path input = directory.resolve("pixels-" + order);
    Commands.session().createDataFrame(rows, schema).write().parquet(input.toString());
    Path output = directory.resolve("vectors-" + order);
    Commands.run(
            "embed",
            "--input=" + input,
            "--model=" + SharedData.slimCheckpoint(),
            "--output=" + output)
        .assertExitCode(0);
    return output;
  }

  private Path listOfGoldenImages() throws IOException {
    List<Path> images = SharedData.goldenImages();
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < images.size(); i++) {
      assertThat(images.get(i)).isRegularFile();
      rows.add(RowFactory.create(i, images.get(i).toString()));
    }
    StructType schema =
        new StructType().add("id", DataTypes.IntegerType).add("path", DataTypes.StringType);
    Path list = directory.resolve("list");
    Commands.session()
        .createDataFrame(rows, schema)
        .repartition(3)
        .write()
        .parquet(list.toString());
    return list;
  }

  /**
   * All vectors in the order of the ids; fails unless each id is there once and every one is OK.
   */
  private static float[] features(Path table) throws IOException {
    assertThat(Files.exists(table.resolve("_SUCCESS"))).isTrue();
    Map<Integer, float[]> byId = new HashMap<>();
    for (Row row :
        Commands.session()
            .read()
            .parquet(table.toString())
            .where(functions.col("status").equalTo("OK"))
            .collectAsList()) {
      assertThat(byId.put(row.<Integer>getAs("id"), Commands.vector(row, "features"))).isNull();
    }
    float[] all = new float[byId.size() * 768];
    for (int id = 0; id < byId.size(); id++) {
      float[] vector = byId.get(id);
      assertThat(vector).as("vector of row %d", id).hasSize(768);
      System.arraycopy(vector, 0, all, id * 768, 768);
    }
    return all;
  }
}
