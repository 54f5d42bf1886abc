/**
 * TensorFlow's V2 checkpoint format, read and written in Java on any Hadoop file system.
 *
 * <p>Knows bytes, files and tensors; nothing of models. What is wrong with a file is told by an
 * {@link java.io.IOException} whose message states the problem.
 */
@NullMarked
package io.mobilenetspark.model.checkpoint;

import org.jspecify.annotations.NullMarked;
