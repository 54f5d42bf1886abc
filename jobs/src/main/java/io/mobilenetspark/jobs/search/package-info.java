/**
 * The commands {@code similar} and {@code serve}: the rows of a table of vectors that are nearest
 * to an image, a row or many of them, by exact search or by an index.
 */
@NullMarked
package io.mobilenetspark.jobs.search;

import org.jspecify.annotations.NullMarked;
