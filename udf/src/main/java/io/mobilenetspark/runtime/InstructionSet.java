package io.mobilenetspark.runtime;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The CPU instructions that convolutions run on, as oneDNN calls them: {@code avx2}, {@code
 * avx512_core_amx}; with {@code _eigen} where TensorFlow computes without oneDNN ({@link OneDnn}).
 * The same image and model give the same bits on the same ones, and vectors that differ by rounding
 * on others.
 */
public final class InstructionSet {

  /** What the CPU must have for each, the least first; {@code ONEDNN_MAX_CPU_ISA} has the names. */
  private static final List<Map.Entry<String, Set<String>>> LADDER =
      List.of(
          Map.entry("sse41", Set.of("sse4_1")),
          Map.entry("avx", Set.of("avx")),
          Map.entry("avx2", Set.of("avx2", "fma")),
          Map.entry("avx2_vnni", Set.of("avx2", "avx_vnni")),
          Map.entry("avx2_vnni_2", Set.of("avx_vnni", "avx_vnni_int8", "avx_ne_convert")),
          Map.entry("avx512_core", Set.of("avx512f", "avx512bw", "avx512vl", "avx512dq")),
          Map.entry("avx512_core_vnni", Set.of("avx512bw", "avx512_vnni")),
          Map.entry("avx512_core_bf16", Set.of("avx512_vnni", "avx512_bf16")),
          Map.entry("avx512_core_fp16", Set.of("avx512_bf16", "avx512_fp16")),
          Map.entry("avx512_core_amx", Set.of("avx512_fp16", "amx_tile", "amx_int8", "amx_bf16")),
          Map.entry("avx512_core_amx_fp16", Set.of("amx_tile", "amx_fp16")));

  private static final String EIGEN = "_eigen";

  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  private InstructionSet() {}

  /**
   * That of this process: of its CPU, or what {@code ONEDNN_MAX_CPU_ISA} leaves of it. Where the
   * CPU's instructions can't be told, which is elsewhere than on Linux on x86, the architecture.
   *
   * @param threads of a run of the model: where sums depend on them, several are told, too, as in
   *     {@code avx2_2threads}
   */
  public static String ofThisProcess(int threads) {
    String instructions = ofThisProcess();
    return threads > 1 && RunSize.on(instructions) != RunSize.ANY
        ? String.format(Locale.ROOT, "%s_%dthreads", instructions, threads)
        : instructions;
  }

  /** The same of one thread. */
  public static String ofThisProcess() {
    Map<String, String> environment = System.getenv();
    String most =
        environment.getOrDefault(
            "ONEDNN_MAX_CPU_ISA", environment.getOrDefault("DNNL_MAX_CPU_ISA", ""));
    Set<String> flags = flagsOfThisMachine();
    String best = of(flags, most, System.getProperty("os.arch", "unknown"));
    return OneDnn.isOn(flags, environment) ? best : best + EIGEN;
  }

  /** Whether convolutions are TensorFlow's own, without oneDNN. */
  static boolean isEigen(String instructions) {
    return instructions.endsWith(EIGEN);
  }

  static String of(Set<String> flags, String most, String architecture) {
    String best = "";
    for (Map.Entry<String, Set<String>> step : LADDER) {
      if (flags.containsAll(step.getValue())) {
        best = step.getKey();
      }
      if (!best.isEmpty() && step.getKey().equals(most.toLowerCase(Locale.ROOT))) {
        break;
      }
    }
    return best.isEmpty() ? architecture : best;
  }

  /** The features of this machine's CPU, by Linux's names; none if it does not list them so. */
  static Set<String> flagsOfThisMachine() {
    return flags(CPU_INFO);
  }

  static Set<String> flags(Path cpuInfo) {
    try (Stream<String> lines = Files.lines(cpuInfo, StandardCharsets.ISO_8859_1)) {
      return lines
          .filter(line -> line.startsWith("flags"))
          .limit(1)
          .flatMap(flags -> Arrays.stream(flags.split("\\s+")))
          .collect(Collectors.toUnmodifiableSet());
    } catch (IOException | UncheckedIOException e) {
      return Set.of();
    }
  }
}
