package io.mobilenetspark.image;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/** What became of one image: its pixels were written, or there is a reason why not. */
public sealed interface ImageOutcome {

  /** The stable code of this outcome. */
  ImageStatus status();

  /**
   * The image's pixels are in the caller's buffer.
   *
   * @param format what the bytes were
   * @param width width of the whole image, upright, before cropping and resizing, in pixels
   * @param height height of the whole image, upright, before cropping and resizing, in pixels
   * @param statistics what its pixels tell; null unless {@link ImageSettings#IMAGE_STATS} asks
   */
  record Read(ImageFormat format, int width, int height, @Nullable ImageStatistics statistics)
      implements ImageOutcome {
    public Read {
      requireNonNull(format, "format");
    }

    @Override
    public ImageStatus status() {
      return ImageStatus.OK;
    }
  }

  /**
   * The image was not read; the caller's buffer holds undefined values.
   *
   * @param status why, as a code; never {@link ImageStatus#OK}
   * @param reason why, for a person: what was seen and what was expected
   */
  record Rejected(ImageStatus status, String reason) implements ImageOutcome {
    public Rejected {
      requireNonNull(reason, "reason");
      if (status == ImageStatus.OK) {
        throw new IllegalArgumentException("a rejected image can't have status OK");
      }
    }
  }
}
