package io.mobilenetspark.jobs.embed;

import io.mobilenetspark.jobs.cli.Console;
import io.mobilenetspark.jobs.common.ModelSource;
import io.mobilenetspark.model.FrozenModel;
import io.mobilenetspark.model.ModelRequest;
import io.mobilenetspark.runtime.NativeLibrary;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;

/**
 * The model of a job: loaded once, after all that is checked sooner, and broadcast once, as long as
 * this holds it.
 */
final class JobModel {

  private final ModelSource source;
  private final Console console;
  private @Nullable FrozenModel frozen;

  JobModel(ModelSource source, Console console) {
    this.source = source;
    this.console = console;
  }

  /** Which model. */
  ModelRequest request() {
    return source.request();
  }

  /**
   * The model itself.
   *
   * @throws io.mobilenetspark.model.hub.ModelLoadException if there is no such model or it can't be
   *     used
   */
  FrozenModel load(Configuration hadoop) {
    if (frozen == null) {
      console.show("Loading the model ...");
      NativeLibrary.load();
      frozen = source.loader(hadoop).load(source.request());
      console.note(
          String.format(
              Locale.ROOT,
              "Model: %s, %d values an image, fingerprint %.12s",
              frozen.name(),
              frozen.dimension(),
              frozen.fingerprint()));
    }
    return frozen;
  }
}
