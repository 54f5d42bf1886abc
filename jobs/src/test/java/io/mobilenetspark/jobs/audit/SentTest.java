package io.mobilenetspark.jobs.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.jobs.Kryo;
import io.mobilenetspark.jobs.compare.SearchVector;
import org.junit.jupiter.api.Test;

/** What goes between the driver and its executors is the same there, also by Kryo. */
class SentTest {

  @Test
  void neighboursOfAGroup() {
    GroupNeighbours found = new GroupNeighbours(2, 3);
    found.nearest().get(0).offer(0.5f, 9);
    found.leaks().get(1).offer(0.25f, 8);
    found.duplicates().add(4, 7);

    GroupNeighbours read = Kryo.roundTrip(found, GroupNeighbours.class);

    assertThat(read.nearest().get(0).rows()).containsExactly(9);
    assertThat(read.nearest().get(0).best()).isEqualTo(0.5f);
    assertThat(read.leaks().get(1).rows()).containsExactly(8);
    assertThat(read.duplicates().root(7)).isEqualTo(4);
  }

  @Test
  void rowsOfAGroup() {
    NumberedVector read =
        Kryo.roundTrip(
            new NumberedVector(5, null, SearchVector.of(new float[] {0, 2})), NumberedVector.class);

    assertThat(read.row()).isEqualTo(5);
    assertThat(read.split()).isNull();
    assertThat(read.vector().values()).containsExactly(0, 2);
  }

  @Test
  void statisticsOfAnImage() {
    PixelStatistics read =
        Kryo.roundTrip(PixelStatistics.unreadable(6, "gone"), PixelStatistics.class);

    assertThat(read.row()).isEqualTo(6);
    assertThat(read.problem()).isEqualTo("gone");
  }
}
