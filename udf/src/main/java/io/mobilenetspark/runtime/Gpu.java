package io.mobilenetspark.runtime;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The GPU that a task was assigned.
 *
 * @param number CUDA's number of it in this process, from 0: an entry of {@code
 *     visible_device_list}
 */
public record Gpu(int number) {

  /** CUDA numbers the devices of this list alone, in its order. */
  private static final String VISIBLE = "CUDA_VISIBLE_DEVICES";

  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,4}");

  /**
   * The GPU of a task's addresses, as the discovery script gave them.
   *
   * @throws UnsupportedOperationException unless it is one address that names a device of this
   *     process
   */
  public static Gpu of(List<String> addresses) {
    return of(addresses, Optional.ofNullable(System.getenv(VISIBLE)));
  }

  /**
   * @param visible CUDA_VISIBLE_DEVICES: numbers, or the names of GPUs and of their parts (MIG)
   */
  static Gpu of(List<String> addresses, Optional<String> visible) {
    if (addresses.size() != 1) {
      throw new UnsupportedOperationException(
          String.format(
              Locale.ROOT,
              "Spark has assigned %d GPUs to this task (%s), but a model runs on one. Set"
                  + " spark.task.resource.gpu.amount to 1 or a fraction of it, and"
                  + " spark.executor.resource.gpu.amount to 1.",
              addresses.size(),
              String.join(", ", addresses)));
    }
    String address = addresses.get(0).strip();
    if (visible.isPresent()) {
      int place =
          Arrays.stream(visible.get().split(",")).map(String::strip).toList().indexOf(address);
      if (place < 0) {
        throw unknown(address, "it is not in " + VISIBLE + "=" + visible.get());
      }
      return new Gpu(place);
    }
    if (!NUMBER.matcher(address).matches()) {
      throw unknown(
          address, "TensorFlow takes numbers, and names only if " + VISIBLE + " has them");
    }
    return new Gpu(Integer.parseInt(address));
  }

  private static UnsupportedOperationException unknown(String address, String reason) {
    return new UnsupportedOperationException(
        String.format(
            Locale.ROOT,
            "Spark has assigned the GPU '%s' to this task, which can't be found: %s. Make"
                + " spark.executor.resource.gpu.discoveryScript (of standalone workers,"
                + " spark.worker.resource.gpu.discoveryScript) print the GPUs' numbers, 0 and"
                + " so on, or the entries of %s as they are in the executors' environment.",
            address,
            reason,
            VISIBLE));
  }
}
