package io.mobilenetspark.train;

/**
 * What shares of work bring back and whoever shared it out adds up.
 *
 * @param <T> the type itself
 */
public interface Summable<T> {

  /** Adds another share to this one, in place, and returns this. */
  T add(T other);
}
