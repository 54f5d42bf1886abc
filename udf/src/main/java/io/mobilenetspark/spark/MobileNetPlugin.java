package io.mobilenetspark.spark;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import io.mobilenetspark.common.PublicApi;
import io.mobilenetspark.image.ImageStatus;
import io.mobilenetspark.image.MemoryBudget;
import io.mobilenetspark.runtime.ExtractorCache;
import java.util.Map;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.api.plugin.SparkPlugin;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * Puts an executor's counters into Spark's metrics system, whose sinks (Prometheus, JSON, JMX,
 * Graphite) then have them: {@code spark.plugins=io.mobilenetspark.spark.MobileNetPlugin}. Costs
 * nothing else, and nothing depends on it. docs/cluster.md lists the metrics.
 */
@PublicApi
public final class MobileNetPlugin implements SparkPlugin {

  @Override
  public @Nullable DriverPlugin driverPlugin() {
    return null; // images are embedded in executors
  }

  @Override
  public ExecutorPlugin executorPlugin() {
    return new ExecutorPlugin() {
      @Override
      public void init(PluginContext context, Map<String, String> extraConf) {
        register(context.metricRegistry());
      }
    };
  }

  private static void register(MetricRegistry registry) {
    ExecutorStatistics statistics = ExecutorStatistics.ofThisJvm();
    for (ImageStatus status : ImageStatus.values()) {
      gauge(registry, "images." + status, () -> statistics.images(status));
    }
    gauge(registry, "batches", statistics::batches);
    gauge(registry, "readTime", statistics::readNanos);
    gauge(registry, "modelTime", statistics::modelNanos);
    gauge(registry, "imageMemoryBytes", MemoryBudget::usedBytesOfThisJvm);
    gauge(registry, "imageMemoryWaitTime", MemoryBudget::waitedNanosOfThisJvm);
    gauge(registry, "nativeBytes", Pointer::totalBytes);
    gauge(registry, "nativeObjects", Pointer::totalCount);
    gauge(registry, "sessions", () -> ExtractorCache.ofThisJvm().open());
  }

  private static void gauge(MetricRegistry registry, String name, Gauge<Number> value) {
    registry.register(name, value);
  }
}
