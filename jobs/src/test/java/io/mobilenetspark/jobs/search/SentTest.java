package io.mobilenetspark.jobs.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.jobs.Kryo;
import io.mobilenetspark.jobs.compare.SearchVector;
import io.mobilenetspark.jobs.compare.SearchVector.Fault;
import java.util.Map;
import java.util.Objects;
import org.apache.spark.unsafe.types.UTF8String;
import org.junit.jupiter.api.Test;

/** What goes between the driver and its executors is the same there, also by Kryo. */
class SentTest {

  @Test
  void partsOfAnIndex() {
    ShardWriter.Written written =
        new ShardWriter.Written("part-0", 3, 5, Map.of(Fault.ZERO, 7L, Fault.MISSING, 2L));

    ShardWriter.Written read = Kryo.roundTrip(written, ShardWriter.Written.class);

    assertThat(read.name()).isEqualTo("part-0");
    assertThat(read.length()).isEqualTo(3);
    assertThat(read.rows()).isEqualTo(5);
    assertThat(read.faults()).isEqualTo(Map.of(Fault.ZERO, 7L, Fault.MISSING, 2L));
  }

  @Test
  void queriesAndHits() {
    SearchVector vector = SearchVector.of(new float[] {3, 4});
    UTF8String name = UTF8String.fromString("a");

    Query query = Kryo.roundTrip(new Query(name, vector, Query.Kind.ROW, null), Query.class);
    Hit hit = Kryo.roundTrip(new Hit(0.5f, name), Hit.class);

    assertThat(query.name()).isEqualTo(name);
    assertThat(query.isRow()).isTrue();
    assertThat(query.whyNoNeighbours()).contains("no other row");
    SearchVector read = Objects.requireNonNull(query.vector());
    assertThat(read.values()).containsExactly(3, 4);
    assertThat(read.unit()).startsWith(0.6f, 0.8f);
    assertThat(read.cosine(vector)).isEqualTo(1);
    assertThat(hit.similarity()).isEqualTo(0.5f);
    assertThat(hit.id()).isEqualTo(name);
  }
}
