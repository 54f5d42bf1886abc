package io.mobilenetspark.spark.ml;

import io.mobilenetspark.model.handle.Redacted;
import java.io.Serializable;
import java.util.Locale;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.Params;
import scala.Function1;
import scala.Option;

/** What the parameters of all stages have in common: how they are checked, set and read. */
final class StageParams {

  private StageParams() {}

  /** Serializable, because a stage is and holds its parameters with their checks. */
  interface Check<T> extends Function1<T, Object>, Serializable {}

  /** From a parameter's value to what it stands for; IllegalArgumentException if for nothing. */
  interface Meaning<T> extends Serializable {
    Object of(T value);
  }

  /** A check that says what is accepted; MLlib's own says only what is not. */
  static <T> Check<T> checked(String name, Meaning<T> meaning) {
    return value -> {
      try {
        meaning.of(value);
        return true;
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT, "Parameter %s can't be '%s'. %s", name, value, e.getMessage()),
            e);
      }
    };
  }

  /** A check of a whole number. */
  static Check<Object> within(String name, long least, long most) {
    return value -> {
      long number = ((Number) value).longValue();
      if (number < least || number > most) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "Parameter %s can't be %d. It must be at least %d and at most %d.",
                name,
                number,
                least,
                most));
      }
      return true;
    };
  }

  /** A check of a word: what is wrong with it is said by what reads it. */
  static Check<String> word(String name, Meaning<String> meaning) {
    return word -> {
      try {
        meaning.of(word);
        return true;
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT, "Parameter %s: %s", name, e.getMessage()), e);
      }
    };
  }

  static Check<String> notBlank(String name) {
    return text -> {
      if (text.isBlank()) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT, "Parameter %s can't be empty.", name));
      }
      return true;
    };
  }

  /** Sets a parameter and gives the stage back, which is an S: no setter has it otherwise. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  static <S, T> S set(Params stage, Param<T> param, T value) {
    return (S) stage.set(param, value);
  }

  /** The value of a parameter, or the replacement if it is not set. */
  static <T> T orElse(Params stage, Param<T> param, T replacement) {
    Option<T> value = stage.get(param);
    return value.isDefined() ? value.get() : replacement;
  }

  /**
   * A stage as it may be written: itself, or if its model's handle has a user or a query, a copy
   * whose handle has none. Who reads the stage sets the handle again.
   */
  static <S extends Params> Params withoutSecrets(S stage, Param<String> handle) {
    String value = stage.getOrDefault(handle);
    String redacted = Redacted.handle(value);
    return redacted.equals(value) ? stage : stage.copy(ParamMap.empty()).set(handle, redacted);
  }
}
