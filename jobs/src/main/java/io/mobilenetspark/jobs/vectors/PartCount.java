package io.mobilenetspark.jobs.vectors;

import io.mobilenetspark.jobs.compare.SearchVector;
import io.mobilenetspark.jobs.compare.SearchVector.Fault;
import java.io.Serializable;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.catalyst.InternalRow;

/** What a task found in its part of the table. */
final class PartCount implements Serializable {
  private static final long serialVersionUID = 1;

  // Plain fields: Kryo, which may be Spark's serializer, can't write records, nor read EnumMaps.
  private final long vectors;
  private final double shortest;
  private final double longest;
  private final HashMap<Fault, Long> leftOut;

  PartCount(long vectors, double shortest, double longest, Map<Fault, Long> leftOut) {
    this.vectors = vectors;
    this.shortest = shortest;
    this.longest = longest;
    this.leftOut = new HashMap<>(leftOut);
  }

  /**
   * Counts.
   *
   * @param rows their second column is the vector
   * @param dimension of the vectors
   */
  static PartCount of(Iterator<InternalRow> rows, int dimension) {
    long vectors = 0;
    double shortest = Double.POSITIVE_INFINITY;
    double longest = 0;
    Map<Fault, Long> leftOut = new HashMap<>();
    while (rows.hasNext()) {
      InternalRow row = rows.next();
      Optional<Fault> fault = SearchVector.fault(row, 1, dimension);
      if (fault.isPresent()) {
        leftOut.merge(fault.get(), 1L, Long::sum);
        continue;
      }
      double length = Math.sqrt(SearchVector.squares(row.getArray(1).toFloatArray()));
      shortest = Math.min(shortest, length);
      longest = Math.max(longest, length);
      vectors++;
    }
    return new PartCount(vectors, shortest, longest, leftOut);
  }

  /** How many rows are exported. */
  long vectors() {
    return vectors;
  }

  /** The length of the shortest vector; infinite if there is none. */
  double shortest() {
    return shortest;
  }

  /** The length of the longest vector; 0 if there is none. */
  double longest() {
    return longest;
  }

  /** How many rows are not, by why. */
  Map<Fault, Long> leftOut() {
    return leftOut;
  }
}
