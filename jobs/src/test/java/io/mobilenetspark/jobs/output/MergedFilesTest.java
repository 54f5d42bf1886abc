package io.mobilenetspark.jobs.output;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MergedFilesTest {

  private static final long MB = 1L << 20;

  /** Of so many files of so many MB, in files of so many. */
  @ParameterizedTest
  @CsvSource({
    "2, 1, 128, true",
    "1, 1, 128, false",
    "100, 1, 128, true",
    "100, 63, 128, false",
    "100, 50, 128, true",
    "100, 63, 64, false", // as partitions are written
    "1000, 40, 64, false",
    "1000, 20, 64, true",
    "5, 1, 1, false"
  })
  void isWorthItIfFarFewerAreLeft(int files, long each, long target, boolean isWorthIt) {
    assertThat(SmallFiles.areFewer(files, files * each * MB, target * MB)).isEqualTo(isWorthIt);
  }
}
