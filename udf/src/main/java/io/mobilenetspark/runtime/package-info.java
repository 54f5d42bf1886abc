/**
 * Runs models: one TensorFlow session an executor JVM and model, its threads and native memory.
 *
 * <p>Knows images and models; nothing of Spark.
 */
@NullMarked
package io.mobilenetspark.runtime;

import org.jspecify.annotations.NullMarked;
