package io.mobilenetspark.jobs.audit;

import java.io.Serializable;
import java.util.List;

/** What a part of the table has that is like the rows of a group. */
final class GroupNeighbours implements Serializable {
  private static final long serialVersionUID = 1;

  private final Nearest[] nearest;
  private final Nearest[] leaks;
  private final Forest duplicates = new Forest();

  /**
   * @param size of the group
   * @param k how many neighbours
   */
  GroupNeighbours(int size, int k) {
    nearest = new Nearest[size];
    leaks = new Nearest[size];
    for (int i = 0; i < size; i++) {
      nearest[i] = new Nearest(k);
      leaks[i] = new Nearest(1);
    }
  }

  /** Of each row of the group. */
  List<Nearest> nearest() {
    return List.of(nearest);
  }

  /** Of each row of the group, the nearest near-duplicate in another split. */
  List<Nearest> leaks() {
    return List.of(leaks);
  }

  /** Pairs of near-duplicates. */
  Forest duplicates() {
    return duplicates;
  }

  /** Adds what another part has; returns this. */
  GroupNeighbours plus(GroupNeighbours other) {
    for (int i = 0; i < nearest.length; i++) {
      nearest[i].offerAll(other.nearest[i]);
      leaks[i].offerAll(other.leaks[i]);
    }
    duplicates.addAll(other.duplicates);
    return this;
  }
}
