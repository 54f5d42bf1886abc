/**
 * What is told of a training run: JSON for programs, a page with curves for people, TensorBoard's
 * events. Knows what a training gives, and nothing of the command.
 */
@NullMarked
package io.mobilenetspark.jobs.report;

import org.jspecify.annotations.NullMarked;
