/**
 * A command as a person meets it: options that commands share, what is wrong with a command line,
 * what is said on the console and how far a run is, Spark's session and logs.
 *
 * <p>Options of a subject are here, and what they mean is in the subject's package. Knows {@code
 * common} alone.
 */
@NullMarked
package io.mobilenetspark.jobs.cli;

import org.jspecify.annotations.NullMarked;
