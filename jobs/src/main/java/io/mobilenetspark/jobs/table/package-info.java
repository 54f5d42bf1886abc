/**
 * A table of vectors as it lies: what is in its directory, in the files' footers and in the report
 * of a run, and how a file of it is written.
 *
 * <p>Puts nothing in its place: that is {@code output}'s. Knows nothing of where images come from.
 */
@NullMarked
package io.mobilenetspark.jobs.table;

import org.jspecify.annotations.NullMarked;
