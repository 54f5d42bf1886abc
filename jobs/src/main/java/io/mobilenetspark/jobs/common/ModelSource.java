package io.mobilenetspark.jobs.common;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.model.FrozenModel;
import io.mobilenetspark.model.ModelLoader;
import io.mobilenetspark.model.ModelRequest;
import io.mobilenetspark.model.handle.HubOptions;
import org.apache.hadoop.conf.Configuration;

/**
 * A model, and how its files are had.
 *
 * @param request which model
 * @param hub how it is fetched
 */
public record ModelSource(ModelRequest request, HubOptions hub) {

  /** What loads it. */
  public ModelLoader loader(Configuration hadoop) {
    return new ModelLoader(hadoop, hub);
  }

  /**
   * The model as vectors of images of a size were made with it.
   *
   * @throws io.mobilenetspark.model.ModelLoadException if there is no such model or it can't be
   *     used
   */
  public FrozenModel load(Configuration hadoop, ImageSize size) {
    return loader(hadoop).load(request.withImageSize(size.height(), size.width()));
  }
}
