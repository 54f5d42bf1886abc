package io.mobilenetspark.spark;

import io.mobilenetspark.runtime.Gpu;
import java.util.List;
import java.util.Optional;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;

/** What Spark's resource scheduling has assigned to a task. */
public final class TaskGpu {

  /** The resource's name in Spark's settings: {@code spark.task.resource.gpu.amount}. */
  private static final String RESOURCE = "gpu";

  private TaskGpu() {}

  /**
   * The task's GPU; none where no GPUs are scheduled, as in local mode.
   *
   * @throws UnsupportedOperationException if it has several, or one that can't be found
   */
  public static Optional<Gpu> of(TaskContext task) {
    ResourceInformation gpu = task.resourcesJMap().get(RESOURCE);
    return gpu == null ? Optional.empty() : Optional.of(Gpu.of(List.of(gpu.addresses())));
  }
}
