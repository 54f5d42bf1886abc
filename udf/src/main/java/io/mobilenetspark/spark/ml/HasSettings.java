package io.mobilenetspark.spark.ml;

import io.mobilenetspark.common.PublicApi;
import org.apache.spark.ml.param.Params;

/**
 * A stage whose parameters are settings of this library. A value that can't be used is refused when
 * it is set; one without a default can be taken back by {@code clear}.
 *
 * @param <S> the stage, which the setters return
 */
@PublicApi
public interface HasSettings<S extends Params> extends Params {

  /** The parameters themselves; for this package. */
  SettingParams settingParams();
}
