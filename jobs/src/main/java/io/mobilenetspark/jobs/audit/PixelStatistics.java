package io.mobilenetspark.jobs.audit;

import static java.util.Objects.requireNonNull;

import io.mobilenetspark.image.ImageStatistics;
import io.mobilenetspark.spark.DecodedImages;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/** What became of a row's image that was read again. */
final class PixelStatistics implements Serializable {
  private static final long serialVersionUID = 1;

  // Plain fields: Kryo, which may be Spark's serializer, can't write records.
  private final int row;
  private final double brightness;
  private final double sharpness;
  private final String problem;

  private PixelStatistics(int row, double brightness, double sharpness, String problem) {
    this.row = row;
    this.brightness = brightness;
    this.sharpness = sharpness;
    this.problem = problem;
  }

  /** Of an image that can't be read any more. */
  static PixelStatistics unreadable(int row, String problem) {
    return new PixelStatistics(row, 0, 0, problem);
  }

  /**
   * Of an image that was decoded and measured.
   *
   * @param row its number
   */
  static PixelStatistics of(int row, DecodedImages.Image image) {
    ImageStatistics measured = requireNonNull(image.statistics(), "measured");
    return new PixelStatistics(row, measured.brightness(), measured.sharpness(), "");
  }

  int row() {
    return row;
  }

  /** Null if the image can't be read. */
  @Nullable ImageStatistics measured() {
    return problem.isEmpty() ? new ImageStatistics(brightness, sharpness) : null;
  }

  /** Why the image can't be read; empty if it was. */
  String problem() {
    return problem;
  }
}
