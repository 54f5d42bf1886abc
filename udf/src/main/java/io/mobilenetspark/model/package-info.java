/**
 * From a handle to a frozen graph: what is asked for, the MobileNet V1 architecture and weights,
 * the two ways to run a module, reports.
 *
 * <p>{@code checkpoint} has the file format of weights, {@code handle} fetches, {@code hub} reads
 * the formats of modules, {@code export} writes them. Knows TensorFlow's formats and Hadoop's file
 * systems; nothing of images or Spark.
 */
@NullMarked
package io.mobilenetspark.model;

import org.jspecify.annotations.NullMarked;
