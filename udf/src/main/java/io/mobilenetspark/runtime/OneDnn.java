package io.mobilenetspark.runtime;

import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether TensorFlow computes with oneDNN in this process. On x86, TensorFlow does so of itself
 * only on CPUs that have instructions for neural networks, though a forward pass of MobileNet V1
 * takes half as long again without oneDNN on a CPU of AVX2. An environment variable decides, which
 * a running JVM can't set for itself.
 */
public final class OneDnn {

  /** The environment variable: 1 or 0. Without it, TensorFlow decides by the CPU. */
  public static final String SWITCH = "TF_ENABLE_ONEDNN_OPTS";

  /** TensorFlow's {@code IsMKLEnabled}, by the names that Linux gives the CPU's features. */
  private static final Set<String> ENABLE_IT =
      Set.of("avx512_vnni", "avx512_bf16", "avx_vnni", "amx_tile", "amx_int8", "amx_bf16");

  /** Less than this, oneDNN has no fast kernels for. */
  private static final String LEAST = "avx2";

  private static final Logger LOG = LoggerFactory.getLogger(OneDnn.class);
  private static final AtomicBoolean HAS_ADVISED = new AtomicBoolean();

  private OneDnn() {}

  /**
   * What to do where TensorFlow would be faster with oneDNN, which is off in this process; empty if
   * it is on, if somebody has switched it off, or if the CPU is not known to profit.
   */
  public static Optional<String> advice() {
    return advice(InstructionSet.flagsOfThisMachine(), System.getenv());
  }

  static Optional<String> advice(Set<String> cpu, Map<String, String> environment) {
    if (isOn(cpu, environment) || environment.containsKey(SWITCH) || !cpu.contains(LEAST)) {
      return Optional.empty();
    }
    return Optional.of(
        String.format(
            Locale.ROOT,
            "TensorFlow computes without oneDNN on this CPU, and takes half as long again: start"
                + " the JVM with the environment variable %1$s=1; executors have it from"
                + " spark.executorEnv.%1$s=1. %1$s=0 keeps it as it is.",
            SWITCH));
  }

  /** Logs the advice, once a JVM. */
  static void advise() {
    if (!HAS_ADVISED.getAndSet(true)) {
      advice().ifPresent(LOG::warn);
    }
  }

  /**
   * @param cpu the features of a CPU for x86; of another one, none
   */
  static boolean isOn(Set<String> cpu, Map<String, String> environment) {
    return switch (environment.getOrDefault(SWITCH, "").toLowerCase(Locale.ROOT)) {
      case "1", "true" -> true;
      case "0", "false" -> false;
      default -> cpu.isEmpty() || !Collections.disjoint(cpu, ENABLE_IT);
    };
  }
}
