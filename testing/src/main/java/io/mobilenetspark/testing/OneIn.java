package io.mobilenetspark.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Of a parameterized test, how many of its cases {@code mvn verify} runs: one in so many, from a
 * seeded one on. Where {@code -Dcases} is given, as in continuous integration, all run.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface OneIn {
  /** At most as many as there are cases. */
  int value();
}
