/**
 * Fine-tuning as a stage of MLlib: an Estimator that trains on Spark's own tasks, and its Model.
 *
 * <p>Training is synchronous and data-parallel. Every step is one ordinary stage: the parameters go
 * out by broadcast, each task computes the gradient of its share of the batch on images that stay
 * decoded in the executor, and the shares are summed in a fixed order. Tasks keep no state, so they
 * may fail, be retried or move; no barrier is needed.
 */
@NullMarked
package io.mobilenetspark.spark.ml;

import org.jspecify.annotations.NullMarked;
