package io.mobilenetspark.spark.sql;

import static java.util.Objects.requireNonNull;

import io.mobilenetspark.model.FrozenModel;
import io.mobilenetspark.model.ModelLoader;
import io.mobilenetspark.runtime.NativeLibrary;
import java.io.Serializable;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;

/** Which model a function runs. Two equal sources give the same vectors. */
public sealed interface ModelSource extends Serializable {

  /** The model. On the driver only; may read files, load TensorFlow and take seconds. */
  FrozenModel load(Configuration hadoop);

  /**
   * A model that is named, and found when the first query runs.
   *
   * @param name see {@link ModelLoader#load}
   * @param imageSide height and width of its input, in pixels
   */
  record Handle(String name, int imageSide) implements ModelSource {
    public Handle {
      requireNonNull(name, "name");
    }

    @Override
    public FrozenModel load(Configuration hadoop) {
      NativeLibrary.load();
      return new ModelLoader(hadoop).load(name, imageSide);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /** A model that is at hand. */
  final class Given implements ModelSource {
    private static final long serialVersionUID = 1;

    // The plan that holds this travels to executors, which get the model by broadcast.
    private final transient @Nullable FrozenModel model;
    private final String name;
    private final String fingerprint;
    private final int height;
    private final int width;

    public Given(FrozenModel model) {
      this.model = model;
      this.name = model.name();
      this.fingerprint = model.fingerprint();
      this.height = model.imageHeight();
      this.width = model.imageWidth();
    }

    @Override
    public FrozenModel load(Configuration hadoop) {
      return requireNonNull(model, "the model is on the driver only");
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Given that
          && fingerprint.equals(that.fingerprint)
          && height == that.height
          && width == that.width;
    }

    @Override
    public int hashCode() {
      return fingerprint.hashCode();
    }

    @Override
    public String toString() {
      return "%s, fingerprint %.12s".formatted(name, fingerprint);
    }
  }
}
