/**
 * The SQL functions: their registration, settings and physical operator.
 *
 * <p>Catalyst's classes are Spark's internals: this package holds all use of them, for Spark 4.0 to
 * 4.2, with {@link io.mobilenetspark.spark.ClassicSpark}; a test holds it.
 */
@NullMarked
package io.mobilenetspark.spark.sql;

import org.jspecify.annotations.NullMarked;
