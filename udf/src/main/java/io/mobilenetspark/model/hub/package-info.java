/**
 * The formats of TF Hub's modules: TF1 {@code hub.Module}, TF2 reusable SavedModel, TF-Slim
 * checkpoint. From files to variables by name and to a flat graph of the asked signature.
 *
 * <p>Everything read here may come from a stranger: sizes and shapes are checked before
 * TensorFlow's native code sees them.
 */
@NullMarked
package io.mobilenetspark.model.hub;

import org.jspecify.annotations.NullMarked;
