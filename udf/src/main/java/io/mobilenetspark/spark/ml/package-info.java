/**
 * Stages of MLlib's pipelines: the network as a Transformer, and fine-tuning as an Estimator that
 * trains on Spark's own tasks, with its Model.
 *
 * <p>Uses the parent package's path from images to vectors, so that a stage, the SQL functions and
 * the job give the same bits. Creates no SparkSession.
 *
 * <p>Training is synchronous and data-parallel. Every step is one ordinary stage: the parameters go
 * out by broadcast, each task computes the gradient of its share of the batch on images that stay
 * decoded in the executor, and the shares are summed in a fixed order. Tasks keep no state, so they
 * may fail, be retried or move; no barrier is needed.
 */
@NullMarked
package io.mobilenetspark.spark.ml;

import org.jspecify.annotations.NullMarked;
