/**
 * From a model's files to a frozen graph: checkpoints, weights, the MobileNet V1 architecture.
 *
 * <p>Knows TensorFlow's formats and Hadoop's file systems; nothing of images or Spark.
 */
@NullMarked
package io.mobilenetspark.model;

import org.jspecify.annotations.NullMarked;
