package io.mobilenetspark.jobs.audit;

import io.mobilenetspark.image.ImageOptions;
import io.mobilenetspark.image.ImageStatistics;
import io.mobilenetspark.jobs.table.StoredOptions;
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

/**
 * What the pixels of images tell that their vectors don't: as the table says, or by reading them
 * again.
 */
final class PixelScan {

  private static final String NUMBER = "number";
  private static final String IS_NULL = "is_null";
  private static final String IMAGE = "image";

  private PixelScan() {}

  /**
   * What is wrong with the pixels of the rows that were read before. Only images that the table has
   * no statistics of are read, if they were asked for.
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
    List<Finding> found = new ArrayList<>();
    for (int row = 0; row < all.rows().size(); row++) {
      ImageStatistics statistics = all.rows().get(row).statistics();
      if (statistics != null) {
        add(row, statistics, thresholds, found);
      }
    }
    if (all.rows().stream().anyMatch(AuditedRow::isUnmeasured)) {
      table
          .images()
          .ifPresent(
              images -> {
                for (PixelStatistics image : read(spark, table, images, settings).collect()) {
                  add(image, all, thresholds, found);
                }
              });
    }
    return found;
  }

  private static JavaRDD<PixelStatistics> read(
      SparkSession spark,
      AuditTable table,
      JavaPairRDD<InternalRow, Long> images,
      SettingValues settings) {
    DataType type = table.imageType();
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
    ImageOptions options = StoredOptions.measuring(settings, table.stored().facts());
    return DecodedImages.of(
            ClassicSpark.table(spark, rows, schema), IMAGE, List.of(NUMBER, IS_NULL), options)
        .map(PixelScan::statistics);
  }

  private static PixelStatistics statistics(DecodedImages.Image image) {
    int row = image.carried().getInt(0);
    if (image.carried().getBoolean(1)) {
      return PixelStatistics.unreadable(row, "the row has NULL in the column of --images");
    }
    return image.pixels() == null
        ? PixelStatistics.unreadable(
            row, "read when it was embedded, not any more: " + image.problem())
        : PixelStatistics.of(row, image);
  }

  private static void add(
      PixelStatistics image, Neighbourhoods all, Thresholds thresholds, List<Finding> found) {
    ImageStatistics measured = image.measured();
    if (measured != null) {
      add(image.row(), measured, thresholds, found);
    } else if (all.fault(image.row()).isEmpty()) { // or the row is one already
      found.add(Finding.unreadable(image.row(), image.problem()));
    }
  }

  private static void add(
      int row, ImageStatistics image, Thresholds thresholds, List<Finding> found) {
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
