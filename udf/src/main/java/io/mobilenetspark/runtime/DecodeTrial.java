package io.mobilenetspark.runtime;

import io.mobilenetspark.image.ImageInput;
import io.mobilenetspark.image.ImageOptions;
import java.io.IOException;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decodes images in a process of its own first, so that one that crashes the native decoder ends
 * that process and not this one. For images of which one may have done so: it takes twice the time
 * of decoding, and the memory of a small JVM for each thread at it. Safe for use by many threads.
 */
public final class DecodeTrial {

  private static final Logger LOG = LoggerFactory.getLogger(DecodeTrial.class);

  /** A process may end for other reasons, such as the machine's lack of memory. */
  private static final int TIMES = 2;

  private static final DecodeTrial OF_THIS_JVM = new DecodeTrial();

  /** Processes that nobody uses; they end with this JVM. */
  private final ConcurrentLinkedDeque<TrialProcess> idle = new ConcurrentLinkedDeque<>();

  private DecodeTrial() {}

  /** The one of this JVM. */
  public static DecodeTrial ofThisJvm() {
    return OF_THIS_JVM;
  }

  /**
   * Tries an image.
   *
   * @param check called again and again meanwhile; what it throws ends the trial
   * @return the image; {@link ImageInput.Crashing} if decoding it ends the process twice
   * @throws java.util.concurrent.CancellationException if the thread is interrupted
   */
  public ImageInput pass(ImageInput image, ImageOptions options, Runnable check) {
    if (!(image instanceof ImageInput.Encoded encoded)) {
      return image;
    }
    int code = 0;
    for (int i = 0; i < TIMES; i++) {
      OptionalInt crash;
      try {
        crash = attempt(encoded, options, check);
      } catch (IOException e) {
        LOG.warn("Images can't be decoded in a process of their own first", e);
        return image;
      }
      if (crash.isEmpty()) {
        return image;
      }
      code = crash.getAsInt();
    }
    return new ImageInput.Crashing(
        String.format(
            Locale.ROOT,
            "decoding it crashes the process, with exit code %d; it was tried in one of its own",
            code));
  }

  private OptionalInt attempt(ImageInput.Encoded image, ImageOptions options, Runnable check)
      throws IOException {
    TrialProcess found = idle.poll();
    TrialProcess process = found == null ? TrialProcess.start(check) : found;
    boolean isKept = false;
    try {
      OptionalInt crash = process.decode(image, options, check);
      isKept = crash.isEmpty();
      return crash;
    } finally {
      if (isKept) {
        idle.push(process);
      } else {
        process.close();
      }
    }
  }
}
