package io.mobilenetspark.spark.sql;

import io.mobilenetspark.image.ImageStatus;
import io.mobilenetspark.model.handle.Redacted;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells an executor's log which rows have images that can't be read: a few a minute, however many
 * there are. Rows are named by their texts and whole numbers, images by their status alone: what is
 * in them stays out of logs. Safe for use by many threads at once.
 */
final class FailureLog {

  /** Of all tasks of this JVM; its logger has a name of its own, to be switched on and off by. */
  static final FailureLog OF_EXECUTOR =
      new FailureLog(logger("io.mobilenetspark.UnreadableImages"), System::nanoTime);

  static final int MOST_A_MINUTE = 10;
  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

  private final Consumer<Supplier<String>> log;
  private final LongSupplier nanoTime;
  private long minute;
  private int told;
  private long passedOver;

  /**
   * A log that has told nothing yet.
   *
   * @param log takes a line, which it may leave unmade
   * @param nanoTime as {@link System#nanoTime}
   */
  FailureLog(Consumer<Supplier<String>> log, LongSupplier nanoTime) {
    this.log = log;
    this.nanoTime = nanoTime;
    this.minute = nanoTime.getAsLong();
  }

  private static Consumer<Supplier<String>> logger(String name) {
    Logger logger = LoggerFactory.getLogger(name);
    return line -> {
      if (logger.isInfoEnabled()) {
        logger.info(line.get());
      }
    };
  }

  /**
   * Tells of a row, unless enough were told in this minute.
   *
   * @param row such as {@code of the row with id=7}; made only if it is told
   */
  void tell(ImageStatus status, Supplier<String> row) {
    long before;
    synchronized (this) {
      long now = nanoTime.getAsLong();
      if (now - minute >= TimeUnit.MINUTES.toNanos(1)) {
        minute = now;
        told = 0;
      }
      if (told == MOST_A_MINUTE) {
        passedOver++;
        return;
      }
      told++;
      before = passedOver;
      passedOver = 0;
    }
    log.accept(() -> line(status, row.get(), before));
  }

  private static String line(ImageStatus status, String row, long before) {
    String safe = CONTROL.matcher(Redacted.text(row)).replaceAll("?");
    String more =
        before == 0 ? "" : String.format(Locale.ROOT, " (%,d others were not told)", before);
    return "Image " + safe + " can't be read: " + status + more;
  }
}
