/**
 * Stages of MLlib's pipelines: the network as a Transformer.
 *
 * <p>Uses the parent package's path from images to vectors, so that a stage, the SQL functions and
 * the job give the same bits. Creates no SparkSession.
 */
@NullMarked
package io.mobilenetspark.spark.ml;

import org.jspecify.annotations.NullMarked;
