/**
 * The command {@code verify}: what is wrong with a table of vectors, told from its files, and from
 * some of its rows computed again.
 */
@NullMarked
package io.mobilenetspark.jobs.verify;

import org.jspecify.annotations.NullMarked;
