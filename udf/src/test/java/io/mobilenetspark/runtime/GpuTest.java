package io.mobilenetspark.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GpuTest {

  @ParameterizedTest
  @CsvSource({"0, 0", "3, 3", "' 12 ', 12"})
  void numbersAreCudasNumbers(String address, int number) {
    assertThat(Gpu.of(List.of(address), Optional.empty())).isEqualTo(new Gpu(number));
  }

  /** CUDA numbers what the variable lists: 5 of "2,5" is the second. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "2 | 2,5 | 0",
        "5 | 2, 5 | 1",
        "GPU-8932f937-d72c | GPU-11,GPU-8932f937-d72c | 1",
        "MIG-c6d4f1ef-42e4 | MIG-c6d4f1ef-42e4 | 0"
      })
  void placesInCudasListAreCudasNumbers(String address, String visible, int number) {
    assertThat(Gpu.of(List.of(address), Optional.of(visible))).isEqualTo(new Gpu(number));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"MIG-c6d4f1ef-42e4", "GPU-8932f937", "-1", "+1", "0x1", "1.5", "", "99999"})
  void namesAreRefusedWhereCudaHasNone(String address) {
    assertThatThrownBy(() -> Gpu.of(List.of(address), Optional.empty()))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageStartingWith("Spark has assigned the GPU '" + address + "' to this task")
        .hasMessageContaining("TensorFlow takes numbers")
        .hasMessageContaining("gpu.discoveryScript");
  }

  /** 1 would be another GPU than the discovery script's: there is none of that number, or 5. */
  @ParameterizedTest
  @ValueSource(strings = {"2,5", "GPU-11,GPU-22", "", "NoDevFiles"})
  void whatCudaHidesIsRefused(String visible) {
    assertThatThrownBy(() -> Gpu.of(List.of("1"), Optional.of(visible)))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("it is not in CUDA_VISIBLE_DEVICES=" + visible + ".");
  }

  @Test
  void severalAreRefused() {
    assertThatThrownBy(() -> Gpu.of(List.of("0", "1"), Optional.empty()))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("2 GPUs to this task (0, 1), but a model runs on one")
        .hasMessageContaining("spark.task.resource.gpu.amount");
  }
}
