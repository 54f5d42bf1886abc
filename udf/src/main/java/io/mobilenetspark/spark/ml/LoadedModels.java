package io.mobilenetspark.spark.ml;

import io.mobilenetspark.model.FrozenModel;
import io.mobilenetspark.model.ModelRequest;
import io.mobilenetspark.model.hub.ModelLoadException;
import io.mobilenetspark.options.Cure;
import io.mobilenetspark.runtime.NativeLibrary;
import java.io.Serializable;
import java.util.HashMap;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/**
 * The models that a stage and its copies have used, each resolved and frozen once: files that
 * change under a handle meanwhile are not read again, and a cross-validation, which works on
 * copies, loads nothing twice. Lives as long as the stage or one of its copies. Safe for use by
 * many threads.
 */
final class LoadedModels implements Serializable {
  private static final long serialVersionUID = 1;

  private final HashMap<ModelRequest, FrozenModel> models = new HashMap<>();
  private final HashMap<ModelRequest, String> savedFingerprints = new HashMap<>();

  /** The model if it is loaded. */
  synchronized Optional<FrozenModel> find(ModelRequest request) {
    return Optional.ofNullable(models.get(request));
  }

  /**
   * The model, loaded if it is not yet; other threads wait meanwhile. On the driver only.
   *
   * @throws ModelLoadException if it can't be had, or is not the one that a stage was saved with
   */
  synchronized FrozenModel get(ModelRequest request, Configuration hadoop) {
    FrozenModel model = models.get(request);
    if (model == null) {
      NativeLibrary.load();
      model = Downloads.loading(() -> Downloads.loader(hadoop).load(request));
      requireSaved(request, model);
      models.put(request, model);
    }
    return model;
  }

  /** Puts a model there that was saved with a stage. */
  synchronized void put(ModelRequest request, FrozenModel model) {
    models.put(request, model);
  }

  /** A stage was saved with this handle alone: what it names must still be the same. */
  synchronized void expect(ModelRequest request, String fingerprint) {
    savedFingerprints.put(request.redacted(), fingerprint);
  }

  private void requireSaved(ModelRequest request, FrozenModel model) {
    String fingerprint = savedFingerprints.getOrDefault(request.redacted(), model.fingerprint());
    if (!fingerprint.equals(model.fingerprint())) {
      throw new ModelLoadException(
          request.redacted().handle(),
          String.format(
              Locale.ROOT,
              "its fingerprint is %s, but the stage was saved when it was %s: what the handle names has"
                  + " changed",
              model.fingerprint(),
              fingerprint),
          Cure.of(
              "Restore the earlier model, or make a new stage and fit again what was fitted on this"
                  + " one's vectors. A stage that is saved with saveModel=weights keeps its model."));
    }
  }
}
