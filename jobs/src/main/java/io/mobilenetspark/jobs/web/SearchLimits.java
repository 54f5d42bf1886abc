package io.mobilenetspark.jobs.web;

import java.time.Duration;

/**
 * How much may be asked for.
 *
 * @param neighbours how many are shown if nobody asks for another number
 * @param imageBytes of an image that is sent, at most
 * @param patience how long a request waits for others to end
 */
public record SearchLimits(int neighbours, int imageBytes, Duration patience) {

  /** Of one search. */
  public static final int MOST_NEIGHBOURS = 1000;

  /** What an array of Java's has room for, on every JVM. */
  private static final long LONGEST_ARRAY = Integer.MAX_VALUE - 16;

  /**
   * Those of a server.
   *
   * @param imageBytes as the decoder has it
   */
  public static SearchLimits of(int neighbours, long imageBytes) {
    return new SearchLimits(
        neighbours, (int) Math.min(imageBytes, LONGEST_ARRAY), Duration.ofSeconds(30));
  }
}
