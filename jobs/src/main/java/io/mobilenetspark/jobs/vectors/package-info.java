/** The command {@code export-vectors}: the vectors of a table, in files that other tools read. */
@NullMarked
package io.mobilenetspark.jobs.vectors;

import org.jspecify.annotations.NullMarked;
