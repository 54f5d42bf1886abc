package io.mobilenetspark.jobs;

import io.mobilenetspark.common.Quantity;
import io.mobilenetspark.jobs.SearchVector.Fault;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.SparkContext;
import org.apache.spark.util.LongAccumulator;

/** Rows that a search passes over, by why. */
final class SkippedRows implements Serializable {
  private static final long serialVersionUID = 1;

  private final EnumMap<Fault, LongAccumulator> counts = new EnumMap<>(Fault.class);

  SkippedRows(SparkContext context) {
    for (Fault fault : Fault.values()) {
      counts.put(fault, context.longAccumulator());
    }
  }

  void count(Fault fault) {
    LongAccumulator count = counts.get(fault);
    if (count != null) {
      count.add(1);
    }
  }

  /** A line for each fault that there is. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (Map.Entry<Fault, LongAccumulator> entry : counts.entrySet()) {
      long rows = entry.getValue().value();
      if (rows > 0) {
        lines.add(
            String.format(
                Locale.ROOT,
                "Not searched: %s that %s",
                Quantity.of(rows, "row"),
                rows == 1
                    ? entry.getKey().text().replaceFirst("^have", "has")
                    : entry.getKey().text()));
      }
    }
    return lines;
  }
}
