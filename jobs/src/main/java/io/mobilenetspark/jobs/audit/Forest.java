package io.mobilenetspark.jobs.audit;

import java.io.Serializable;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Which rows belong together: of all pairs that were added, no more than connect them. So many
 * pairs as there are rows, at most, stand for a group of any size.
 */
final class Forest implements Serializable {
  private static final long serialVersionUID = 1;

  private final Map<Integer, Integer> parents = new HashMap<>();
  private int[] pairs = new int[0];
  private int used;

  /** Joins the groups of two rows. */
  void add(int one, int other) {
    int a = root(one);
    int b = root(other);
    if (a == b) {
      return;
    }
    parents.put(Math.max(a, b), Math.min(a, b));
    if (used == pairs.length) {
      pairs = Arrays.copyOf(pairs, Math.max(16, 2 * used));
    }
    pairs[used++] = one;
    pairs[used++] = other;
  }

  /** Joins what another one has joined. */
  void addAll(Forest other) {
    for (int i = 0; i < other.used; i += 2) {
      add(other.pairs[i], other.pairs[i + 1]);
    }
  }

  /** The smallest row of a row's group. */
  int root(int row) {
    int root = row;
    for (Integer above = parents.get(root); above != null; above = parents.get(root)) {
      root = above;
    }
    int at = row;
    while (at != root) { // next time the way is short
      Integer above = parents.put(at, root);
      at = above == null ? root : above;
    }
    return root;
  }
}
