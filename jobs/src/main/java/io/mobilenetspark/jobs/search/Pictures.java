package io.mobilenetspark.jobs.search;

import io.mobilenetspark.jobs.thumbnail.Thumbnail;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Thumbnails of rows, which a page asks for one by one. They are made in groups, each when the
 * first of it is asked for: a job of Spark takes longer to start than to make some of them. Those
 * made last are kept.
 */
final class Pictures {

  /** So few that the first are there soon. */
  private static final int GROUP = 24;

  /** Rows with a group, made or not; a thumbnail has some 5 KB. */
  private static final int KEPT = 2000;

  /** Jobs at once; whoever waits for a picture that one of them makes needs none. */
  private static final int JOBS = 2;

  private final Function<Set<@Nullable String>, Map<@Nullable String, Thumbnail>> maker;
  private final Semaphore jobs = new Semaphore(JOBS, true);

  /** By id, the oldest first; groups come and go as a whole, but for ids that are in several. */
  private final LinkedHashMap<String, Group> groups = new LinkedHashMap<>();

  /**
   * @param maker reads and makes some; none of ids that the table does not have
   */
  Pictures(Function<Set<@Nullable String>, Map<@Nullable String, Thumbnail>> maker) {
    this.maker = maker;
  }

  /** Some of one job. */
  private final class Group {
    private final Set<@Nullable String> ids;
    private @Nullable Map<@Nullable String, Thumbnail> made;

    Group(List<String> ids) {
      this.ids = new HashSet<>(ids);
    }

    /** The others that ask wait for the first; if it fails, the next one tries again. */
    synchronized Map<@Nullable String, Thumbnail> made() {
      Map<@Nullable String, Thumbnail> all = made;
      if (all == null) {
        jobs.acquireUninterruptibly();
        try {
          all = maker.apply(ids);
        } finally {
          jobs.release();
        }
        made = all;
      }
      return all;
    }
  }

  /** Says which rows will be asked for, in the order in which they are. */
  synchronized void expect(List<@Nullable String> shown) {
    List<String> fresh =
        shown.stream()
            .filter(Objects::nonNull)
            .distinct()
            .filter(id -> !groups.containsKey(id))
            .toList();
    for (int from = 0; from < fresh.size(); from += GROUP) {
      List<String> ids = fresh.subList(from, Math.min(from + GROUP, fresh.size()));
      Group group = new Group(new ArrayList<>(ids));
      ids.forEach(id -> keep(id, group));
    }
  }

  private synchronized void keep(String id, Group group) {
    groups.put(id, group);
    while (groups.size() > KEPT) {
      groups.remove(groups.keySet().iterator().next());
    }
  }

  private synchronized Optional<Group> group(String id) {
    return Optional.ofNullable(groups.get(id));
  }

  /**
   * A row's thumbnail, made now if it was not before.
   *
   * @return empty if there is no such row
   */
  Optional<Thumbnail> of(String id) {
    Optional<Group> known = group(id);
    Group group = known.orElseGet(() -> new Group(List.of(id)));
    Optional<Thumbnail> made = Optional.ofNullable(group.made().get(id));
    if (known.isEmpty() && made.isPresent()) { // what the table does not have is not kept
      keep(id, group);
    }
    return made;
  }
}
