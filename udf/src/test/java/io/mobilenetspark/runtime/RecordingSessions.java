package io.mobilenetspark.runtime;

import static java.util.Objects.requireNonNull;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.image.ImageInput;
import io.mobilenetspark.image.ImageLimits;
import io.mobilenetspark.image.ImageOptions;
import io.mobilenetspark.image.ResizeMethod;
import io.mobilenetspark.model.FrozenModel;
import io.mobilenetspark.model.ModelLoader;
import io.mobilenetspark.testing.Pictures;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.tensorflow.proto.ConfigProto;

/**
 * This JVM's sessions as they are where there are GPUs, for machines that have none: only the trial
 * of a GPU is left out.
 */
public final class RecordingSessions {

  private static final int SIDE = 32;
  private static final SessionFactory SESSIONS = new SessionFactory(ignored -> {});
  private static final ExtractorCache CACHE = new ExtractorCache(SESSIONS);

  private RecordingSessions() {}

  /**
   * Embeds a picture as a task does.
   *
   * @return the devices of the session that does it, or why there is none
   */
  public static String embed(Optional<Gpu> gpu) throws IOException {
    NativeLibrary.load();
    FrozenModel model = new ModelLoader(new Configuration()).load("builtin", SIDE);
    ImageOptions options =
        new ImageOptions(ImageSize.square(SIDE), ResizeMethod.BILINEAR, ImageLimits.DEFAULT);
    try (ExtractorCache.Lease lease = CACHE.acquire(() -> model, Precision.FLOAT32, 1, gpu)) {
      ImageInput picture = new ImageInput.Encoded(Pictures.png(1));
      float[] features =
          requireNonNull(
              new ImageEmbedder(lease.extractor(), options)
                  .embed(List.of(picture))
                  .get(0)
                  .features());
      ConfigProto config = SESSIONS.placed(ConfigProto.getDefaultInstance(), gpu);
      return String.format(
          Locale.ROOT,
          "%d values, visible_device_list='%s' allow_growth=%s device_count=%s, sessions=%d",
          features.length,
          config.getGpuOptions().getVisibleDeviceList(),
          config.getGpuOptions().getAllowGrowth(),
          config.getDeviceCountMap(),
          CACHE.opened());
    } catch (UnsupportedOperationException e) {
      return String.valueOf(e.getMessage());
    }
  }
}
