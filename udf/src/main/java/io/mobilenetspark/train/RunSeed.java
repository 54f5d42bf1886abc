package io.mobilenetspark.train;

/** Derives independent seeds from one. */
public final class RunSeed {

  private RunSeed() {}

  /**
   * A seed for the {@code number}th of many things of one run. Neighbouring seeds and numbers give
   * unrelated results (Steele, Lea and Flood's SplitMix64 finalizer).
   */
  public static long mix(long seed, long number) {
    long z = seed + 0x9e3779b97f4a7c15L * (number + 1);
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
