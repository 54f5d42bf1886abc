package io.mobilenetspark.jobs.audit;

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
import org.apache.spark.api.java.JavaPairRDD;
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
  private static final String IS_NULL = "is_null";
  private static final String IMAGE = "image";

  private PixelScan() {}

  /**
   * What is wrong with the pixels of the rows that were read before; nothing if their images were
   * not asked for.
   *
   * @param all the same rows
   * @param settings limits of the images
   */
  static List<Finding> find(
      SparkSession spark,
      AuditTable table,
      Neighbourhoods all,
      Thresholds thresholds,
      SettingValues settings) {
    return table
        .images()
        .map(images -> statistics(spark, images, table.imageType(), settings).collect())
        .orElse(List.of())
        .stream()
        .flatMap(image -> find(image, all, thresholds).stream())
        .toList();
  }

  private static JavaRDD<PixelStatistics> statistics(
      SparkSession spark,
      JavaPairRDD<InternalRow, Long> images,
      DataType type,
      SettingValues settings) {
    JavaRDD<InternalRow> rows =
        images
            .filter(row -> row._1().getBoolean(0))
            .map(
                row ->
                    new GenericInternalRow(
                        new @Nullable Object[] {
                          Math.toIntExact(row._2()),
                          row._1().isNullAt(1),
                          row._1().isNullAt(1) ? null : InternalRow.copyValue(row._1().get(1, type))
                        }));
    StructType schema =
        new StructType()
            .add(NUMBER, DataTypes.IntegerType)
            .add(IS_NULL, DataTypes.BooleanType)
            .add(IMAGE, type);
    ImageOptions options =
        ImageOptions.of(
            ImageSize.square(PixelStatistics.SIDE),
            settings.with(ImageSettings.RESIZE, ResizeMethod.AREA));
    return DecodedImages.of(
            ClassicSpark.table(spark, rows, schema), IMAGE, List.of(NUMBER, IS_NULL), options)
        .map(PixelScan::statistics);
  }

  private static PixelStatistics statistics(DecodedImages.Image image) {
    int row = image.carried().getInt(0);
    byte[] pixels = image.pixels();
    if (image.carried().getBoolean(1)) {
      return PixelStatistics.unreadable(row, "the row has NULL in the column of --images");
    }
    return pixels == null
        ? PixelStatistics.unreadable(
            row, "read when it was embedded, not any more: " + image.problem())
        : PixelStatistics.of(row, pixels, PixelStatistics.SIDE);
  }

  private static List<Finding> find(
      PixelStatistics image, Neighbourhoods all, Thresholds thresholds) {
    List<Finding> found = new ArrayList<>();
    int row = image.row();
    if (!image.problem().isEmpty()) {
      if (all.fault(row).isEmpty()) { // or the row is one already
        found.add(Finding.unreadable(row, image.problem()));
      }
      return found;
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
    return found;
  }
}
