package io.mobilenetspark.jobs.input;

import java.util.List;
import java.util.stream.Stream;

/**
 * The columns that a table of vectors takes over, as the input spells them.
 *
 * @param ids those that name a row together, one at least
 * @param kept the others
 */
public record CarriedColumns(List<String> ids, List<String> kept) {

  /** In the table's order. */
  public List<String> all() {
    return Stream.concat(ids.stream(), kept.stream()).toList();
  }
}
