package io.mobilenetspark.runtime;

import io.mobilenetspark.image.ImageInput;
import io.mobilenetspark.image.ImageOptions;
import java.io.IOException;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decodes images in a process of its own first, so that one that crashes the native decoder ends
 * that process and not this one. For images of which one may have done so: it takes twice the time
 * of decoding, and the memory of {@value #PROCESSES} small JVMs, which end when they have had
 * nothing to do for a minute. Safe for use by many threads.
 */
public final class DecodeTrial {

  private static final Logger LOG = LoggerFactory.getLogger(DecodeTrial.class);

  /** At once, however many tasks there are: the memory is not planned for. */
  private static final int PROCESSES = 2;

  /** A process may end for other reasons. */
  private static final int TIMES = 2;

  /** Exit codes of who is told to end, by a user or for the machine's lack of memory. */
  private static final Set<Integer> TOLD = Set.of(129, 130, 137, 143);

  private static final DecodeTrial OF_THIS_JVM = new DecodeTrial();

  private final Semaphore free = new Semaphore(PROCESSES);
  private final ConcurrentLinkedDeque<TrialProcess> idle = new ConcurrentLinkedDeque<>();
  private volatile boolean isImpossible;

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
   * @throws CancellationException if the thread is interrupted
   */
  public ImageInput pass(ImageInput image, ImageOptions options, Runnable check) {
    if (isImpossible || !(image instanceof ImageInput.Encoded encoded)) {
      return image;
    }
    await(check);
    try {
      OptionalInt crash = attempt(take(check), encoded, options, check);
      for (int i = 1; i < TIMES && crash.isPresent(); i++) {
        crash = attempt(TrialProcess.start(check), encoded, options, check);
      }
      return crash.isEmpty() || TOLD.contains(crash.getAsInt())
          ? image
          : new ImageInput.Crashing(
              String.format(
                  Locale.ROOT,
                  "decoding it crashes the process, with exit code %d; it was tried in one of its"
                      + " own",
                  crash.getAsInt()));
    } catch (IOException e) {
      isImpossible = true; // and would take seconds for each image
      LOG.error("Images can't be decoded in a process of their own first", e);
      return image;
    } finally {
      free.release();
    }
  }

  private void await(Runnable check) {
    try {
      while (!free.tryAcquire(100, TimeUnit.MILLISECONDS)) {
        check.run();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while an image was tried");
    }
  }

  private TrialProcess take(Runnable check) throws IOException {
    TrialProcess found = idle.poll();
    while (found != null && !found.isAlive()) {
      found.close();
      found = idle.poll();
    }
    return found == null ? TrialProcess.start(check) : found;
  }

  private OptionalInt attempt(
      TrialProcess process, ImageInput.Encoded image, ImageOptions options, Runnable check)
      throws IOException {
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
