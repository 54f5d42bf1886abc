/**
 * The command {@code similar}: the rows of a table of vectors that are nearest to an image, a row
 * or many of them, by exact search.
 */
@NullMarked
package io.mobilenetspark.jobs.search;

import org.jspecify.annotations.NullMarked;
