package io.mobilenetspark.spark.ml;

import io.mobilenetspark.model.handle.Redacted;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.Params;

/** What the parameters of all stages have in common: how they are set and saved. */
final class StageParams {

  private StageParams() {}

  /** Sets a parameter and gives the stage back, which is an S: no setter has it otherwise. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  static <S, T> S set(Params stage, Param<T> param, T value) {
    return (S) stage.set(param, value);
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
