package io.mobilenetspark.jobs.thumbnail;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.unsafe.types.UTF8String;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** No more images are decoded than are shown. */
class ThumbnailsTest {

  private static GenericInternalRow row(@Nullable String id, int image) {
    return new GenericInternalRow(new Object[] {UTF8String.fromString(id), image});
  }

  @Test
  void ofManyRowsWithOneIdTheFirst() {
    GenericInternalRow used = row("", 0);
    Stream<InternalRow> rows =
        IntStream.range(0, 10_000)
            .mapToObj(
                i -> { // the same object each time, as Spark does it
                  used.update(0, i % 4 == 3 ? null : UTF8String.fromString("id " + i % 4));
                  used.update(1, i);
                  return used;
                });

    HashSet<@Nullable String> wanted = new HashSet<>(List.of("id 2", "id 1", "other"));
    wanted.add(null);
    Iterator<InternalRow> first =
        Thumbnails.firstOfEach(rows.iterator(), wanted, DataTypes.IntegerType);

    assertThat(first).toIterable().containsExactly(row("id 1", 1), row("id 2", 2), row(null, 3));
    assertThat(wanted).as("as it was, for the next partition").hasSize(4);
  }

  @Test
  void aPartitionIsReadUntilAllAreFound() {
    Iterator<InternalRow> rows =
        IntStream.range(0, 100).<InternalRow>mapToObj(i -> row("id " + i, i)).iterator();

    Iterator<InternalRow> first =
        Thumbnails.firstOfEach(rows, new HashSet<>(List.of("id 3", "id 7")), DataTypes.IntegerType);

    assertThat(first).toIterable().hasSize(2);
    assertThat(rows.next()).isEqualTo(row("id 9", 9));
  }
}
