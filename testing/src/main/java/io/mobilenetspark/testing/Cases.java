package io.mobilenetspark.testing;

/**
 * How many generated cases a test runs, and from which seed: few in {@code mvn verify}; a share in
 * continuous integration, {@code -Dcases=share}; in the exhaustive tier, {@code -Dcases=all}, all
 * of them. A failure is repeated with the seed that was printed: {@code -Dcases.seed=...}.
 */
public final class Cases {

  private static final long DEFAULT_SEED = 20_261_125;

  private Cases() {}

  /**
   * The number of cases to run, where a share is few.
   *
   * @param share in continuous integration
   * @param all in the exhaustive tier
   */
  public static int count(int share, int all) {
    return count(share, share, all);
  }

  /**
   * The number of cases to run.
   *
   * @param few in {@code mvn verify}
   * @param share in continuous integration
   * @param all in the exhaustive tier
   */
  public static int count(int few, int share, int all) {
    return switch (System.getProperty("cases", "few")) {
      case "few" -> few;
      case "share" -> share;
      case "all" -> all;
      default -> throw new IllegalArgumentException("-Dcases is one of few, share, all");
    };
  }

  /** Whether this is {@code mvn verify}. */
  static boolean areFew() {
    return count(1, 0, 0) == 1;
  }

  /** The seed that cases are generated from; printed, so that the log of a failure has it. */
  public static long seed(Class<?> test) {
    System.out.println("SEED " + test.getSimpleName() + " -Dcases.seed=" + seed());
    return seed();
  }

  static long seed() {
    return Long.getLong("cases.seed", DEFAULT_SEED);
  }
}
