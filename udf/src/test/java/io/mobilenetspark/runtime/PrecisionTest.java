package io.mobilenetspark.runtime;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrecisionTest {

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"fpu avx512_bf16 sse", "amx_bf16", "fpu avx512_bf16"})
  void takesACpuThatHasTheInstructions(String flags) throws IOException {
    Path cpuInfo = cpuInfo("processor\t: 0\nflags\t\t: " + flags + "\nbugs\t\t: none\n");
    assertThatCode(() -> Precision.requireBfloat16("linux-x86_64", cpuInfo))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(strings = {"flags : fpu avx512f xavx512_bf16", "bugs : amx_bf16", ""})
  void refusesACpuWithoutThem(String lines) throws IOException {
    Path cpuInfo = cpuInfo(lines);
    assertThatThrownBy(() -> Precision.requireBfloat16("linux-x86_64", cpuInfo))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContainingAll("bfloat16", "neither AVX512_BF16 nor AMX_BF16", "float32");
  }

  @ParameterizedTest
  @ValueSource(strings = {"linux-arm64", "macosx-arm64", "windows-x86_64"})
  void refusesOtherPlatformsWhateverTheirCpusHave(String platform) throws IOException {
    Path cpuInfo = cpuInfo("Features : bf16\nflags : avx512_bf16\n");
    assertThatThrownBy(() -> Precision.requireBfloat16(platform, cpuInfo))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContainingAll("only on Linux on x86", "this machine is " + platform, "float32");
  }

  @Test
  void refusesWhatItCantTell() {
    Path nowhere = directory.resolve("cpuinfo");
    assertThatThrownBy(() -> Precision.requireBfloat16("linux-x86_64", nowhere))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContainingAll(nowhere + " can't be read", "float32");
  }

  private Path cpuInfo(String text) throws IOException {
    return Files.writeString(directory.resolve("cpuinfo"), text);
  }
}
