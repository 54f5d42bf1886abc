package io.mobilenetspark.jobs.audit;

import io.mobilenetspark.jobs.common.Terminal;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.sql.Row;

/** What an audit has found, by kind, the worst first. */
final class Findings {

  private static final int EXAMPLES = 2;

  /** As many as there are of embed's that are frequent. */
  private static final int MOST_STATUSES = 6;

  private final Neighbourhoods all;
  private final Map<FindingKind, List<Finding>> byKind = new EnumMap<>(FindingKind.class);

  /**
   * @param found in any order
   */
  Findings(Neighbourhoods all, List<Finding> found) {
    this.all = all;
    for (FindingKind kind : FindingKind.values()) {
      byKind.put(kind, found.stream().filter(one -> one.kind() == kind).sorted(kind).toList());
    }
  }

  /** As rows of {@link Finding#COLUMNS}. */
  List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    byKind.values().forEach(found -> found.forEach(one -> rows.add(one.toRow(all))));
    return rows;
  }

  /** How many there are, for programs. */
  Map<String, Object> counts() {
    Map<String, Object> counts = new LinkedHashMap<>();
    byKind.forEach((kind, found) -> counts.put(kind.word(), found.size()));
    return counts;
  }

  /** Rows that are unreadable by their status, the most frequent first. */
  Map<String, Long> statuses() {
    Map<String, Long> counts = new TreeMap<>();
    byKind
        .getOrDefault(FindingKind.UNREADABLE, List.of())
        .forEach(one -> counts.merge(Objects.toString(one.status()), 1L, Long::sum));
    Map<String, Long> sorted = new LinkedHashMap<>();
    counts.entrySet().stream()
        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
        .forEach(one -> sorted.put(one.getKey(), one.getValue()));
    return sorted;
  }

  /** Groups of near-duplicates. */
  long groups() {
    return byKind.getOrDefault(FindingKind.NEAR_DUPLICATE, List.of()).stream()
        .map(Finding::group)
        .distinct()
        .count();
  }

  /** For people: a line for each kind that there is, with the worst ones. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    byKind.forEach(
        (kind, found) -> {
          if (!found.isEmpty()) {
            lines.add(line(kind, found));
          }
        });
    return lines;
  }

  private String line(FindingKind kind, List<Finding> found) {
    String examples =
        found.stream()
            .limit(EXAMPLES)
            .map(one -> Terminal.shown(Objects.toString(all.rows().get(one.row()).id())))
            .collect(Collectors.joining(", "));
    return String.format(
        Locale.ROOT,
        "%,7d  %-14s  %s%s: %s%s",
        found.size(),
        kind.word(),
        kind.meaning(),
        more(kind),
        examples,
        found.size() > EXAMPLES ? ", ..." : "");
  }

  private String more(FindingKind kind) {
    return switch (kind) {
      case NEAR_DUPLICATE -> String.format(Locale.ROOT, ", in groups: %,d", groups());
      case UNREADABLE ->
          statuses().entrySet().stream()
              .limit(MOST_STATUSES)
              .map(
                  one ->
                      String.format(
                          Locale.ROOT, "%s %,d", Terminal.shown(one.getKey()), one.getValue()))
              .collect(
                  Collectors.joining(
                      ", ", " (", statuses().size() > MOST_STATUSES ? ", ...)" : ")"));
      case LEAK, SUSPECT_LABEL, OUTLIER, DARK, BRIGHT, BLURRED, TINY, ODD_ASPECT -> "";
    };
  }
}
