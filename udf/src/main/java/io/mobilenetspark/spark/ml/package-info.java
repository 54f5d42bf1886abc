/**
 * Stages of MLlib's pipelines: the network as a Transformer, and fine-tuning as an Estimator with
 * its Model; their parameters, and how they are saved. What an Estimator's parameters mean to the
 * engine that trains is a {@link io.mobilenetspark.spark.train.FineTunePlan}.
 *
 * <p>Uses the parent package's path from images to vectors, so that a stage, the SQL functions and
 * the job give the same bits. Creates no SparkSession.
 */
@NullMarked
package io.mobilenetspark.spark.ml;

import org.jspecify.annotations.NullMarked;
