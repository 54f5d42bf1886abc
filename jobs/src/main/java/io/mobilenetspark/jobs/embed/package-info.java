/**
 * The commands {@code embed} and {@code demo}: from a table of images to a table of vectors, at
 * once, image by image without duplicates, or as far as the input has changed.
 */
@NullMarked
package io.mobilenetspark.jobs.embed;

import org.jspecify.annotations.NullMarked;
