package io.mobilenetspark.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Of a parameterized test, how many of its cases are run, see {@link Cases}: one in so many, from a
 * seeded one on. The exhaustive tier runs all.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface OneIn {
  /** In {@code mvn verify}; at most as many as there are cases. */
  int value();

  /** In continuous integration; all, unless they take long. */
  int share() default 1;
}
