/**
 * How a table comes to be in its place, whole or as it was: runs that are at work or died, rows
 * that are computed and not yet in the table, files and directories that are swapped, the catalog.
 */
@NullMarked
package io.mobilenetspark.jobs.output;

import org.jspecify.annotations.NullMarked;
