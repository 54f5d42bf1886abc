package io.mobilenetspark.spark.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.image.ImageSettings;
import io.mobilenetspark.model.FrozenModel;
import io.mobilenetspark.model.ModelRequest;
import io.mobilenetspark.options.SettingValues;
import io.mobilenetspark.spark.ClassicSpark;
import io.mobilenetspark.spark.EmbedOptions;
import io.mobilenetspark.spark.EmbeddingRow;
import io.mobilenetspark.testing.Colours;
import io.mobilenetspark.testing.Modules;
import io.mobilenetspark.testing.SparkTestSession;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.junit.jupiter.api.Test;

/** Images without a query, against those of a query. */
class SingleImagesTest {

  private final SparkSession spark = SparkTestSession.get();
  private final FrozenModel model = Modules.load(ModelRequest.of("builtin"));

  @Test
  void asAQueryHasThem() {
    byte[] whole = Colours.png(1, 3);
    for (boolean hasStatistics : new boolean[] {false, true}) {
      EmbedOptions options =
          EmbedOptions.of(
              ImageSize.square(model.imageHeight()),
              SettingValues.none().with(ImageSettings.IMAGE_STATS, hasStatistics));
      SingleImages images = new SingleImages(spark, model);
      for (byte[] file :
          List.of(whole, Arrays.copyOf(whole, whole.length / 2), new byte[0], new byte[] {1, 2})) {
        Dataset<Row> table = spark.createDataset(List.of(file), Encoders.BINARY()).toDF("image");
        InternalRow expected =
            ClassicSpark.rows(
                    EmbeddedTable.select(
                        table, "image", List.of(), model, options, Optional.empty()))
                .map(InternalRow::copy)
                .first();
        assertThat(images.row(file, options))
            .as("%d bytes", file.length)
            .isEqualTo(expected)
            .satisfies(
                row ->
                    assertThat(row.numFields())
                        .isEqualTo(EmbeddingRow.schema(options.images()).length()));
      }
    }
  }

  @Test
  void manyAtOnce() {
    EmbedOptions options =
        EmbedOptions.of(ImageSize.square(model.imageHeight()), SettingValues.none());
    SingleImages images = new SingleImages(spark, model);
    List<InternalRow> oneByOne =
        IntStream.range(0, 8).mapToObj(i -> images.row(Colours.png(i % 3, i), options)).toList();
    assertThat(
            IntStream.range(0, 8)
                .parallel()
                .mapToObj(i -> images.row(Colours.png(i % 3, i), options))
                .toList())
        .isEqualTo(oneByOne);
  }
}
