/**
 * From a handle to a frozen graph: what is asked for, the weights of MobileNet V1, the two ways to
 * run a module, reports.
 *
 * <p>{@code settings} has what can be set, {@code mobilenet} the architecture, {@code checkpoint}
 * the file format of weights, {@code handle} fetches, {@code graph} bounds what a stranger's graph
 * does, {@code hub} reads the formats of modules, {@code export} writes them. Knows TensorFlow's
 * formats and Hadoop's file systems; nothing of images or Spark.
 */
@NullMarked
package io.mobilenetspark.model;

import org.jspecify.annotations.NullMarked;
