package io.mobilenetspark.testing;

/**
 * How many generated cases a test runs, and from which seed. Continuous integration runs a share;
 * the exhaustive tier, {@code -Dcases=all}, runs them all. A failure is repeated with the seed that
 * was printed: {@code -Dcases.seed=...}.
 */
public final class Cases {

  private static final long DEFAULT_SEED = 20_261_125;

  private Cases() {}

  /**
   * The number of cases to run.
   *
   * @param share in continuous integration
   * @param all in the exhaustive tier
   */
  public static int count(int share, int all) {
    return "all".equals(System.getProperty("cases")) ? all : share;
  }

  /** The seed that cases are generated from; printed, so that the log of a failure has it. */
  public static long seed(Class<?> test) {
    long seed = Long.getLong("cases.seed", DEFAULT_SEED);
    System.out.println("SEED " + test.getSimpleName() + " -Dcases.seed=" + seed);
    return seed;
  }
}
