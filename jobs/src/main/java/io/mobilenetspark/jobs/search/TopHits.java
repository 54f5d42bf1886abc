package io.mobilenetspark.jobs.search;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;

/** The best of all that were offered, at most so many. */
final class TopHits {
  private final int k;
  private final HitOrder order;
  private final PriorityQueue<Hit> worstFirst;

  TopHits(int k, HitOrder order) {
    this.k = k;
    this.order = order;
    this.worstFirst = new PriorityQueue<>(order.reversed());
  }

  /** What is less similar than this is not among the best. */
  float least() {
    Hit worst = worstFirst.peek();
    return worst == null || worstFirst.size() < k ? Float.NEGATIVE_INFINITY : worst.similarity();
  }

  void offer(Hit hit) {
    worstFirst.add(hit);
    if (worstFirst.size() > k) {
      worstFirst.poll();
    }
  }

  /** The best first. */
  List<Hit> best() {
    List<Hit> best = new ArrayList<>(worstFirst);
    best.sort(order);
    return best;
  }

  /** The best of two lists that {@link #best} made. */
  static List<Hit> merge(List<Hit> some, List<Hit> others, int k, HitOrder order) {
    List<Hit> merged = new ArrayList<>(Math.min(k, some.size() + others.size()));
    int i = 0;
    int j = 0;
    while (merged.size() < k && (i < some.size() || j < others.size())) {
      boolean isFirst =
          j == others.size() || (i < some.size() && order.compare(some.get(i), others.get(j)) <= 0);
      merged.add(isFirst ? some.get(i++) : others.get(j++));
    }
    return merged;
  }
}
