package io.mobilenetspark.model.handle;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/** A process of its own that resolves one handle and prints where it is. */
final class ResolveMain {

  private ResolveMain() {}

  public static void main(String[] arguments) throws IOException {
    HubOptions options =
        HubOptions.fromEnvironment(Map.of()).withCacheDirectory(Path.of(arguments[1]));
    LockTiming timing = new LockTiming(Duration.ofMillis(50), Duration.ofSeconds(30));
    try (ResolvedHandle resolved =
        new HandleResolver(new Configuration(), options, timing, CacheFiles.NATIVE)
            .resolve(arguments[0], Optional.empty())) {
      System.out.println(resolved.path());
    }
  }
}
