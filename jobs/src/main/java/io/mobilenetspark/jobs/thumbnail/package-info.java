/** Small pictures of the images of a table, for pages. */
@NullMarked
package io.mobilenetspark.jobs.thumbnail;

import org.jspecify.annotations.NullMarked;
