/**
 * The command {@code audit}: what is wrong with a set of images, by their vectors and their pixels.
 */
@NullMarked
package io.mobilenetspark.jobs.audit;

import org.jspecify.annotations.NullMarked;
