package io.mobilenetspark.bench;

import io.mobilenetspark.bench.Reference.Difference;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A contestant and how it does. Who fails once is out, and its row says why. */
final class Standing {

  /** Opens a contestant. */
  interface Opening {
    Contestant open() throws Exception;
  }

  /** What a contestant is to the comparison. */
  enum Side {
    /** What nobody exceeds. */
    YARDSTICK,
    OURS,
    PEER
  }

  private final String name;
  private final Side side;
  private final Opening opening;
  private final List<Double> rates = new ArrayList<>();
  private @Nullable Contestant contestant;
  private @Nullable Difference difference;
  private @Nullable String failure;
  private String versions = "";

  Standing(String name, Side side, Opening opening) {
    this.name = name;
    this.side = side;
    this.opening = opening;
  }

  /** Makes it ready. */
  void open() {
    attempt(
        () -> {
          Contestant opened = opening.open();
          contestant = opened;
          versions = opened.versions();
        });
  }

  /** A round that does not count, and a look at what it gave. */
  void warmUp(Checker checker) {
    Contestant running = contestant;
    if (running != null) {
      attempt(
          () -> {
            running.round();
            if (running.table().isPresent() && difference == null) {
              difference = checker.check(running);
            }
          });
    }
  }

  /** Compares what a contestant has written with what it should have. */
  interface Checker {
    Difference check(Contestant contestant);
  }

  /** A round that counts. */
  void race() {
    Contestant running = contestant;
    if (running != null) {
      attempt(() -> rates.add(running.round()));
    }
  }

  void close() {
    Contestant running = contestant;
    contestant = null;
    if (running != null) {
      try {
        running.close();
      } catch (RuntimeException e) {
        System.err.println(name + " can't be closed: " + e);
      }
    }
  }

  private interface Attempt {
    void run() throws Exception;
  }

  private void attempt(Attempt attempt) {
    try {
      attempt.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      fail("interrupted");
    } catch (Exception | LinkageError e) {
      fail(String.valueOf(e.getMessage()).lines().findFirst().orElse(e.toString()));
    }
  }

  private void fail(String reason) {
    failure = reason;
    System.out.println(name + " is out: " + reason);
    close();
  }

  String name() {
    return name;
  }

  Side side() {
    return side;
  }

  String versions() {
    return versions;
  }

  /** Why it is out, or null. */
  @Nullable String failure() {
    return failure;
  }

  /** Of its vectors from the reference; null if it writes none, or is out. */
  @Nullable Difference difference() {
    return difference;
  }

  /** Images a second, round by round. */
  List<Double> rates() {
    return rates;
  }

  /** Whether it has run all rounds so far, and there were some. */
  boolean isRated() {
    return failure == null && !rates.isEmpty();
  }

  double median() {
    return Rounds.median(rates.stream().mapToDouble(Double::doubleValue).toArray());
  }

  /** The median of the rounds' ratios to another's. */
  double ratioTo(Standing other) {
    double[] ratios = new double[rates.size()];
    for (int round = 0; round < ratios.length; round++) {
      ratios[round] = rates.get(round) / other.rates.get(round);
    }
    return Rounds.median(ratios);
  }
}
