/**
 * The applications for {@code spark-submit}: command line, input tables, output tables, reports.
 */
@NullMarked
package io.mobilenetspark.jobs;

import org.jspecify.annotations.NullMarked;
