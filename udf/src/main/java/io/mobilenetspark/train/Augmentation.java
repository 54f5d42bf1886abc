package io.mobilenetspark.train;

import java.io.Serializable;
import java.util.SplittableRandom;

/**
 * Random changes to training images. They are drawn from the run's seed, the epoch and the row
 * alone, so that they don't depend on which machine trains on the row, or how often it is tried.
 *
 * @param flipProbability in [0, 1]: how often an image is mirrored left to right
 * @param minCropArea in (0, 1]: the smallest share of the image's area that is cut out and brought
 *     back to full size, of an aspect ratio from 3:4 to 4:3; 1 for no cropping
 * @param colour in [0, 1): brightness moves by up to this, contrast and saturation by up to this
 *     factor
 */
public record Augmentation(double flipProbability, double minCropArea, double colour)
    implements Serializable {

  /** No change at all. */
  public static final Augmentation NONE = new Augmentation(0, 1, 0);

  private static final double MAX_ASPECT = 4.0 / 3;

  public Augmentation {
    if (!(flipProbability >= 0 && flipProbability <= 1)) {
      throw new IllegalArgumentException(
          "the flip probability must be in [0, 1], not " + flipProbability);
    }
    if (!(minCropArea > 0 && minCropArea <= 1)) {
      throw new IllegalArgumentException(
          "the smallest crop area must be in (0, 1], not " + minCropArea);
    }
    if (!(colour >= 0 && colour < 1)) {
      throw new IllegalArgumentException("the colour change must be in [0, 1), not " + colour);
    }
  }

  /** One image's changes. */
  record Draw(
      float top,
      float left,
      float bottom,
      float right,
      float brightness,
      float contrast,
      float saturation) {

    static final Draw NONE = new Draw(0, 0, 1, 1, 0, 1, 1);
  }

  /** Draws for one image. A mirrored box has its left edge on the right, as CropAndResize likes. */
  Draw draw(SplittableRandom random) {
    double area = 1 - random.nextDouble() * (1 - minCropArea);
    double aspect = Math.exp((2 * random.nextDouble() - 1) * Math.log(MAX_ASPECT));
    double height = minCropArea == 1 ? 1 : Math.min(1, Math.sqrt(area / aspect));
    double width = minCropArea == 1 ? 1 : Math.min(1, Math.sqrt(area * aspect));
    double top = random.nextDouble() * (1 - height);
    double left = random.nextDouble() * (1 - width);
    boolean isMirrored = random.nextDouble() < flipProbability;
    double near = isMirrored ? left + width : left;
    double far = isMirrored ? left : left + width;
    return new Draw(
        (float) top,
        (float) near,
        (float) (top + height),
        (float) far,
        (float) (colour * (2 * random.nextDouble() - 1)),
        (float) (1 + colour * (2 * random.nextDouble() - 1)),
        (float) (1 + colour * (2 * random.nextDouble() - 1)));
  }
}
