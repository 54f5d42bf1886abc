/**
 * A search page and the server that gives it out, by HTTP. What is searched is behind {@link
 * io.mobilenetspark.jobs.web.SearchedTable}: nothing here knows Spark.
 */
@NullMarked
package io.mobilenetspark.jobs.web;

import org.jspecify.annotations.NullMarked;
