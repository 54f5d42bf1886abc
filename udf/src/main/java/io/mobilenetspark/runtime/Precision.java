package io.mobilenetspark.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The arithmetic of the forward pass. Vectors are float32 in any case. */
public enum Precision {
  /** IEEE single precision. */
  FLOAT32,
  /**
   * Convolutions in bfloat16 with float32 sums: half as many images a second again on a CPU with
   * AVX512_BF16 or AMX. The vectors are not float32's; don't mix the two in one index.
   */
  BFLOAT16;

  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  /** The name that options and metadata use. */
  public String optionName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The precision of an option's value.
   *
   * @throws IllegalArgumentException if there is none of that name; the message lists the names
   */
  public static Precision fromOption(String value) {
    return Arrays.stream(values())
        .filter(precision -> precision.optionName().equals(value.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    String.format(
                        Locale.ROOT,
                        "Unknown precision '%s'. Known: %s",
                        value,
                        Arrays.stream(values())
                            .map(Precision::optionName)
                            .collect(Collectors.joining(", ")))));
  }

  /**
   * Fails if this machine's CPU lacks the instructions: without them bfloat16 is emulated, many
   * times slower, and nobody would see why.
   */
  void requireCpuSupport() {
    if (this == BFLOAT16 && !cpuHasBfloat16()) {
      throw new UnsupportedOperationException(
          "Precision bfloat16 was asked for, but this machine's CPU has neither AVX512_BF16 nor"
              + " AMX_BF16. Choose float32, or machines that have one of them.");
    }
  }

  private static boolean cpuHasBfloat16() {
    if (!Files.isReadable(CPU_INFO)) {
      return false;
    }
    try (Stream<String> lines = Files.lines(CPU_INFO)) {
      return lines
          .filter(line -> line.startsWith("flags"))
          .findFirst()
          .map(line -> line.contains("avx512_bf16") || line.contains("amx_bf16"))
          .orElse(false);
    } catch (IOException e) {
      return false;
    }
  }
}
