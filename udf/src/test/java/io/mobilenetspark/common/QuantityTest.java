package io.mobilenetspark.common;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class QuantityTest {

  @Test
  void oneIsOne() {
    assertThat(Quantity.of(0, "image")).isEqualTo("0 images");
    assertThat(Quantity.of(1, "image")).isEqualTo("1 image");
    assertThat(Quantity.of(2, "class", "classes")).isEqualTo("2 classes");
    assertThat(Quantity.of(1, "class", "classes")).isEqualTo("1 class");
    assertThat(Quantity.of(1234567, "row")).isEqualTo("1,234,567 rows");
  }
}
