/**
 * From paths and names of tables to a table of images: which data source reads them, every file
 * that there is, how many a task gets. Reads no image.
 */
@NullMarked
package io.mobilenetspark.jobs.input;

import org.jspecify.annotations.NullMarked;
