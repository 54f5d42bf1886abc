package io.mobilenetspark.jobs.table;

import io.mobilenetspark.jobs.cli.IncrementalOptions;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What an incremental run found, in rows.
 *
 * @param unchanged as they were
 * @param added the table did not have them
 * @param changed their image is another one
 * @param retried their image is the same, and failed before
 * @param deleted the input has them no more
 * @param resumed computed by runs that did not finish, and taken from them
 * @param computed by this run
 */
public record Changes(
    long unchanged,
    long added,
    long changed,
    long retried,
    long deleted,
    long resumed,
    long computed) {

  /** How many rows of the table make room. */
  public long gone(IncrementalOptions.Deleted deletion) {
    return changed + retried + (deletion == IncrementalOptions.Deleted.REMOVE ? deleted : 0);
  }

  /** How many rows the table has afterwards. */
  public long whole(IncrementalOptions.Deleted deletion) {
    return unchanged
        + added
        + changed
        + retried
        + (deletion == IncrementalOptions.Deleted.KEEP ? deleted : 0);
  }

  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("unchanged", unchanged);
    json.put("new", added);
    json.put("changed", changed);
    json.put("retried", retried);
    json.put("deleted", deleted);
    json.put("resumed", resumed);
    json.put("computed", computed);
    return json;
  }

  /** For people. */
  public String describe(IncrementalOptions.Deleted deletion) {
    return String.format(
        Locale.ROOT,
        "%,d unchanged, %,d new, %,d changed, %,d retried, %,d deleted from the input%s; %,d computed,"
            + " %,d taken from a run that did not finish",
        unchanged,
        added,
        changed,
        retried,
        deleted,
        deleted == 0
            ? ""
            : deletion == IncrementalOptions.Deleted.KEEP ? " (kept here)" : " (removed here)",
        computed,
        resumed);
  }
}
