/**
 * MobileNet features of Spark tables: image columns in, vector columns out.
 *
 * <p>Knows Spark and everything below it. Creates no SparkSession and writes no table.
 */
@NullMarked
package io.mobilenetspark.spark;

import org.jspecify.annotations.NullMarked;
