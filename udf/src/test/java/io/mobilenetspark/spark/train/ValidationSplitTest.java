package io.mobilenetspark.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.testing.Cases;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** How many images a class gives away. */
class ValidationSplitTest {

  @Test
  void aTenthOfTheDrawsLiesBelowTheThreshold() {
    Random random = new Random(Cases.seed(ValidationSplitTest.class));
    for (int count = 1; count < 120; count++) {
      List<Double> draws = random.doubles(count).boxed().toList();
      double threshold = ValidationSplit.threshold(draws);
      assertThat(draws.stream().filter(draw -> draw < threshold)).hasSize(count / 10);
    }
  }

  @Test
  void equalImagesStayTogether() {
    assertThat(below(Collections.nCopies(50, 0.5))).isZero();
    assertThat(below(List.of(.1, .1, .1, .2, .3, .4, .5, .6, .7, .8, .9))).isZero();
    assertThat(below(List.of(.1, .2, .2, .2, .3, .4, .5, .6, .7, .8, .9))).isEqualTo(1);
  }

  private static long below(List<Double> draws) {
    double threshold = ValidationSplit.threshold(draws);
    return draws.stream().filter(draw -> draw < threshold).count();
  }
}
