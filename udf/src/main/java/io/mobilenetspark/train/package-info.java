/**
 * Fine-tuning a MobileNet V1: the loss, its gradients, the optimizers and their schedules.
 *
 * <p>A training step is a pure function. {@link io.mobilenetspark.train.TrainingSession} turns
 * parameters and a batch into a gradient and keeps nothing between calls; {@link
 * io.mobilenetspark.train.Updater} turns a state and a gradient into the next state, in plain Java
 * arithmetic. So gradients may be computed on many machines, in any number of attempts, and the
 * step stays the same. Knows models and the runtime; nothing of Spark.
 */
@NullMarked
package io.mobilenetspark.train;

import org.jspecify.annotations.NullMarked;
