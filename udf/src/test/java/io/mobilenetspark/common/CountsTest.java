package io.mobilenetspark.common;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CountsTest {

  @Test
  void oneIsOne() {
    assertThat(Counts.of(0, "image")).isEqualTo("0 images");
    assertThat(Counts.of(1, "image")).isEqualTo("1 image");
    assertThat(Counts.of(2, "class", "classes")).isEqualTo("2 classes");
    assertThat(Counts.of(1, "class", "classes")).isEqualTo("1 class");
    assertThat(Counts.of(1234567, "row")).isEqualTo("1,234,567 rows");
  }
}
