/**
 * Writes a MobileNet V1 in the formats of TF Hub, so that Python's TensorFlow loads it: reusable
 * TF2 SavedModel, TF1 {@code hub.Module}, TF-Slim checkpoint.
 */
@NullMarked
package io.mobilenetspark.model.export;

import org.jspecify.annotations.NullMarked;
