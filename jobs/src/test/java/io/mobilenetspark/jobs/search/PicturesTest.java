package io.mobilenetspark.jobs.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobilenetspark.jobs.thumbnail.Thumbnail;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Few jobs make many thumbnails, and memory does not grow with those that were shown. */
class PicturesTest {

  private final List<Set<@Nullable String>> jobs = new ArrayList<>();
  private final Pictures pictures = new Pictures(this::make);
  private boolean isBroken;

  /** Of each id that begins with "id". */
  private Map<@Nullable String, Thumbnail> make(Set<@Nullable String> ids) {
    jobs.add(ids);
    if (isBroken) {
      throw new IllegalStateException("broken");
    }
    Map<@Nullable String, Thumbnail> made = new HashMap<>();
    for (String id : ids) {
      if (id != null && id.startsWith("id")) {
        made.put(id, Thumbnail.unreadable(id, "for a test"));
      }
    }
    return made;
  }

  private static List<@Nullable String> ids(int from, int until) {
    return new ArrayList<>(IntStream.range(from, until).mapToObj(i -> "id" + i).toList());
  }

  private void requireAll(List<@Nullable String> ids) {
    for (String id : ids) {
      assertThat(pictures.of(String.valueOf(id))).get().extracting(Thumbnail::id).isEqualTo(id);
    }
  }

  @Test
  void thoseShownTogetherAreMadeTogether() {
    List<@Nullable String> shown = ids(0, 50);
    shown.add(3, null);
    shown.add("id7");
    pictures.expect(shown);
    assertThat(jobs).isEmpty();
    requireAll(ids(0, 50));
    requireAll(ids(0, 50));
    assertThat(jobs).hasSize(3).allMatch(ids -> ids.size() <= 24);

    pictures.expect(ids(40, 60));
    requireAll(ids(40, 60));
    assertThat(jobs).hasSize(4);
    assertThat(jobs.get(3)).hasSize(10);
  }

  @Test
  void whatTheTableDoesNotHaveIsNotKept() {
    for (int i = 0; i < 3; i++) {
      assertThat(pictures.of("/etc/passwd")).isEmpty();
      assertThat(pictures.of("id1")).isPresent();
    }
    assertThat(jobs).hasSize(4);
  }

  @Test
  void theOldestGo() {
    for (int from = 0; from < 5000; from += 20) {
      pictures.expect(ids(from, from + 20));
      requireAll(ids(from, from + 1));
    }
    assertThat(jobs).hasSize(250);
    requireAll(ids(4000, 5000));
    assertThat(jobs).hasSize(250);
    requireAll(ids(0, 1));
    assertThat(jobs).hasSize(251);
  }

  @Test
  void afterAFailureTheNextOneTriesAgain() {
    pictures.expect(ids(0, 5));
    isBroken = true;
    assertThatThrownBy(() -> pictures.of("id0")).hasMessage("broken");
    isBroken = false;
    requireAll(ids(0, 5));
    assertThat(jobs).hasSize(2);
  }
}
