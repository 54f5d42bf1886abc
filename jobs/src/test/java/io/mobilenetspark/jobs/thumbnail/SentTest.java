package io.mobilenetspark.jobs.thumbnail;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.jobs.Kryo;
import org.junit.jupiter.api.Test;

/** What goes between the driver and its executors is the same there, also by Kryo. */
class SentTest {

  @Test
  void thumbnail() {
    Thumbnail read = Kryo.roundTrip(Thumbnail.unreadable(null, "gone"), Thumbnail.class);

    assertThat(read.id()).isNull();
    assertThat(read.jpeg()).isEmpty();
    assertThat(read.problem()).isEqualTo("gone");
  }
}
