/**
 * Fine-tuning on Spark's own tasks: the labelled table, the training set, the data-parallel loop,
 * checkpoints, and what a run says of itself. {@link io.mobilenetspark.spark.train.FineTuning} does
 * what a {@link io.mobilenetspark.spark.train.FineTunePlan} says; of stages and their parameters it
 * knows nothing.
 *
 * <p>Training is synchronous and data-parallel. Every step is one ordinary stage: the parameters go
 * out by broadcast, each task computes the gradient of its share of the batch on images that stay
 * decoded in the executor, and the shares are summed in a fixed order. Tasks keep no state, so they
 * may fail, be retried or move; no barrier is needed.
 */
@NullMarked
package io.mobilenetspark.spark.train;

import org.jspecify.annotations.NullMarked;
