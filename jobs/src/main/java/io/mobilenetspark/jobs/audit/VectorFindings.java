package io.mobilenetspark.jobs.audit;

import io.mobilenetspark.jobs.compare.SearchVector.Fault;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** What the vectors and the columns beside them tell. */
final class VectorFindings {

  /** Makes the deviation from a median one of a normal distribution's. */
  private static final double NORMAL = 1.4826;

  /** Distances that differ by less are all alike, and none of them is an outlier. */
  private static final double LEAST_SPREAD = 1e-4;

  /** So few neighbours with labels are no majority. */
  static final int LEAST_LABELLED = 3;

  private final Neighbourhoods all;
  private final Thresholds thresholds;
  private final List<Finding> found = new ArrayList<>();

  VectorFindings(Neighbourhoods all, Thresholds thresholds) {
    this.all = all;
    this.thresholds = thresholds;
  }

  /** All of them, by kind and the order in the table. */
  List<Finding> find() {
    for (int row = 0; row < all.rows().size(); row++) {
      int number = row;
      all.nearest(row).ifPresent(nearest -> compared(number, nearest));
      unreadable(row);
      shape(row);
    }
    outliers();
    return found;
  }

  private void compared(int row, Nearest nearest) {
    if (nearest.best() >= (float) thresholds.duplicate()) {
      found.add(
          new Finding(
              FindingKind.NEAR_DUPLICATE,
              row,
              (double) nearest.best(),
              all.group(row),
              nearest.rows()[0],
              null,
              String.format(Locale.ROOT, "cosine %.4f to the other row", nearest.best())));
    }
    all.leak(row).ifPresent(leak -> leak(row, leak));
    label(row, nearest);
  }

  private void leak(int row, Nearest leak) {
    int other = leak.rows()[0];
    found.add(
        new Finding(
            FindingKind.LEAK,
            row,
            (double) leak.best(),
            all.group(row),
            other,
            null,
            String.format(
                Locale.ROOT,
                "cosine %.4f to a row of split '%s'",
                leak.best(),
                all.rows().get(other).split())));
  }

  private void label(int row, Nearest nearest) {
    String own = all.rows().get(row).label();
    if (own == null) {
      return;
    }
    Map<String, Integer> votes = new TreeMap<>(); // of those alike, the first by name
    int labelled = 0;
    for (int neighbour : nearest.rows()) {
      String label = all.rows().get(neighbour).label();
      if (label != null) {
        votes.merge(label, 1, Integer::sum);
        labelled++;
      }
    }
    int ofOwn = votes.getOrDefault(own, 0);
    votes.remove(own);
    Optional<Map.Entry<String, Integer>> best =
        votes.entrySet().stream().reduce((a, b) -> b.getValue() > a.getValue() ? b : a);
    if (labelled < LEAST_LABELLED || best.isEmpty()) {
      return;
    }
    double lead = (best.get().getValue() - ofOwn) / (double) labelled;
    if (lead >= thresholds.label()) {
      found.add(
          new Finding(
              FindingKind.SUSPECT_LABEL,
              row,
              lead,
              null,
              null,
              best.get().getKey(),
              String.format(
                  Locale.ROOT,
                  "of %d labelled neighbours %d have '%s' and %d the row's own",
                  labelled,
                  best.get().getValue(),
                  best.get().getKey(),
                  ofOwn)));
    }
  }

  private void unreadable(int row) {
    AuditedRow own = all.rows().get(row);
    if (own.status() != null) {
      found.add(Finding.unreadable(row, own.status(), own.error()));
      return;
    }
    all.fault(row)
        .ifPresent(
            fault ->
                found.add(Finding.unreadable(row, status(fault), "the row has " + fault.vector())));
  }

  private static String status(Fault fault) {
    return switch (fault) {
      case MISSING -> "NO_VECTOR";
      case OTHER_DIMENSION, NOT_FINITE -> fault.name();
      case ZERO -> "ZERO_VECTOR";
    };
  }

  private void shape(int row) {
    int width = all.rows().get(row).width();
    int height = all.rows().get(row).height();
    if (width < 1 || height < 1) {
      return;
    }
    String size = String.format(Locale.ROOT, "%d x %d pixels", width, height);
    int shorter = Math.min(width, height);
    if (shorter < thresholds.tiny()) {
      found.add(Finding.of(FindingKind.TINY, row, shorter, size));
    }
    double ratio = Math.max(width, height) / (double) shorter;
    if (ratio >= thresholds.aspect()) {
      found.add(Finding.of(FindingKind.ODD_ASPECT, row, ratio, size));
    }
  }

  private void outliers() {
    int[] rows =
        IntStream.range(0, all.rows().size()).filter(row -> all.nearest(row).isPresent()).toArray();
    double[] distances =
        Arrays.stream(rows).mapToDouble(row -> 1 - all.nearest(row).orElseThrow().mean()).toArray();
    if (rows.length == 0) {
      return;
    }
    double middle = median(distances);
    double spread =
        NORMAL
            * median(
                Arrays.stream(distances).map(distance -> Math.abs(distance - middle)).toArray());
    for (int i = 0; i < rows.length; i++) {
      double score = (distances[i] - middle) / Math.max(spread, LEAST_SPREAD);
      if (score >= thresholds.outlier()) {
        found.add(
            Finding.of(
                FindingKind.OUTLIER,
                rows[i],
                score,
                String.format(
                    Locale.ROOT,
                    "mean distance %.4f to its neighbours; the median of all rows is %.4f",
                    distances[i],
                    middle)));
      }
    }
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }
}
