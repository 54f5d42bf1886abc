package io.mobilenetspark.jobs;

import io.mobilenetspark.model.ModelLoadException;
import io.mobilenetspark.model.ModelLoader;
import io.mobilenetspark.model.ModelRequest;
import io.mobilenetspark.model.handle.HandleException;
import io.mobilenetspark.model.handle.HandleResolver;
import io.mobilenetspark.model.handle.ResolvedHandle;
import io.mobilenetspark.model.hub.ImageExtent;
import io.mobilenetspark.spark.ml.MobileNetFineTuner;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/**
 * The module that training starts from. It is fetched here, as the command's options say; the
 * estimator, which has no options for downloads, is given the files.
 *
 * @param handle what the user named it by, without secrets
 * @param files where it is now
 * @param fingerprint SHA-256 of its weights
 * @param expectedSize of its images; known by a URL, but not by the files that it gave
 */
record StartModule(
    String handle, String files, String fingerprint, Optional<ImageExtent> expectedSize) {

  /**
   * Fetches a module and reads its weights, so that whatever is wrong with it is told under the
   * name that the user gave it.
   *
   * @throws ModelLoadException if there is no such module or it can't be trained
   */
  static StartModule of(ModelRequest request, Configuration hadoop) {
    ModelLoader loader = new ModelLoader(hadoop);
    String fingerprint = loader.weights(request).fingerprint();
    Optional<ImageExtent> expectedSize = loader.inspect(request).expectedSize();
    return new StartModule(
        request.redacted().handle(), files(request, hadoop), fingerprint, expectedSize);
  }

  /** A URL is in the cache by now. */
  private static String files(ModelRequest request, Configuration hadoop) {
    String handle = request.handle();
    String lower = handle.toLowerCase(Locale.ROOT);
    if (!lower.startsWith("http://") && !lower.startsWith("https://")) {
      return handle;
    }
    try (ResolvedHandle resolved = new HandleResolver(hadoop, request.hub()).resolve(handle)) {
      return resolved.path().toString();
    } catch (HandleException e) {
      throw new ModelLoadException(request.redacted().handle(), e.problem(), e.cure(), e);
    } catch (IOException e) {
      throw new ModelLoadException(
          request.redacted().handle(),
          String.valueOf(e.getMessage()),
          "Fetch the module again.",
          e);
    }
  }

  /** Has an estimator start from here. */
  void passTo(MobileNetFineTuner tuner) {
    tuner.setModelHandle(files);
    if (!tuner.isDefined(tuner.imageSize())) {
      expectedSize
          .filter(size -> size.height() == size.width())
          .ifPresent(size -> tuner.setImageSize(size.height()));
    }
  }
}
