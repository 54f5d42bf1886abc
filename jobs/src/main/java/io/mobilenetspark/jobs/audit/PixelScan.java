package io.mobilenetspark.jobs.audit;

import static java.util.Objects.requireNonNull;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.image.ImageOptions;
import io.mobilenetspark.image.ImageSettings;
import io.mobilenetspark.image.ResizeMethod;
import io.mobilenetspark.options.SettingValues;
import io.mobilenetspark.spark.ClassicSpark;
import io.mobilenetspark.spark.DecodedImages;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/** Reads the images of a table again, for what their vectors can't tell. */
final class PixelScan {

  private static final String NUMBER = "number";
  private static final String IMAGE = "image";

  private PixelScan() {}

  /**
   * What is wrong with the pixels of the rows that were read before.
   *
   * @param settings limits of the images
   */
  static List<Finding> find(
      SparkSession spark, AuditTable table, Thresholds thresholds, SettingValues settings) {
    DataType type = requireNonNull(table.imageType(), "images were asked for");
    int image = 1 + AuditedRow.COLUMNS.length();
    JavaRDD<InternalRow> rows =
        table
            .numbered()
            .filter(row -> AuditedRow.of(row._1()).error() == null)
            .map(
                row ->
                    new GenericInternalRow(
                        new @Nullable Object[] {
                          Math.toIntExact(row._2()),
                          row._1().isNullAt(image)
                              ? null
                              : InternalRow.copyValue(row._1().get(image, type))
                        }));
    StructType schema = new StructType().add(NUMBER, DataTypes.IntegerType).add(IMAGE, type);
    ImageOptions options =
        ImageOptions.of(
            ImageSize.square(PixelStatistics.SIDE),
            settings.with(ImageSettings.RESIZE, ResizeMethod.AREA));
    JavaRDD<PixelStatistics> statistics =
        DecodedImages.of(ClassicSpark.table(spark, rows, schema), IMAGE, List.of(NUMBER), options)
            .map(PixelScan::statistics);
    List<Finding> found = new ArrayList<>();
    statistics.collect().forEach(one -> add(one, thresholds, found));
    return found;
  }

  private static PixelStatistics statistics(DecodedImages.Image image) {
    int row = image.carried().getInt(0);
    byte[] pixels = image.pixels();
    return pixels == null
        ? PixelStatistics.unreadable(row, image.problem())
        : PixelStatistics.of(row, pixels, PixelStatistics.SIDE);
  }

  private static void add(PixelStatistics image, Thresholds thresholds, List<Finding> found) {
    int row = image.row();
    if (!image.problem().isEmpty()) {
      found.add(
          new Finding(
              FindingKind.UNREADABLE,
              row,
              null,
              null,
              null,
              null,
              "read when it was embedded, not any more: " + image.problem()));
      return;
    }
    double brightness = image.brightness();
    String luma = String.format(Locale.ROOT, "mean luma %.1f of 255", brightness);
    if (brightness <= thresholds.dark()) {
      found.add(Finding.of(FindingKind.DARK, row, brightness, luma));
    }
    if (brightness >= thresholds.bright()) {
      found.add(Finding.of(FindingKind.BRIGHT, row, brightness, luma));
    }
    double sharpness = image.sharpness();
    if (sharpness <= thresholds.blurred()) {
      found.add(
          Finding.of(
              FindingKind.BLURRED,
              row,
              sharpness,
              String.format(Locale.ROOT, "sharpness %.4f", sharpness)));
    }
  }
}
