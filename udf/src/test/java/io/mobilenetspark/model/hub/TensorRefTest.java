package io.mobilenetspark.model.hub;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TensorRefTest {

  @ParameterizedTest
  @CsvSource({
    "a, a, 0, a",
    "a:0, a, 0, a",
    "a:1, a, 1, a:1",
    "a/b:99999, a/b, 99999, a/b:99999",
    "^a, a, -1, ^a",
    "^a:1, a:1, -1, ^a:1",
    ":7, '', 7, :7",
    // no indexes, and so no nodes of a graph
    "a:, a:, 0, a:",
    "a:100000, a:100000, 0, a:100000",
    "a:1:b, a:1:b, 0, a:1:b",
    "a:-1, a:-1, 0, a:-1",
    "a:/, a:/, 0, a:/",
    "a:\u0661, a:\u0661, 0, a:\u0661"
  })
  void inputsAreReadAndWritten(String input, String node, int index, String written) {
    TensorRef ref = TensorRef.parse(input);
    assertThat(ref).isEqualTo(new TensorRef(node, index));
    assertThat(ref.isControl()).isEqualTo(input.startsWith("^"));
    assertThat(ref.toInput()).isEqualTo(written);
  }
}
