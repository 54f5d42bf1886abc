package io.mobilenetspark.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.common.ImageSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunSizeTest {

  @TempDir Path caches;

  @ParameterizedTest
  @CsvSource({
    "256K, 0, 2", // not one
    "512K, 0, 2",
    "1024K, 0, 4",
    "1M, 0, 4",
    "1280K, 3, 5",
    "2048K, 0, 8",
    "16M, 0, 8", // not 64
    "2048K, '0-1', 4",
    "2048K, '0,64', 4",
    "4096K, '0-1,8-9', 4",
    "4096K, '', 4",
    "large, 0, 4",
    "512, 0, 4",
    "512K, 1-0, 2", // no range
    "512K, '0-99999999999', 4"
  })
  void isWhatFitsACoresShareOfTheCache(String size, String cpus, int expected) throws IOException {
    cache("index0", "1", "32K", "0");
    cache("index2", "2", size, cpus);
    cache("index3", "3", "32768K", "0-1");
    assertThat(RunSize.best(caches)).isEqualTo(expected);
  }

  @Test
  void isFourWhereNothingTells() throws IOException {
    assertThat(RunSize.best(caches.resolve("none"))).isEqualTo(4);
    cache("index0", "1", "32K", "0");
    assertThat(RunSize.best(caches)).isEqualTo(4);
    Files.createDirectory(caches.resolve("index2"));
    assertThat(RunSize.best(caches)).isEqualTo(4);
  }

  @ParameterizedTest
  @CsvSource({
    "avx512_core_amx, ANY",
    "avx512_core, ANY",
    "avx512_core_eigen, ONE",
    "avx2, TWO",
    "avx2_vnni, TWO",
    "avx2_eigen, ONE",
    "aarch64, ONE"
  })
  void isFixedWhereItDecidesAboutBits(String instructions, RunSize expected) {
    assertThat(RunSize.on(instructions)).isEqualTo(expected);
    assertThat(expected.of(1)).isEqualTo(expected == RunSize.TWO ? 2 : 1);
    assertThat(expected.of(5))
        .isEqualTo(
            switch (expected) {
              case ANY -> 5;
              case ONE -> 1;
              case TWO -> 2;
            });
  }

  @Test
  void batchesOfAGpuFitATasksMemory() {
    assertThat(RunSize.onGpu(ImageSize.square(96))).isEqualTo(64);
    assertThat(RunSize.onGpu(ImageSize.square(224))).isEqualTo(55);
    assertThat(RunSize.onGpu(ImageSize.square(8192))).isEqualTo(1);
  }

  private void cache(String name, String level, String size, String cpus) throws IOException {
    Path cache = Files.createDirectory(caches.resolve(name));
    Files.writeString(cache.resolve("level"), level + "\n");
    Files.writeString(cache.resolve("size"), size + "\n");
    Files.writeString(cache.resolve("shared_cpu_list"), cpus + "\n");
  }
}
