package io.mobilenetspark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EpochOrderTest {

  @ParameterizedTest
  @CsvSource({"100, 1, 12", "100, 2, 12", "100, 3, 10", "1000, 7, 32", "48, 4, 48", "5, 5, 5"})
  void everyEpochDealsEveryRowOnce(int rows, int workers, int batchSize) {
    EpochOrder order = new EpochOrder(rows, workers, batchSize, 42);
    for (int epoch = 0; epoch < 3; epoch++) {
      EpochOrder.Epoch dealt = order.epoch(epoch);
      TreeSet<Long> places = new TreeSet<>();
      for (long row = 0; row < rows; row++) {
        places.add(dealt.place(row));
      }
      assertThat(places).hasSize(rows);
      assertThat(places.first()).isZero();
      assertThat(places.last()).isEqualTo(rows - 1);
      assertThat(batches(order, rows, epoch)).allSatisfy(b -> assertThat(b).hasSize(batchSize));
    }
  }

  @Test
  void workersHaveEqualSharesOfTheSameBatches() {
    EpochOrder one = new EpochOrder(500, 1, 24, 42);
    EpochOrder four = new EpochOrder(500, 4, 24, 42);
    assertThat(batches(four, 500, 1)).isEqualTo(batches(one, 500, 1));
    for (List<Long> batch : batches(four, 500, 1)) {
      long[] shares = new long[4];
      batch.forEach(row -> shares[four.workerOf(row)]++);
      assertThat(shares).containsOnly(6);
    }
  }

  @Test
  void epochsAndSeedsDiffer() {
    EpochOrder order = new EpochOrder(500, 2, 24, 42);
    assertThat(batches(order, 500, 0)).isNotEqualTo(batches(order, 500, 1));
    assertThat(batches(order, 500, 0))
        .isNotEqualTo(batches(new EpochOrder(500, 2, 24, 43), 500, 0));
    assertThat(order.stepSeed(0)).isEqualTo(order.stepSeed(19)).isNotEqualTo(order.stepSeed(20));
    assertThat(order.stepsPerEpoch()).isEqualTo(20);
  }

  @Test
  void saysWhatCantBeDealt() {
    assertThatThrownBy(() -> new EpochOrder(31, 1, 32, 42))
        .hasMessageContaining("The batch size is 32, but the training set has 31 rows")
        .hasMessageContaining("at most 31");
    assertThatThrownBy(() -> new EpochOrder(100, 33, 32, 42))
        .hasMessageContaining("A batch of 32 rows can't be shared by 33 workers");
  }

  /** The rows of each batch of an epoch. */
  private static List<List<Long>> batches(EpochOrder order, int rows, int epoch) {
    EpochOrder.Epoch dealt = order.epoch(epoch);
    List<List<Long>> batches = new ArrayList<>();
    for (long i = 0; i < order.stepsPerEpoch(); i++) {
      List<Long> batch = new ArrayList<>();
      for (long row = 0; row < rows; row++) {
        long place = dealt.place(row) - order.firstPlace(epoch * order.stepsPerEpoch() + i);
        if (place >= 0 && place < order.batchSize()) {
          batch.add(row);
        }
      }
      batches.add(batch);
    }
    return batches;
  }
}
