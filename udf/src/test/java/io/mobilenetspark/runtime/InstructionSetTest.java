package io.mobilenetspark.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InstructionSetTest {

  private static final String AVX2 = "fpu sse4_1 avx avx2 fma";
  private static final String AVX512 = AVX2 + " avx512f avx512bw avx512vl avx512dq";
  private static final String AMX =
      AVX512 + " avx512_vnni avx512_bf16 avx512_fp16 amx_tile amx_int8 amx_bf16";

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({
    "AVX2,'',avx2",
    "AVX512,'',avx512_core",
    "AMX,'',avx512_core_amx",
    "AMX,AVX2,avx2",
    "AMX,avx512_core_bf16,avx512_core_bf16",
    "AVX2,AVX512_CORE,avx2",
    "AMX,ALL,avx512_core_amx",
    "AMX,nonsense,avx512_core_amx"
  })
  void isTheBestThatTheCpuHasAndTheEnvironmentLeaves(String cpu, String most, String expected)
      throws IOException {
    String flags = cpu.equals("AVX2") ? AVX2 : cpu.equals("AVX512") ? AVX512 : AMX;
    Path info = directory.resolve("cpuinfo");
    Files.writeString(info, "processor\t: 0\nflags\t\t: " + flags + "\n\nprocessor\t: 1\n");

    assertThat(InstructionSet.of(InstructionSet.flags(info), most, "amd64")).isEqualTo(expected);
  }

  @Test
  void isTheArchitectureWhereNothingTells() {
    Set<String> flags = InstructionSet.flags(directory.resolve("none"));
    assertThat(InstructionSet.of(flags, "AVX2", "aarch64")).isEqualTo("aarch64");
  }
}
