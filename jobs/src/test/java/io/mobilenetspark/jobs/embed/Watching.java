package io.mobilenetspark.jobs.embed;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.jobs.Main;
import io.mobilenetspark.testing.Installed;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** {@code embed --continuous} in a thread of this JVM, as a program may run it. */
final class Watching implements AutoCloseable {

  private static final Duration LONG = Duration.ofMinutes(5);

  private static final Duration BETWEEN = Duration.ofSeconds(20);
  private static final int INTERRUPTS = 10;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final Thread thread;
  private volatile int code = -1;

  Watching(List<String> options) {
    Commands.session();
    List<String> all =
        new ArrayList<>(
            List.of(
                "embed",
                "--continuous",
                "--trigger-interval=100ms",
                "--model=builtin",
                "--image-size=32"));
    all.addAll(options);
    thread =
        new Thread(
            () ->
                code =
                    Main.run(
                        new PrintWriter(out, true),
                        new PrintWriter(err, true),
                        all.toArray(String[]::new)),
            "watching");
    thread.start();
  }

  /** Waits until it is so; fails if the command ends before. */
  void await(String what, BooleanSupplier isSo) throws InterruptedException {
    long end = System.nanoTime() + LONG.toNanos();
    while (!isSo.getAsBoolean()) {
      assertThat(thread.isAlive()).as("waiting for %s; said: %s%s", what, out, err).isTrue();
      assertThat(System.nanoTime()).as("waiting for %s; said: %s", what, out).isLessThan(end);
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  /** Waits until a round has been told of. */
  void awaitRound(int number) throws InterruptedException {
    await("round " + number, () -> out.toString().contains("Round " + number + ":"));
  }

  boolean isAlive() {
    return thread.isAlive();
  }

  /** Waits until it has ended by itself. */
  Installed.Outcome ended() throws InterruptedException {
    thread.join(LONG.toMillis());
    assertThat(thread.isAlive()).as("ends; said: %s%s", out, err).isFalse();
    return new Installed.Outcome(code, out.toString(), err.toString());
  }

  /** Tells it to stop, wherever it is: once more if Spark has not passed an interrupt on. */
  Installed.Outcome stop() throws InterruptedException {
    for (int i = 0; i < INTERRUPTS && thread.isAlive(); i++) {
      thread.interrupt();
      thread.join(BETWEEN.toMillis());
    }
    return ended();
  }

  @Override
  public void close() {
    try {
      stop();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
