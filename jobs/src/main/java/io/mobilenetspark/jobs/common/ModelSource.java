package io.mobilenetspark.jobs.common;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.model.FrozenModel;
import io.mobilenetspark.model.ModelLoader;
import io.mobilenetspark.model.ModelRequest;
import io.mobilenetspark.model.handle.HubOptions;
import java.io.IOException;
import java.util.Locale;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * A model, and how its files are had.
 *
 * @param request which model
 * @param hub how it is fetched
 */
public record ModelSource(ModelRequest request, HubOptions hub) {

  private static final Pattern WEB = Pattern.compile("(?i)https?:");

  /**
   * Fails if what is written would take the model's own place.
   *
   * @throws UserException if the output is the model's directory, or above it
   */
  public void requireApart(String output, Configuration hadoop) {
    String handle = request.handle();
    if (handle.equals("builtin") || WEB.matcher(handle).lookingAt()) {
      return;
    }
    try {
      if (Location.of(new Path(output), hadoop).holds(Location.of(new Path(handle), hadoop))) {
        throw UserException.input(
            String.format(
                Locale.ROOT,
                "The output %s holds the model %s, which would be deleted. Pass another --output.",
                output,
                request.redacted().handle()));
      }
    } catch (IOException | IllegalArgumentException e) {
      return; // who opens the one or the other says what is wrong with it
    }
  }

  /** What loads it. */
  public ModelLoader loader(Configuration hadoop) {
    return new ModelLoader(hadoop, hub);
  }

  /**
   * The model as vectors of images of a size were made with it.
   *
   * @throws io.mobilenetspark.model.hub.ModelLoadException if there is no such model or it can't be
   *     used
   */
  public FrozenModel load(Configuration hadoop, ImageSize size) {
    return loader(hadoop).load(request.withImageSize(size.height(), size.width()));
  }
}
