package io.mobilenetspark.runtime;

import io.mobilenetspark.options.Choice;
import io.mobilenetspark.options.Choices;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The arithmetic of the forward pass. Vectors are float32 in any case. */
public enum Precision implements Choice {
  /** IEEE single precision. */
  FLOAT32,
  /**
   * Convolutions in bfloat16 with float32 sums: half as many images a second again on a CPU with
   * AVX512_BF16 or AMX, refused on any other and on any other system than Linux. The vectors are
   * not float32's; don't mix the two in one index.
   */
  BFLOAT16;

  /** By their words. */
  public static final Choices<Precision> CHOICES = Choices.of("precision", Precision.class);

  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
  private static final String X86 = "linux-x86_64";

  /**
   * Fails if this machine's CPU lacks the instructions, or if nobody can tell: without them
   * bfloat16 is emulated, many times slower, and nobody would see why. It is the CPU's alone.
   *
   * @param gpu the task's
   * @throws UnsupportedOperationException with what to choose instead
   */
  void requireSupport(Optional<Gpu> gpu) {
    if (this == BFLOAT16) {
      if (gpu.isPresent()) {
        throw refused(
            "Spark has assigned GPU " + gpu.get().number() + ", and bfloat16 runs on CPUs only");
      }
      requireBfloat16(NativeLibrary.platform(), CPU_INFO);
    }
  }

  /** Arm's bfloat16 is another and has not been tried; macOS has no such file. */
  static void requireBfloat16(String platform, Path cpuInfo) {
    if (!platform.equals(X86)) {
      throw refused(
          "it is supported only on Linux on x86, whose /proc/cpuinfo says whether the CPU has it;"
              + " this machine is "
              + platform);
    }
    String flags;
    try (Stream<String> lines = Files.lines(cpuInfo, StandardCharsets.ISO_8859_1)) {
      flags = lines.filter(line -> line.startsWith("flags")).findFirst().orElse("");
    } catch (IOException | UncheckedIOException e) {
      throw refused("can't find out whether the CPU has it: " + cpuInfo + " can't be read");
    }
    List<String> words = Arrays.asList(flags.split("\\s+"));
    if (!words.contains("avx512_bf16") && !words.contains("amx_bf16")) {
      throw refused("this machine's CPU has neither AVX512_BF16 nor AMX_BF16");
    }
  }

  private static UnsupportedOperationException refused(String reason) {
    return new UnsupportedOperationException(
        "Precision bfloat16 was asked for, but "
            + reason
            + ". Choose float32, or machines with Linux on an x86 CPU that has AVX512_BF16 or"
            + " AMX_BF16.");
  }
}
