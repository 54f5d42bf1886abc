package io.mobilenetspark.jobs.web;

import io.mobilenetspark.jobs.common.UserException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** Rows whose names are hostile, and images that are as many bytes as their neighbours. */
final class FakeTable implements SearchedTable {

  static final String HOSTILE =
      "</script><img src=x onerror=alert(1)>\"'`\n\u0000\u202e/../../etc/passwd \u00fc\ud83d\ude00 ${7*7} %2e%2e&id=2+3#?"
          + "x".repeat(2000);

  /** What was asked for, in the order in which it was. */
  final List<String> asked = new ArrayList<>();

  final AtomicInteger atOnce = new AtomicInteger();
  final AtomicInteger mostAtOnce = new AtomicInteger();
  volatile CountDownLatch gate = new CountDownLatch(0);

  private synchronized void note(String what) {
    asked.add(what);
  }

  @Override
  public Facts facts() {
    return new Facts("<b>vectors</b>", 3, "a model", "path", "exact", true);
  }

  @Override
  public Optional<Answer> ofRow(String id, int k) {
    note("row " + id + " " + k);
    mostAtOnce.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
    try {
      gate.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      atOnce.decrementAndGet();
    }
    return switch (id) {
      case "none" -> Optional.empty();
      case "twice" -> throw UserException.input("Several rows of s3a://key:secret@bucket/t");
      case "away" -> throw new UnavailableException("There is no table", new IOException());
      case "spark" -> throw sneaky(new IOException("a task's file has gone"));
      case "broken" -> throw UserException.job("The job failed: a disk <died>.");
      case "bug" -> throw new IllegalStateException("a bug");
      default ->
          Optional.of(
              new Answer(
                  new Named(id, null),
                  List.of(
                      new Neighbour(new Named(HOSTILE, "</style>"), 0.5f),
                      new Neighbour(new Named(null, null), -1)),
                  List.of()));
    };
  }

  /** As Spark's Scala throws checked exceptions out of methods that declare none. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <E extends Throwable> RuntimeException sneaky(Throwable e) throws E {
    throw (E) e;
  }

  @Override
  public Answer ofImage(byte[] file, int k) {
    note("image of " + file.length + " bytes " + k);
    if (file[0] == 0) {
      throw UserException.input("Can't embed the image: CORRUPT: not a JPEG");
    }
    return new Answer(null, List.of(), List.of("a note"));
  }

  @Override
  public Optional<byte[]> thumbnail(String id) {
    note("thumbnail " + id);
    return id.equals(HOSTILE) ? Optional.of(new byte[] {1, 2, 3}) : Optional.empty();
  }
}
